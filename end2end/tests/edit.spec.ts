// Edit Information: what happens when two people edit at once (SPEC X1), and when somebody leaves with something typed (U3).

import type { Dialog as Question, Page } from '@playwright/test';

import { expect, test, type Way } from '../checks.ts';
import { passwordOf } from '../environment.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const DISCARD = 'Discard what you typed?';

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test.describe(`two people edit, ${way}`, () => {
    test.use({ way });

    test('X1 what the other one changed stays, and what one changed oneself is saved', async ({ as, accounts, admin }) => {
      const name = await accounts.make('edit-both', { [ALIAS]: 'At first', [DESCRIPTION]: 'At first' });
      const dialog = await (await (await as('project-regular')).details(name)).edit();
      await dialog.field('Description').fill('Mine');
      await admin.annotate(name, { [ALIAS]: 'Theirs', team: 'a' });
      await dialog.submitAndClose();
      expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Theirs', [DESCRIPTION]: 'Mine', team: 'a' });
    });

    test('X1 where both changed the same, both versions are at the field; nothing is overwritten, nothing typed is lost', async ({
      as,
      accounts,
      admin,
      trouble,
    }) => {
      trouble.expect(/status of 409/);
      const name = await accounts.make('edit-clash', { [ALIAS]: 'At first' });
      const dialog = await (await (await as('project-regular')).details(name)).edit();
      await dialog.field('Alias').fill('Mine');
      await admin.annotate(name, { [ALIAS]: 'Theirs', [DESCRIPTION]: 'Their words' });
      await dialog.submit();
      await expect(dialog.clash('alias')).toContainText('Theirs: Theirs');
      await expect(dialog.field('Alias')).toHaveValue('Mine');
      // Nobody changed it here.
      await expect(dialog.field('Description')).toHaveValue('Their words');
      await expect(dialog.box).toContainText('It is taken over, since you had not changed it.');
      await expect(dialog.clash('description')).toHaveCount(0);
      expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Theirs', [DESCRIPTION]: 'Their words' });

      await dialog.submitAndClose();
      expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Mine', [DESCRIPTION]: 'Their words' });
    });

    test('X1 theirs can be kept, and a third version is a conflict again', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 409/);
      const name = await accounts.make('edit-theirs', { [ALIAS]: 'At first', [DESCRIPTION]: 'At first' });
      const dialog = await (await (await as('project-regular')).details(name)).edit();
      await dialog.field('Alias').fill('Mine');
      await dialog.field('Description').fill('My words');
      await admin.annotate(name, { [ALIAS]: null, [DESCRIPTION]: 'Theirs' });
      await dialog.submit();
      await expect(dialog.clash('alias')).toContainText('they took it away');
      await admin.annotate(name, { [DESCRIPTION]: 'A third one' });
      await dialog.submit();
      await expect(dialog.clash('description')).toContainText('Theirs: A third one');
      await expect(dialog.field('Description')).toHaveValue('My words');
      await dialog.clash('description').getByRole('radio', { name: 'Theirs: A third one' }).check();
      await dialog.submitAndClose();
      expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Mine', [DESCRIPTION]: 'A third one' });
    });
  });
}

for (const [dialog, title] of [['edit', /^Edit Information: /], ['settings', /^Edit Settings: /]] as const) {
  test(`X1 S1 ${dialog}: where what the other one wrote can’t be read, that is said, and who is signed out signs in`, async ({
    as,
    accounts,
    admin,
    trouble,
  }) => {
    trouble.expect(/status of 4/, /net::ERR_FAILED/);
    const READ = dialog === 'edit' ? '**/api/accounts/one' : '**/api/accounts/settings';
    const name = await accounts.make('edit-unread', { [ALIAS]: 'At first', note: 'At first' });
    // A session of its own, which this test ends.
    const musterbook = await as(null);
    const { page } = musterbook;
    await (await musterbook.signIn()).as('project-regular');
    await page.route('**/api/live*', () => undefined);
    await musterbook.goto(`${detailsPath(name)}?${dialog}=${name}`);
    const box = musterbook.dialog(title);
    const field = dialog === 'edit' ? box.getByLabel('Alias') : box.getByRole('group', { name: 'Annotations' }).getByLabel('Value').first();
    await field.fill('Mine');
    await admin.annotate(name, { [ALIAS]: 'Theirs', note: 'Theirs' });
    await page.route(READ, route => route.abort());
    const save = box.getByRole('button', { name: 'Save' });
    await save.click();
    const alert = box.getByRole('alert');
    await expect(alert.filter({ hasText: 'Somebody changed it while you were editing.' })).toBeVisible();
    await expect(alert.filter({ hasText: 'Musterbook can\'t be reached.' })).toBeVisible();

    await page.unroute(READ);
    await page.route(READ, async route => {
      await page.context().clearCookies();
      const { cookie: _, ...headers } = await route.request().allHeaders();
      await route.continue({ headers });
    });
    await save.click();
    const again = musterbook.dialog('Sign in again');
    await expect(again).toBeVisible();
    await page.unroute(READ);
    await again.getByLabel('Password').fill(passwordOf('project-regular'));
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(again).toBeHidden();
    await expect(field).toHaveValue('Mine');
    await save.click();
    await expect(box.getByText('Theirs: Theirs')).toBeVisible();
    await expect(alert.filter({ hasText: 'Musterbook can\'t be reached.' })).toBeHidden();
    expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Theirs', note: 'Theirs' });
  });
}

test('X2 S1 YAML: whose session ends before the other version is read signs in, and what was typed is there', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 4/);
  const MERGE = '**/api/accounts/yaml-merge';
  const name = await accounts.make('edit-merge', { note: 'At first' });
  const musterbook = await as(null);
  const { page } = musterbook;
  await (await musterbook.signIn()).as('project-regular');
  await page.route('**/api/live*', () => undefined);
  const yaml = await musterbook.yaml(name);
  await admin.annotate(name, { note: 'Theirs' });
  await page.route(MERGE, async route => {
    await page.context().clearCookies();
    const { cookie: _, ...headers } = await route.request().allHeaders();
    await route.continue({ headers });
  });
  await yaml.replace('note: At first', 'note: Mine');
  await expect(musterbook.dialog('Sign in again')).toBeVisible();
  expect(await yaml.text()).toContain('note: Mine');
});

/** What the person is asked from now on, and answers with no. */
function refuses(page: Page): string[] {
  const asked: string[] = [];
  page.on('dialog', async (question: Question) => {
    asked.push(question.type() === 'beforeunload' ? 'beforeunload' : question.message());
    await question.dismiss();
  });
  return asked;
}

test('U3 who leaves a dialog in which they typed is asked: Esc, ×, Cancel, back, reload', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list('?q=ci-dep');
  const dialog = await list.edit('ci-deployer');
  await dialog.field('Alias').fill('Typed');
  const address = page.url();
  const asked = refuses(page);

  // A browser would close it at the second Esc, whatever the page says.
  for (let presses = 1; presses <= 3; presses++) {
    await page.keyboard.press('Escape');
    await expect.poll(() => asked).toEqual(Array(presses).fill(DISCARD));
    await expect(dialog.box).toBeVisible();
  }
  asked.length = 0;
  await dialog.box.getByRole('link', { name: 'Close' }).click();
  await dialog.box.getByRole('link', { name: 'Cancel' }).click();
  await expect.poll(() => asked).toEqual([DISCARD, DISCARD]);
  await page.evaluate(() => history.back());
  await expect.poll(() => asked).toEqual([DISCARD, DISCARD, DISCARD]);
  await expect(page).toHaveURL(address);
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked.at(-1)).toBe('beforeunload');
  await expect(dialog.field('Alias')).toHaveValue('Typed');
  await expect(dialog.box).toBeVisible();

  // With a yes, it closes, and the focus is where it came from. The way back is as it was.
  page.removeAllListeners('dialog');
  page.once('dialog', question => question.accept());
  await page.goBack();
  await expect(dialog.box).toBeHidden();
  await expect(list.menuButton('ci-deployer')).toBeFocused();
  await expect(page).toHaveURL(`${listPath()}?q=ci-dep`);
});

test('U3 nobody is asked where nothing was typed, or what was typed is saved', async ({ as, accounts }) => {
  const name = await accounts.make('edit-unasked');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const asked = refuses(page);
  const details = await musterbook.details(name);
  const dialog = await details.edit();
  await dialog.field('Alias').fill('Typed');
  await dialog.field('Alias').fill('');
  await page.keyboard.press('Escape');
  await expect(dialog.box).toBeHidden();
  await details.edit();
  await dialog.field('Alias').fill('Typed');
  await dialog.submitAndClose();
  await page.goBack();
  await musterbook.reload();
  expect(asked).toEqual([]);
});

const FORMS: { title: RegExp; path: string; type: (page: Page) => Promise<unknown> }[] = [
  { title: /^Create/, path: `${listPath()}?create`, type: page => page.getByLabel('Alias', { exact: true }).fill('Typed') },
  { title: /^Edit Information/, path: `${listPath()}?edit=ci-deployer`, type: page => page.getByLabel('Description', { exact: true }).fill('Typed') },
  { title: /^Edit Settings/, path: `${listPath()}?settings=ci-deployer`, type: page => page.getByRole('radio', { name: /^Off/ }).check() },
  { title: /^Change Role/, path: `${listPath()}?role=ci-deployer`, type: page => page.getByLabel('Project Role', { exact: true }).selectOption('') },
  { title: /^Delete/, path: `${listPath()}?delete=ci-deployer`, type: page => page.getByLabel('to confirm').fill('Typed') },
  { title: /^Issue/, path: `${detailsPath('ci-deployer')}?issue`, type: page => page.getByRole('radio', { name: '8 hours' }).check() },
];

for (const { title, path, type } of FORMS) {
  test(`U3 ${path.slice(path.indexOf('?'))}: who typed is asked, in the page’s language`, async ({ as }) => {
    const musterbook = await as('project-regular');
    const { page } = musterbook;
    const asked = refuses(page);
    await musterbook.goto(path);
    await type(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => asked).toEqual([DISCARD]);
    await expect(musterbook.dialog(title)).toBeVisible();
    page.removeAllListeners('dialog');
    page.on('dialog', question => question.accept());
    await page.keyboard.press('Escape');
    await expect(musterbook.dialog(title)).toBeHidden();
    await musterbook.choose('Language', '简体中文');
    await musterbook.goto(path);
    const message = page.waitForEvent('dialog').then(question => question.message());
    await page.locator('dialog form[method=post] :is(input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea)').first().evaluate(field => {
      if (field instanceof HTMLSelectElement) field.selectedIndex = 1;
      else (field as HTMLInputElement).value = '输入';
    });
    await page.keyboard.press('Escape');
    expect(await message).toBe('放弃已输入的内容？');
  });
}

test('U3 the focus returns from each dialog to what opened it', async ({ as, accounts }) => {
  const name = await accounts.make('edit-focus');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list(`?q=${name}`);
  for (const open of [() => list.edit(name), () => list.settings(name), () => list.changeRole(name), () => list.delete(name)]) {
    const dialog = await open();
    await page.goBack();
    await expect(dialog.box).toBeHidden();
    await expect(list.menuButton(name)).toBeFocused();
  }
  await list.pick(name).check();
  await list.deleteSelected.click();
  await expect(musterbook.dialog('Delete service accounts')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(musterbook.dialog(/./)).toBeHidden();
  await expect(list.deleteSelected).toBeFocused();

  const details = await musterbook.details(name);
  const settings = await details.settings();
  await page.keyboard.press('Escape');
  await expect(settings.box).toBeHidden();
  await expect(details.moreButton).toBeFocused();
});

test('U3 who leaves the YAML page with something typed is asked by the browser, and not once it is saved', async ({ as, accounts }) => {
  const name = await accounts.make('edit-yaml', { [ALIAS]: 'At first' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const yaml = await musterbook.yaml(name);
  const asked = refuses(page);
  await yaml.replace('At first', 'Typed');
  await page.getByRole('main').getByRole('link', { name: 'Cancel', exact: true }).click();
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(['beforeunload', 'beforeunload']);
  await expect(yaml.editor).toContainText('Typed');
  await yaml.save();
  await expect(musterbook.heading(name)).toBeVisible();
  expect(asked).toHaveLength(2);
});
