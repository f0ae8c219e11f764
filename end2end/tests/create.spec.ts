// Creating accounts: the form and its YAML, a copy of another account, several at once (SPEC C1, C5).

import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { expect, hold, test, type Accounts, type Way } from '../checks.ts';
import { accountPath, PROJECT } from '../cluster.ts';
import { CreateDialog, CreateManyDialog } from '../pages/dialogs.ts';
import { listPath, wideListPath, type Musterbook } from '../pages/musterbook.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const CREATOR = 'kubesphere.io/creator';
const ROLE = 'iam.kubesphere.io/role';

async function create(musterbook: Musterbook, query = ''): Promise<CreateDialog> {
  await musterbook.goto(`${listPath()}?create${query}`);
  return CreateDialog.opened(musterbook);
}

async function createMany(musterbook: Musterbook, list = listPath()): Promise<CreateManyDialog> {
  await musterbook.goto(`${list}?create=many`);
  return CreateManyDialog.opened(musterbook);
}

function names(accounts: Accounts, about: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => accounts.name(`${about}-${number}`));
}

for (const way of ['live', 'without wasm', 'without scripts'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('C1 from the form to YAML and back, and nothing is lost', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 422/);
      const name = accounts.name('sides');
      const dialog = await create(await as('project-regular'));
      await dialog.fill({ name, alias: '甲 "x"', description: 'One: 1\ntwo # 2', role: 'Role/viewer' });
      const yaml = await dialog.toYaml();
      const text = await yaml.text();
      expect(parse(text)).toEqual({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name,
          namespace: PROJECT,
          annotations: { [ALIAS]: '甲 "x"', [DESCRIPTION]: 'One: 1\ntwo # 2', [ROLE]: 'viewer' },
        },
      });

      // What no field shows, and a comment.
      await yaml.fill(`# Why\n${text}\nautomountServiceAccountToken: false\n`.replace('metadata:', 'metadata:\n  labels: {team: a}'));
      await dialog.toForm();
      await expect(dialog.box).toContainText("Created as well, though the form can't show it");
      await expect(dialog.box).toContainText('automountServiceAccountToken, labels: team');
      await expect(dialog.field('Description')).toHaveValue('One: 1\ntwo # 2');
      await expect(dialog.roles).toHaveValue('Role/viewer');
      await dialog.fill({ alias: 'By form' });
      const again = await dialog.toYaml();
      await expect(again.field).toHaveValue(/^# Why\n[^]*labels: \{team: a\}[^]*alias-name: By form\n/);

      // Wrong texts say where, and stay as they are.
      const good = await again.text();
      await again.fill('apiVersion: v1\nkind: [\n');
      await dialog.box.getByRole('button', { name: 'Edit as a form' }).click();
      await expect(dialog.problem(/Line [23]/i)).toBeVisible();
      await again.fill(good.replace('kind: ServiceAccount', 'kind: Secret'));
      await dialog.submit();
      await expect(dialog.box).toContainText('This is no ServiceAccount of apiVersion v1.');
      await expect(again.field).toHaveValue(/kind: Secret/);
      await again.fill(good);
      await dialog.submitAndClose();
      const made = await admin.must<Record<string, unknown>>('GET', accountPath(name));
      expect(made).toMatchObject({
        automountServiceAccountToken: false,
        metadata: { labels: { team: 'a' }, annotations: { [ALIAS]: 'By form', [CREATOR]: 'project-regular' } },
      });
      expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
    });

    test('C1 a copy has what its owner may copy, and says what it lacks', async ({ as, accounts, admin }) => {
      const [original, copy] = [accounts.name('original'), accounts.name('copy')];
      await admin.must('POST', `/api/v1/namespaces/${PROJECT}/serviceaccounts`, {
        metadata: {
          name: original,
          annotations: { [ALIAS]: 'Original', 'x.example/owner': 'me', 'meta.helm.sh/release-name': 'x' },
          labels: { team: 'a', 'app.kubernetes.io/managed-by': 'Helm' },
        },
        imagePullSecrets: [{ name: 'registry' }],
      });
      const dialog = await create(await as('project-regular'), `&from=${original}`);
      await expect(dialog.field('Name')).toHaveValue('');
      await expect(dialog.field('Alias')).toHaveValue('Original');
      await expect(dialog.box).toContainText(`A copy of ${original}. Its tokens and Secrets stay its own.`);
      await expect(dialog.box).toContainText(
        'Not copied: annotations: meta.helm.sh/release-name, labels: app.kubernetes.io/managed-by.',
      );
      await dialog.fill({ name: copy, role: 'Role/viewer' });
      await dialog.submitAndClose();
      const made = await admin.must<{ metadata: Record<string, unknown> }>('GET', accountPath(copy));
      expect(made).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
      expect(made.metadata['labels']).toEqual({ team: 'a' });
      expect(made.metadata['annotations']).toEqual({
        [ALIAS]: 'Original',
        'x.example/owner': 'me',
        [CREATOR]: 'project-regular',
        [ROLE]: 'viewer',
      });
    });

    test('C5 a table is planned, created, and harmless to run again', async ({ as, accounts, admin }) => {
      const [first, second, there] = names(accounts, 'table', 3) as [string, string, string];
      await admin.createAccount(there, { [ALIAS]: 'Somebody else’s' });
      const text = `name;alias;role\r\n${first};"A; ""B""";viewer\r\n${second};;\r\n${there};Mine;\r\nNo Name;;\r\n`;
      const musterbook = await as('project-regular');
      const dialog = await createMany(musterbook);
      await dialog.plan(text);
      await dialog.said('2 service accounts will be created. 1 is there, but different. 1 can\'t be created.');
      await expect(dialog.row(first)).toContainText('Will be created');
      await expect(dialog.row(there)).toContainText('There already, and left as it is. Different: Alias');
      await expect(dialog.row('No Name')).toContainText('line 5');
      expect(await admin.accountExists(first)).toBe(false);

      await dialog.button('Create 2 accounts').click();
      await dialog.said('2 service accounts were created.');
      await dialog.close();
      expect((await admin.account(first)).metadata.annotations).toMatchObject({ [ALIAS]: 'A; "B"', [ROLE]: 'viewer' });
      expect((await admin.bindings(first)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
      expect((await admin.account(there)).metadata.annotations).toEqual({ [ALIAS]: 'Somebody else’s' });

      const again = await createMany(musterbook);
      await again.plan(text);
      await again.said('0 service accounts will be created. 2 are there already. 1 is there, but different.');
      await expect(again.row(first)).toContainText('There already, just so');
      await expect(again.button(/^Create \d/)).toHaveCount(0);
    });
  });
}

test('C1 Enter in a field creates, and does not turn the form', async ({ as, accounts, admin }) => {
  const name = accounts.name('enter');
  const musterbook = await as('project-regular');
  const dialog = await create(musterbook);
  await dialog.field('Name').fill(name);
  await dialog.field('Name').press('Enter');
  await expect(dialog.box).toBeHidden();
  expect(await admin.accountExists(name)).toBe(true);
});

test('C1 A3 a role that one may not give can’t be chosen, and is explained', async ({ as }) => {
  const dialog = await create(await as('project-regular'));
  await expect(dialog.role('Role/admin')).toBeDisabled();
  await expect(dialog.role('Role/admin')).toContainText('—');
  await expect(dialog.role('Role/viewer')).toBeEnabled();
  await expect(dialog.box.getByText(/roles? can't be chosen: why/)).toBeVisible();
});

test('C1 YAML gives no role that one may not give', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 403/);
  const name = accounts.name('beyond');
  const dialog = await create(await as('project-regular'), '=yaml');
  await dialog.yaml.shown();
  await dialog.yaml.fill(`apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  annotations: {${ROLE}: admin}\n`);
  await dialog.submit();
  await expect(dialog.problem(/holds more rights than you do/)).toBeVisible();
  expect(await admin.accountExists(name)).toBe(false);
});

test('C1 the keyboard alone turns the form, and the focus is where one types', async ({ as, accounts }) => {
  const dialog = await create(await as('project-regular'));
  const { page } = dialog.console;
  await expect(dialog.field('Name')).toBeFocused();
  await page.keyboard.type(accounts.name('keys'));
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(dialog.box.getByRole('button', { name: 'Edit YAML' })).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.yaml.shown();
  await expect(dialog.yaml.editor).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await expect(dialog.field('Name')).toBeFocused();
});

test('C1 X2 U3 the YAML has the editor: loaded when it is opened, with fields, marks, and a way out', async ({ as, trouble }) => {
  trouble.expect(/status of 422/);
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const scripts: string[] = [];
  page.on('request', request => scripts.push(new URL(request.url()).pathname.split('/').at(-1) ?? ''));
  const dialog = await create(musterbook);
  await page.waitForLoadState('networkidle');
  expect(scripts).not.toContain('editor.js');
  const fields = page.waitForResponse(/yaml-fields/);
  const yaml = await dialog.toYaml();
  expect(scripts).toContain('editor.js');
  expect((await fields).status()).toBe(200);

  // Who only passes by is not caught, and changes nothing.
  await expect(yaml.editor).toBeFocused();
  const text = await yaml.text();
  const next = dialog.box.getByRole('link', { name: 'Create several at once' });
  await page.keyboard.press('Tab');
  await expect(next).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(yaml.editor).toBeFocused();
  expect(await yaml.text()).toBe(text);

  await yaml.goBehind('kind: ServiceAccount');
  await page.keyboard.press('Enter');
  await page.keyboard.type('auto');
  const options = page.getByRole('listbox', { name: 'Fields that can stand here' });
  await expect(options.getByRole('option')).toHaveText([/^automountServiceAccountToken\s*boolean$/]);
  // Esc is for what is open, then for the editor, then for the dialog.
  await page.keyboard.press('Escape');
  await expect(options).toBeHidden();
  await expect(yaml.editor).toBeFocused();
  await page.keyboard.press('ControlOrMeta+f');
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(yaml.editor).toBeFocused();
  await page.keyboard.type('x');
  await page.keyboard.press('Tab');
  await expect(yaml.field).toHaveValue(/\n  autox\n/);
  await page.keyboard.press('Escape');
  await expect(next).toBeFocused();
  const asked: string[] = [];
  page.on('dialog', question => {
    asked.push(question.message());
    void question.dismiss();
  });
  await page.keyboard.press('Escape');
  await expect.poll(() => asked).toEqual(['Discard what you typed?']);
  await expect(dialog.box).toBeVisible();

  await yaml.fill('apiVersion: v1\nkind: [\n');
  await dialog.submit();
  await expect(dialog.problem(/Line \d/i)).toBeVisible();
  await expect(yaml.box.locator('.cm-lint-marker-error')).toHaveCount(1);
  await expect(yaml.editor).toHaveAttribute('aria-invalid', 'true');
  await yaml.fill(text);
  await expect(yaml.box.locator('.cm-lint-marker-error')).toHaveCount(0);
  await page.setViewportSize({ width: 360, height: 740 });
  // The editor measures itself anew a moment later.
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expect.poll(() => dialog.box.evaluate(box => box.scrollWidth - box.clientWidth)).toBe(0);
});

test('C1 C5 U3 from one way of creating to another, nobody loses unasked what they typed', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const asked: string[] = [];
  let answer: 'accept' | 'dismiss' = 'dismiss';
  page.on('dialog', question => {
    asked.push(question.message());
    void question[answer]();
  });
  const toSeveral = (dialog: CreateDialog) => dialog.box.getByRole('link', { name: 'Create several at once' });
  // Nothing was typed: nothing is asked.
  const form = await create(musterbook);
  await toSeveral(form).click();
  const several = await CreateManyDialog.opened(musterbook);
  const toSingle = several.box.getByRole('link', { name: 'Create a single one' });
  await several.text.fill('name');
  await toSingle.click();
  await expect.poll(() => asked).toEqual(['Discard what you typed?']);
  await expect(several.text).toHaveValue('name');
  answer = 'accept';
  await toSingle.click();
  await CreateDialog.opened(musterbook);

  // From the form, and from its YAML.
  answer = 'dismiss';
  await form.fill({ alias: 'Typed' });
  await toSeveral(form).click();
  await expect.poll(() => asked.length).toBe(3);
  await expect(form.field('Alias')).toHaveValue('Typed');
  const yaml = await form.toYaml();
  await toSeveral(form).click();
  await expect.poll(() => asked.length).toBe(4);
  await expect(yaml.field).toHaveValue(/Typed/);
  answer = 'accept';
  await toSeveral(form).click();
  await CreateManyDialog.opened(musterbook);
  await expect(several.text).toHaveValue('');
});

test('C5 a hundred accounts in one go', async ({ as, accounts, admin }) => {
  test.slow();
  const all = names(accounts, 'hundred', 100);
  const dialog = await createMany(await as('project-regular'));
  await dialog.plan(['name,role', ...all.map(name => `${name},viewer`)].join('\n'));
  await dialog.said('100 service accounts will be created.');
  await dialog.button('Create 100 accounts').click();
  await dialog.said('100 service accounts were created.');
  for (const name of [all[0]!, all[99]!]) {
    expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
  }
});

test('C5 stopped midway it goes on where it was', async ({ as, accounts, admin }) => {
  const all = names(accounts, 'stopped', 12);
  const musterbook = await as('project-regular');
  const release = await hold(musterbook.page, '**/api/accounts/create-row');
  const dialog = await createMany(musterbook);
  await dialog.plan(`name\n${all.join('\n')}\n`);
  await dialog.button('Create 12 accounts').click();
  await dialog.button('Stop').click();
  release();
  await dialog.said('4 service accounts were created. 8 were not begun.');
  const exist = async () => (await Promise.all(all.map(name => admin.accountExists(name)))).filter(Boolean).length;
  expect(await exist()).toBe(4);
  await dialog.button(/^Go on with/).click();
  await dialog.said('12 service accounts were created.');
  await expect(dialog.box.getByText('Not begun')).toHaveCount(0);
  expect(await exist()).toBe(12);
});

test('C5 refused rows say why, and the others are created', async ({ as, accounts, admin }) => {
  const [good, beyond, missing] = names(accounts, 'refused', 3) as [string, string, string];
  const dialog = await createMany(await as('project-regular'));
  await dialog.plan(`name,role\n${good},\n${beyond},admin\n${missing},e2e-no-such-role\n`);
  await dialog.said('1 service account will be created. 2 can\'t be created.');
  await expect(dialog.row(beyond)).toContainText('admin');
  await dialog.button('Create 1 account').click();
  await dialog.said('1 service account was created.');
  expect(await admin.accountExists(good)).toBe(true);
  expect(await admin.accountExists(beyond)).toBe(false);
});

test('C5 L7 what the list exports can be created again', async ({ as, accounts, admin }) => {
  const name = accounts.name('exported');
  const musterbook = await as('project-regular');
  const dialog = await create(musterbook);
  await dialog.fill({ name, alias: 'Again', description: 'Line 1\nLine 2', role: 'Role/viewer' });
  await dialog.submitAndClose();
  for (const format of ['YAML', 'CSV']) {
    const list = await musterbook.list(`?q=${name}`);
    await musterbook.page.getByRole('button', { name: 'Export', exact: true }).click();
    const started = musterbook.page.waitForEvent('download');
    await musterbook.page.getByRole('link', { name: new RegExp(format) }).click();
    const text = readFileSync(await (await started).path(), 'utf8');
    await expect(list.row(name)).toBeVisible();
    const again = await createMany(musterbook);
    await again.plan(text);
    await again.said('0 service accounts will be created. 1 is there already.');
    await admin.cleanUp(name);
    const anew = await createMany(musterbook);
    await anew.plan(text);
    await anew.button('Create 1 account').click();
    await anew.said('1 service account was created.');
    expect((await admin.account(name)).metadata.annotations).toMatchObject({ [ALIAS]: 'Again', [DESCRIPTION]: 'Line 1\nLine 2' });
    expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
  }
});

test('C5 a file is read into the text', async ({ as, accounts }) => {
  const name = accounts.name('file');
  const dialog = await createMany(await as('project-regular'));
  const buffer = Buffer.from(`\uFEFFname,alias\r\n${name},文件\r\n`);
  await dialog.box.getByLabel('Read it from a file:').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
  await expect(dialog.text).toHaveValue(new RegExp(name));
  await dialog.submit();
  await dialog.said('1 service account will be created.');
});

test('C5 a text that is no table and no document says so, and stays', async ({ as }) => {
  const dialog = await createMany(await as('project-regular'));
  await dialog.plan('apiVersion: v1\nkind: [\n---\n7\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n');
  await dialog.said('0 service accounts will be created. 3 can\'t be created.');
  await expect(dialog.row('s')).toContainText("Secret isn't created here.");
  await dialog.button('Change the text').click();
  await expect(dialog.text).toHaveValue(/^apiVersion: v1\nkind: \[/);
  await expect(dialog.text).toBeFocused();
});

test('L8 C5 on a list of several projects, the project is chosen first', async ({ as, accounts, admin }) => {
  const name = accounts.name('wide');
  const musterbook = await as('project-regular');
  await musterbook.goto(`${wideListPath('demo-workspace')}?create=many`);
  const dialog = await CreateManyDialog.opened(musterbook);
  await dialog.box.getByRole('searchbox', { name: 'Project' }).fill(PROJECT);
  await dialog.box.getByRole('link', { name: PROJECT }).click();
  await dialog.plan(`name\n${name}\n`);
  await dialog.button('Create 1 account').click();
  await dialog.said('1 service account was created.');
  expect(await admin.accountExists(name)).toBe(true);
});

test('A7 who may not create is offered none of it', async ({ as, trouble }) => {
  trouble.expect(/status of 403/);
  const musterbook = await as('project-viewer');
  const list = await musterbook.list();
  await expect(list.names.first()).toBeVisible();
  await expect(list.createButton).toHaveCount(0);
  await expect(musterbook.page.getByRole('link', { name: 'Clone', exact: true })).toHaveCount(0);
  // Who knows the address is refused by the API server.
  const dialog = await createMany(musterbook);
  await dialog.plan('name\ne2e-never\n');
  await dialog.said('0 service accounts will be created. 1 can\'t be created.');
  await expect(dialog.row('e2e-never')).toContainText('create');
});
