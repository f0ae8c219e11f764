// Edit YAML (X2): the editor, what it says while one types, and what becomes of two people's changes.

import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';
import { parse } from 'yaml';

import { expect, hold, test, type Way } from '../checks.ts';
import { accountPath, PROJECT, type Thing } from '../cluster.ts';
import { detailsPath } from '../pages/musterbook.ts';
import { YamlPage } from '../pages/yaml.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const CHECK = '**/api/accounts/yaml-check';

/** Nothing is wider than a phone. */
async function fitsAPhone(page: Page): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  if (size) await page.setViewportSize(size);
}

test('X2 the editor is loaded when it is opened, under the same policy, and colours what it shows', async ({ as, accounts }) => {
  const name = await accounts.make('yaml-open', { [ALIAS]: 'Coloured' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const scripts: string[] = [];
  page.on('request', request => scripts.push(new URL(request.url()).pathname.split('/').at(-1) ?? ''));
  await musterbook.list(`?q=${name}`);
  await page.waitForLoadState('networkidle');
  expect(scripts).not.toContain('editor.js');
  const yaml = await musterbook.yaml(name);
  expect(scripts).toContain('editor.js');
  // What the policy had refused would be in the console (checks.ts), and would not be applied.
  await expect(yaml.box.locator('.cm-scroller')).toHaveCSS('font-family', /mono/i);
  const key = yaml.lines.filter({ hasText: 'kind:' }).getByText('kind', { exact: true });
  const value = yaml.lines.filter({ hasText: 'kind:' });
  const colour = (of: typeof key) => of.evaluate(element => getComputedStyle(element).color);
  expect(await colour(key)).not.toBe(await colour(value));
  await expect(yaml.box.locator('.cm-lineNumbers')).toContainText('7');
  await yaml.box.getByTitle('Fold', { exact: true }).first().click();
  await expect(yaml.lines.filter({ hasText: 'annotations:' })).toHaveCount(0);
  expect(await yaml.text()).toContain(`${ALIAS}: Coloured`);
});

test('X2 fields are completed, and explained, in Kubernetes’ own words', async ({ as, accounts }) => {
  const name = await accounts.make('yaml-complete', { [ALIAS]: 'Completed' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await page.clock.install();
  const fields = page.waitForResponse(/yaml-fields/);
  const yaml = await musterbook.yaml(name);
  const described = await fields;
  expect(described.status()).toBe(200);
  await described.finished();

  await yaml.goBehind('kind: ServiceAccount');
  await page.keyboard.press('Enter');
  await page.keyboard.type('auto');
  const options = page.getByRole('listbox', { name: 'Fields that can stand here' });
  await expect(options.getByRole('option')).toHaveText([/^automountServiceAccountToken\s*boolean$/]);
  await expect(page.locator('.cm-completionInfo')).toContainText('pods running as this service account');
  // For 75 ms the editor takes no key for an option: nobody has read it by then.
  const accept = async () => {
    await page.clock.fastForward(100);
    await page.keyboard.press('Enter');
  };
  await accept();
  await page.keyboard.type('f');
  await expect(options.getByRole('option', { name: 'false' })).toBeVisible();
  await accept();
  await expect(yaml.field).toHaveValue(/\nautomountServiceAccountToken: false\n/);

  // Below metadata there are other fields, without those that are there already.
  await yaml.goBehind('metadata:');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+Space');
  await expect(options.getByRole('option', { name: /^labels/ })).toBeVisible();
  await expect(options.getByRole('option', { name: /^(annotations|secrets|managedFields)/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(options).toBeHidden();
  await expect(yaml.editor).toBeFocused();

  await yaml.lines.filter({ hasText: 'metadata:' }).getByText('metadata', { exact: true }).hover();
  await expect(page.locator('.cm-about')).toContainText('ObjectMeta');
  await expect(page.locator('.cm-about')).toContainText('Standard object');

  // The same with a key, wherever on its line the caret is; it is read out, and goes before the editor is left.
  await page.mouse.move(0, 0);
  await expect(page.locator('.cm-about')).toHaveCount(0);
  await yaml.goBehind('metadata:');
  await page.keyboard.press('F1');
  await expect(page.locator('.cm-about')).toContainText('ObjectMeta');
  await expect(yaml.box.locator('.cm-announced')).toContainText('metadata ObjectMeta: Standard object');
  await page.keyboard.press('Escape');
  await expect(page.locator('.cm-about')).toHaveCount(0);
  await expect(yaml.editor).toBeFocused();
  // On a phone the end of a line may be far from its key.
  await page.setViewportSize({ width: 360, height: 740 });
  await yaml.goBehind('uid: ');
  await page.keyboard.press('F1');
  await expect(page.locator('.cm-about')).toContainText('UID is the unique in time');
  await expect(page.locator('.cm-about')).toBeInViewport();
});

test('X2 managedFields stand folded beside the text', async ({ as, accounts }) => {
  const name = await accounts.make('yaml-folded', { [ALIAS]: 'Folded' });
  for (const way of ['live', 'without scripts'] satisfies Way[]) {
    const musterbook = await as('project-regular', { way });
    const yaml = await musterbook.yaml(name);
    const folded = musterbook.page.getByRole('group').filter({ hasText: 'managedFields: who changed' });
    await expect(folded.getByText('operation: Update')).toBeHidden();
    await folded.getByText('managedFields: who changed').click();
    await expect(folded.getByText('operation: Update')).toBeVisible();
    await expect(folded).toContainText(`f:${ALIAS}`);
    expect(await yaml.text()).not.toContain('managedFields');
    await fitsAPhone(musterbook.page);
  }
});

test('E4 X2 what manages an account is said beside its YAML, and a federated one is only read', async ({ as, accounts, admin }) => {
  const name = await accounts.make('yaml-federated', { [ALIAS]: 'Federated' });
  const musterbook = await as('project-regular');
  const main = musterbook.page.getByRole('main');
  const managed = await musterbook.yaml('shop-uploader');
  await expect(main).toContainText('Argo CD manages this account. What differs from its source');
  await expect(managed.button('Save')).toBeVisible();
  const patch = { metadata: { labels: { 'kubefed.io/managed': 'true' } } };
  await admin.must('PATCH', accountPath(name), patch, 'application/merge-patch+json');
  for (const way of ['live', 'without scripts'] satisfies Way[]) {
    const reader = await as('project-regular', { way });
    const yaml = await reader.yaml(name);
    await expect(reader.page.getByRole('main')).toContainText('managed by a federation. It is changed there, not here.');
    if (way === 'live') await expect(yaml.editor).toHaveAttribute('aria-readonly', 'true');
    else await expect(yaml.field).toHaveAttribute('readonly');
    for (const button of ['Save', 'Review', 'Upload']) await expect(yaml.button(button)).toHaveCount(0);
  }
});

test('X2 what is wrong is shown at its line, by the parser and by the API server', async ({ as, accounts, admin }) => {
  const name = await accounts.make('yaml-lines', { [ALIAS]: 'Lines' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const yaml = await musterbook.yaml(name);
  const text = await yaml.text();

  await yaml.fill(`${text}broken: [\n`);
  await expect(yaml.verdict).toContainText(/wouldn’t accept this:\s*Line \d+:/);
  await expect(yaml.box.locator('.cm-lint-marker-error')).toHaveCount(1);
  await expect(yaml.editor).toHaveAttribute('aria-invalid', 'true');

  await yaml.fill(text.replace('metadata:\n', 'metadata:\n  labels:\n    team: not a label\n'));
  await expect(yaml.verdict).toContainText(/Line 4: metadata\.labels: Invalid value/);
  await fitsAPhone(page);
  const place = page.getByRole('button', { name: /^Line 4: metadata\.labels/ });
  await place.click();
  await expect(yaml.editor).toBeFocused();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('labels:');
  await yaml.lines.nth(3).locator('.cm-lintRange-error').hover();
  await expect(page.locator('.cm-tooltip-lint')).toContainText('metadata.labels: Invalid value');

  await yaml.fill(`${text}spec: {}\n`);
  await expect(yaml.verdict).toContainText('accept this, but not store all of it');
  await expect(yaml.verdict).toContainText(/Line \d+: unknown field "spec"/);
  await expect(yaml.box.locator('.cm-lint-marker-warning')).toHaveCount(1);

  await yaml.fill(text.replace(`name: ${name}`, 'name: another'));
  await expect(yaml.verdict).toContainText(/Line \d+: \/metadata\/name can't be changed here/);

  await yaml.fill(text.replace('Lines', 'Good'));
  await expect(yaml.verdict).toHaveText('The cluster would accept this.');
  await expect(yaml.editor).toHaveAttribute('aria-invalid', 'false');
  await expect(yaml.box.locator('.cm-lint-marker')).toHaveCount(0);
  // All of that were dry runs.
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Lines' });
});

test('X2 U3 the keyboard finds its way through the editor, in it, and out', async ({ as, accounts }) => {
  const name = await accounts.make('yaml-keys', { [ALIAS]: 'Needle' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const yaml = await musterbook.yaml(name);
  const text = await yaml.text();

  // Who only passes by is not caught, and changes nothing.
  await page.getByText(`YAML of ${name}`, { exact: true }).click();
  await expect(yaml.editor).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(yaml.button('Save')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(yaml.editor).toBeFocused();
  expect(await yaml.text()).toBe(text);

  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('#');
  await page.keyboard.press('Tab');
  await expect(yaml.field).toHaveValue(`  #${text}`);
  await page.keyboard.press('Escape');
  await expect(yaml.button('Save')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(yaml.field).toHaveValue(text);

  await page.keyboard.press('ControlOrMeta+f');
  const find = page.getByRole('textbox', { name: 'Find' });
  await expect(find).toBeFocused();
  await page.keyboard.type('needle');
  await expect(yaml.box.locator('.cm-searchMatch')).toHaveCount(1);
  // Enter goes on, and sends no form.
  await page.keyboard.press('Enter');
  await expect(yaml.box.locator('.cm-searchMatch-selected')).toHaveText('Needle');
  await page.keyboard.press('Escape');
  await expect(find).toBeHidden();
  await expect(yaml.editor).toBeFocused();
  await yaml.button('Find').click();
  await expect(find).toBeFocused();
});

test('X2 changes of different fields are merged, and comments stay', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('yaml-merge', { [ALIAS]: 'Mine', [DESCRIPTION]: 'Theirs' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await admin.annotate(name, { [DESCRIPTION]: 'Theirs, changed' });
  await yaml.replace(`${ALIAS}: Mine`, `${ALIAS}: Mine, changed # why`);
  // The dry run finds it out, before anything is saved.
  await expect(yaml.merge).toContainText('merged, the text has both changes');
  await yaml.merge.getByText('What changed in the cluster').click();
  await expect(yaml.merge.getByRole('insertion').first()).toContainText('Theirs, changed');
  await yaml.takeMerged();
  await expect(yaml.field).toHaveValue(/alias-name: Mine, changed # why\n.*description: Theirs, changed\n/);
  await yaml.review();
  const insertion = musterbook.page.getByRole('main').getByRole('insertion');
  await expect(insertion).toContainText('Mine, changed');
  await expect(insertion).not.toContainText('why');
  await yaml.save();
  await expect(musterbook.heading(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({
    [ALIAS]: 'Mine, changed',
    [DESCRIPTION]: 'Theirs, changed',
  });
});

test('X2 where both changed the same field, it is chosen', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('yaml-choose', { [ALIAS]: 'A', [DESCRIPTION]: 'D', 'example.com/gone': 'G' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await admin.annotate(name, { [ALIAS]: 'A theirs', [DESCRIPTION]: 'D theirs', 'example.com/gone': null });
  const text = await yaml.text();
  await yaml.fill(
    text
      .replace(`${ALIAS}: A`, `${ALIAS}: A mine`)
      .replace(`${DESCRIPTION}: D`, `${DESCRIPTION}: D mine`)
      .replace('example.com/gone: G', 'example.com/gone: G mine'),
  );
  await yaml.save();
  const choice = (key: string) => yaml.merge.getByRole('group', { name: `metadata.annotations["${key}"]` });
  for (const key of [ALIAS, DESCRIPTION, 'example.com/gone']) {
    await expect(choice(key).getByRole('radio', { name: /^Yours/ })).toBeChecked();
  }
  await expect(choice('example.com/gone')).toContainText('In the cluster now: removed');
  await fitsAPhone(musterbook.page);
  await choice(DESCRIPTION).getByRole('radio', { name: 'In the cluster now: D theirs' }).check();
  await choice('example.com/gone').getByRole('radio', { name: /^In the cluster now/ }).check();
  // Nothing was overwritten meanwhile.
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'A theirs', [DESCRIPTION]: 'D theirs' });
  await yaml.takeMerged();
  await expect(musterbook.page.getByText('Merged with what is in the cluster now.')).toBeVisible();
  await yaml.save();
  await expect(musterbook.heading(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'A mine', [DESCRIPTION]: 'D theirs' });
});

for (const when of ['before', 'after'] as const) {
  test(`X2 a dry run of the older text that is answered ${when} the merge is taken changes nothing of it`, async ({
    as,
    accounts,
    admin,
    trouble,
  }) => {
    trouble.expect(/status of 409/);
    const name = await accounts.make(`yaml-late-${when}`, { [ALIAS]: 'A', [DESCRIPTION]: 'D' });
    const musterbook = await as('project-regular');
    const { page } = musterbook;
    const yaml = await musterbook.yaml(name);
    await admin.annotate(name, { [ALIAS]: 'A theirs' });
    const release = await hold(page, CHECK);
    const checked = page.waitForRequest(CHECK);
    const text = await yaml.text();
    await yaml.fill(text.replace(`${ALIAS}: A`, `${ALIAS}: A mine`).replace(`${DESCRIPTION}: D`, `${DESCRIPTION}: D mine`));
    await checked;
    await yaml.save();
    const answered = page.waitForResponse(CHECK);
    const theirs = yaml.merge.getByRole('radio', { name: /^In the cluster now/ });
    await theirs.check();
    if (when === 'before') {
      release();
      await answered;
      await expect(yaml.verdict.or(page.getByRole('alert')).first()).toBeVisible();
      await expect(theirs).toBeChecked();
      await yaml.takeMerged();
    } else {
      await yaml.takeMerged();
      release();
      await answered;
    }
    await expect(yaml.field).toHaveValue(/alias-name: A theirs\n.*description: D mine\n/);
    // What is checked now is the merged text.
    await expect(yaml.verdict).toBeVisible();
    await expect(yaml.merge).toBeHidden();
  });
}

test('X2 the text is uploaded, downloaded and copied', async ({ as, accounts, admin }) => {
  const name = await accounts.make('yaml-files', { [ALIAS]: 'File' });
  const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = musterbook;
  const yaml = await musterbook.yaml(name);
  const text = await yaml.text();
  await yaml.button('Copy').click();
  await expect(yaml.button('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);

  const download = await yaml.download();
  expect(download.suggestedFilename()).toBe(`${name}.${PROJECT}.serviceaccount.yaml`);
  expect(readFileSync(await download.path(), 'utf8')).toBe(text);

  const chooser = page.waitForEvent('filechooser');
  await yaml.button('Upload').click();
  // As an editor on Windows leaves it.
  const uploaded = text.replace(`${ALIAS}: File`, `${ALIAS}: Uploaded 预`).replaceAll('\n', '\r\n');
  await (await chooser).setFiles({ name: 'account.yaml', mimeType: 'application/yaml', buffer: Buffer.from(uploaded) });
  await expect(yaml.field).toHaveValue(/Uploaded 预/);
  await yaml.save();
  await expect(musterbook.heading(name)).toBeVisible();
  const { metadata } = await admin.account(name);
  expect(metadata.annotations).toEqual({ [ALIAS]: 'Uploaded 预' });
  expect((parse(text) as Thing).metadata.uid).toBe(metadata.uid);
});

test('X2 who may not change an account reads it, and is told whom to ask for what', async ({ as, accounts }) => {
  const name = await accounts.make('yaml-reader', { [ALIAS]: 'Needle' });
  const musterbook = await as('project-viewer');
  const { page } = musterbook;
  const yaml = await musterbook.yaml(name);
  const text = await yaml.text();
  await expect(page.getByText('You may look at this account, but not change it.')).toBeVisible();
  await expect(yaml.editor).toHaveAttribute('aria-readonly', 'true');
  await yaml.editor.click();
  await page.keyboard.type('typed');
  await page.keyboard.press('Tab');
  await expect(yaml.editor).not.toBeFocused();
  expect(await yaml.text()).toBe(text);
  for (const name of ['Save', 'Review', 'Upload']) await expect(yaml.button(name)).toHaveCount(0);
  await yaml.button('Find').click();
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.type('needle');
  await expect(yaml.box.locator('.cm-searchMatch')).toHaveCount(1);
});

test('X2 where the editor can’t be loaded, the text area is as good', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/editor\.js/, /the editor can't be loaded/);
  const name = await accounts.make('yaml-plain', { [ALIAS]: 'Plain' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await page.route(/\/editor\.js$/, route => route.abort());
  await musterbook.goto(`${detailsPath(name)}/yaml`);
  const yaml = new YamlPage(musterbook, name);
  await expect(yaml.field).toBeVisible();
  await yaml.field.fill((await yaml.text()).replace('Plain', 'By hand'));
  await expect(yaml.verdict).toHaveText('The cluster would accept this.');
  await yaml.save();
  await expect(musterbook.heading(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'By hand' });
});

test('X2 C4 without scripts somebody faster is shown, and nothing is overwritten', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('yaml-form', { [ALIAS]: 'Before' });
  const musterbook = await as('project-regular', { way: 'without scripts' });
  const yaml = await musterbook.yaml(name);
  await yaml.replace(`${ALIAS}: Before`, `${ALIAS}: Mine`);
  await admin.annotate(name, { [ALIAS]: 'Theirs' });
  await yaml.save();
  const now = musterbook.page.getByRole('region', { name: 'In the cluster now' });
  await expect(now).toContainText(`${ALIAS}: Theirs`);
  await expect(yaml.field).toHaveValue(new RegExp(`${ALIAS}: Mine`));
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Theirs' });
  await yaml.button('Save over it').click();
  await expect(musterbook.heading(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Mine' });
});

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test(`X2 an account deleted meanwhile: it is told, and what was typed stays, ${way}`, async ({
    as,
    accounts,
    admin,
    trouble,
  }) => {
    trouble.expect(/status of 404/);
    const name = await accounts.make('yaml-gone', { [ALIAS]: 'Before' });
    const musterbook = await as('project-regular', { way });
    const { page } = musterbook;
    const yaml = await musterbook.yaml(name);
    await admin.deleteAccount(name);
    const text = (await yaml.text()).replace(`${ALIAS}: Before`, `${ALIAS}: Typed <&>`);
    await yaml.fill(text);
    await yaml.save();
    const told = page.locator('.editor');
    await expect(told.getByRole('alert')).toHaveText("It isn't there, or you may not know that it is.");
    await expect(told).toContainText('Nothing was saved. Somebody deleted the account');
    await expect(musterbook.heading(`Edit YAML: ${name}`)).toBeVisible();
    await expect(yaml.field).toHaveValue(text);
    await fitsAPhone(page);
    expect(await admin.accountExists(name)).toBe(false);
  });
}

test('X2 a session that ends while one types loses nothing', async ({ as, accounts, trouble }) => {
  trouble.expect(/status of 401/);
  const name = await accounts.make('yaml-session', { [ALIAS]: 'Session' });
  const musterbook = await as(null);
  await (await musterbook.signIn(`${detailsPath(name)}/yaml`)).as('project-regular');
  const yaml = await YamlPage.opened(musterbook, name);
  await musterbook.page.context().clearCookies({ name: 'musterbook' });
  await yaml.replace('Session', 'Still there');
  await expect(musterbook.dialog('Sign in again')).toBeVisible();
  expect(await yaml.text()).toContain('Still there');
});
