// What is typed is what is sent, shown and asked about, whatever comes late.

import type { Page } from '@playwright/test';

import { expect, hold, test } from '../checks.ts';
import { listPath } from '../pages/musterbook.ts';
import { CreateManyDialog } from '../pages/dialogs.ts';

const ALIAS = 'kubesphere.io/alias-name';
const ROLES = '**/api/roles/options';
const CHECK = '**/api/accounts/yaml-check';
const MERGE = '**/api/accounts/yaml-merge';

/** What the browser asks from now on. Everything is answered with yes. */
function asked(page: Page): string[] {
  const questions: string[] = [];
  page.on('dialog', question => {
    questions.push(question.message());
    void question.accept();
  });
  return questions;
}

test('C5 U3 who leaves a plan, or the text again after it, is asked once, and the dialog closes', async ({ as, accounts }) => {
  const musterbook = await as('project-regular');
  const questions = asked(musterbook.page);
  const name = accounts.name('typed-plan');
  for (const goBack of [false, true]) {
    await musterbook.goto(`${listPath()}?create=many`);
    const dialog = await CreateManyDialog.opened(musterbook);
    await dialog.plan(`name\n${name}\n`);
    if (goBack) await dialog.button('Change the text').click();
    if (goBack) await expect(dialog.text).toHaveValue(`name\n${name}\n`);
    await dialog.cancel();
    expect(questions.splice(0)).toEqual(['Discard what you typed?']);
  }
});

test('C1 a role that the form starts with is given, though the roles aren’t there yet', async ({ as, accounts, admin }) => {
  const musterbook = await as('project-regular');
  const name = accounts.name('typed-role');
  const list = await musterbook.list('?q=ci-deployer');
  const release = await hold(musterbook.page, ROLES);
  const dialog = await list.clone('ci-deployer');
  await dialog.field('Name').fill(name);
  await expect(dialog.roles).toHaveCount(0);
  await dialog.submitAndClose();
  release();
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['operator']);
});

test('C1 a form that is turned before its roles are there keeps the one it has', async ({ as }) => {
  const musterbook = await as('project-regular');
  const dialog = await (await musterbook.list()).create();
  await dialog.fill({ name: 'turned', role: 'Role/viewer' });
  await dialog.toYaml();
  const release = await hold(musterbook.page, ROLES);
  await dialog.toForm();
  await expect(dialog.roles).toHaveCount(0);
  const yaml = await dialog.toYaml();
  await expect(yaml.field).toHaveValue(/iam\.kubesphere\.io\/role: viewer/);
  release();
});

test('X3 a role that is changed before the roles are there stays as it is', async ({ as, accounts, admin }) => {
  const name = accounts.name('typed-same');
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  const create = await list.create();
  await create.fill({ name, role: 'Role/viewer' });
  await create.submitAndClose();
  const [before] = await admin.bindings(name);
  const release = await hold(musterbook.page, ROLES);
  const dialog = await list.changeRole(name);
  await expect(dialog.roles).toHaveCount(0);
  await dialog.submitAndClose();
  release();
  expect(await admin.bindings(name)).toEqual([before]);
});

test('C1 what is typed while the form turns is turned, too, and back', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const dialog = await (await musterbook.list()).create();
  await dialog.fill({ name: 'early' });
  const yamlThere = await hold(page, '**/api/accounts/draft-yaml');
  const asked = page.waitForRequest('**/api/accounts/draft-yaml');
  await dialog.box.getByRole('button', { name: 'Edit YAML' }).click();
  await asked;
  await dialog.fill({ name: 'later', alias: 'Later' });
  yamlThere();
  await dialog.yaml.shown();
  await expect(dialog.yaml.field).toHaveValue(/name: later\n[^]*alias-name: Later|alias-name: Later\n[^]*name: later/);

  const formThere = await hold(page, '**/api/accounts/draft-form');
  const askedBack = page.waitForRequest('**/api/accounts/draft-form');
  await dialog.box.getByRole('button', { name: 'Edit as a form' }).click();
  await askedBack;
  await dialog.yaml.replace('Later', 'Last');
  formThere();
  await expect(dialog.field('Alias')).toHaveValue('Last');
});

test('X2 what is typed while a merge is on its way is merged, too', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('typed-merge', { [ALIAS]: 'Mine', note: 'a' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await admin.annotate(name, { other: 'theirs' });
  await yaml.replace('Mine', 'Mine, changed');
  await expect(yaml.merge).toBeVisible();
  const release = await hold(musterbook.page, MERGE);
  const asked = musterbook.page.waitForRequest(MERGE);
  await yaml.button('Take the merged text').click();
  await asked;
  await yaml.replace('note: a', 'note: typed late');
  release();
  await expect(yaml.field).toHaveValue(/other: theirs/);
  await expect(yaml.field).toHaveValue(/Mine, changed/);
  await expect(yaml.field).toHaveValue(/note: typed late/);
});

test('X2 a review shows what is in the editor, or nothing yet', async ({ as, accounts }) => {
  const name = await accounts.make('typed-review', { [ALIAS]: 'First' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await yaml.replace('First', 'Second');
  await yaml.review();
  const stored = musterbook.page.getByRole('main').getByRole('insertion');
  await expect(stored.filter({ hasText: 'Second' })).toBeVisible();
  const release = await hold(musterbook.page, CHECK);
  await yaml.replace('Second', 'Third');
  await yaml.button('Review').click();
  await expect(yaml.button('Review')).toBeVisible();
  await expect(stored).toHaveCount(0);
  release();
  await expect(stored.filter({ hasText: 'Third' })).toBeVisible();
});

test('U5 a saved YAML is told on the page that comes, once', async ({ as, accounts }) => {
  const name = await accounts.make('typed-saved', { [ALIAS]: 'First' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await yaml.replace('First', 'Second');
  await yaml.save();
  const told = musterbook.page.getByText(`Service account ${name} saved`);
  await expect(told).toBeVisible();
  await musterbook.reload();
  await expect(musterbook.heading(name)).toBeVisible();
  await expect(told).toHaveCount(0);
});

test('U6 while something is wrong there is no command', async ({ as, accounts }) => {
  const name = await accounts.make('typed-wrong');
  const dialog = await (await (await as('project-regular')).list(`?q=${name}`)).settings(name);
  await dialog.box.getByText('kubectl', { exact: false }).first().click();
  const command = dialog.box.locator('.kubectl pre');
  await dialog.add('Labels', 'team', 'good');
  await expect(command).toContainText('{"team":"good"}');
  await (await dialog.value('Labels', 'team')).fill('not good!');
  await expect(command).toBeHidden();
  await (await dialog.value('Labels', 'team')).fill('better');
  await expect(command).toContainText('{"team":"better"}');
});
