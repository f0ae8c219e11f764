// Input that is refused, and what happens to what was typed.

import { expect, test } from '../checks.ts';
import { PROJECT } from '../cluster.ts';
import { environment, passwordOf } from '../environment.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const NOT_A_NAME = 'Only lowercase letters, digits and hyphens, beginning and ending with a letter or digit.';

test('C2 each field may be as long as its limit, in characters', async ({ as, accounts, admin }) => {
  const name = accounts.name('limit');
  const long = name.padEnd(63, 'x');
  const list = await (await as('project-regular')).list(`?q=${name}`);
  const dialog = await list.create();
  try {
    await dialog.fill({ name: long, alias: '预'.repeat(63), description: 'é'.repeat(256) });
    await expect(dialog.box).toContainText('256 of 256');
    await dialog.submitAndClose();
    await expect(list.row(long)).toBeVisible();
    const { annotations } = (await admin.account(long)).metadata;
    expect(annotations).toMatchObject({ [ALIAS]: '预'.repeat(63), [DESCRIPTION]: 'é'.repeat(256) });
  } finally {
    await admin.cleanUp(long);
  }
});

test('C2 what is beyond a limit is told while one types, at the field, and isn’t sent', async ({ as }) => {
  const musterbook = await as('project-regular');
  // Without rows: of those that come, the page asks more.
  const dialog = await (await musterbook.list('?q=e2e-never-made')).create();
  const cases = [
    ['Name', 'x'.repeat(64), 'At most 63 characters; this has 64.'],
    ['Name', 'Release_Bot', NOT_A_NAME],
    ['Alias', '预'.repeat(64), 'At most 63 characters; this has 64.'],
    ['Description', 'é'.repeat(257), 'At most 256 characters; this has 257.'],
  ] as const;
  for (const [field, text, problem] of cases) {
    await dialog.field(field).fill(text);
    await expect(dialog.field(field)).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog.field(field)).toHaveAccessibleDescription(new RegExp(problem.replaceAll('.', '\\.')));
  }
  let posted = 0;
  musterbook.page.on('request', request => (posted += request.method() === 'POST' ? 1 : 0));
  await dialog.submitButton.click();
  await expect(dialog.field('Name')).toBeFocused();
  await expect(dialog.field('Alias')).toHaveValue('预'.repeat(64));
  expect(posted).toBe(0);
});

test('C2 the server checks the same rules again', async ({ as, accounts, admin }) => {
  const musterbook = await as('project-regular');
  const name = accounts.name('again');
  const cases = [
    [{ 'input[name]': '' }, 'Required.'],
    [{ 'input[name]': `${name}-` }, NOT_A_NAME],
    [{ 'input[name]': 'x'.repeat(64) }, 'At most 63 characters; this has 64.'],
    [{ 'input[name]': name, 'input[alias]': '预'.repeat(64) }, 'At most 63 characters; this has 64.'],
    [{ 'input[name]': name, 'input[alias]': 'a\u0007' }, "Character 2 can't be printed."],
    [{ 'input[name]': name, 'input[description]': 'é'.repeat(257) }, 'At most 256 characters; this has 257.'],
    [{ 'input[name]': name, 'input[role]': 'cluster-admin' }, 'Choose one of the offered values.'],
  ] as const;
  for (const [fields, problem] of cases) {
    const answer = await musterbook.post(`${listPath()}?create`, {
      _fn: '/api/accounts/create',
      project: PROJECT,
      ...fields,
    });
    expect(answer.status(), problem).toBe(422);
    expect(await answer.text()).toContain(problem);
  }
  expect(await admin.accountExists(name)).toBe(false);
});

test('C2 a name that is taken is an error at its field, and the rest stays typed', async ({ as, accounts, trouble }) => {
  trouble.expect(/status of 422/);
  const name = await accounts.make('taken');
  const dialog = await (await (await as('project-regular')).list()).create();
  await dialog.fill({ name, alias: 'Second', description: 'Typed', role: 'Role/viewer' });
  await dialog.submit();
  await expect(dialog.field('Name')).toHaveAccessibleDescription(/An account with this name exists already\./);
  await expect(dialog.field('Name')).toBeFocused();
  await expect(dialog.field('Alias')).toHaveValue('Second');
  await expect(dialog.field('Description')).toHaveValue('Typed');
  await expect(dialog.roles).toHaveValue('Role/viewer');
});

test('A3 C3 a role beyond one’s own is refused by the API server, and no account is left', async ({
  as,
  accounts,
  admin,
}) => {
  const musterbook = await as('project-regular');
  const name = accounts.name('beyond');
  const answer = await musterbook.post(`${listPath()}?create`, {
    _fn: '/api/accounts/create',
    project: PROJECT,
    'input[name]': name,
    'input[alias]': 'Kept',
    'input[role]': 'Role/admin',
  });
  expect(answer.status()).toBe(403);
  const html = await answer.text();
  expect(html).toContain("admin holds more rights than you do, so you can't give it.");
  expect(html).toContain('value="Kept"');
  expect(await admin.accountExists(name)).toBe(false);
});

test('A3 X3 a role beyond one’s own can’t be given by changing it either', async ({ as, accounts, admin }) => {
  const name = await accounts.make('beyond', { 'iam.kubesphere.io/role': 'viewer' });
  const { metadata } = await admin.account(name);
  const musterbook = await as('project-regular');
  const answer = await musterbook.post(`${listPath()}?role=${name}`, {
    _fn: '/api/roles/change',
    project: PROJECT,
    name,
    uid: metadata.uid,
    role: 'Role/admin',
  });
  expect(answer.status()).toBe(403);
  expect(await answer.text()).toContain('admin holds more rights than you do');
  expect((await admin.account(name)).metadata.annotations).toEqual({ 'iam.kubesphere.io/role': 'viewer' });
  expect(await admin.bindings(name)).toEqual([]);
});

test('X3 a binding that somebody else extended is neither replaced nor taken for one’s own', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 409/);
  const name = accounts.name('foreign-binding');
  const musterbook = await as('project-regular');
  const create = await (await musterbook.list(`?q=${name}`)).create();
  await create.fill({ name, role: 'Role/viewer' });
  await create.submitAndClose();
  const [binding] = await admin.bindings(name);
  await admin.share(binding!);

  const dialog = await musterbook.changeRole(name);
  await dialog.chooseRole('Role/operator');
  await dialog.submitAndClose();
  const again = await musterbook.changeRole(name);
  await again.chooseRole('Role/viewer');
  await again.submit();
  await expect(again.problem('Nothing was overwritten.')).toBeVisible();
  await expect(again.roles).toHaveValue('Role/viewer');
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name).toSorted()).toEqual(['operator', 'viewer']);
});

test('X1 an account deleted meanwhile: it is told, and what was typed stays', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 404/);
  const name = await accounts.make('gone');
  const dialog = await (await (await as('project-regular')).details(name)).edit();
  await dialog.field('Alias').fill('Typed');
  await admin.deleteAccount(name);
  await dialog.submit();
  await expect(dialog.problem("It isn't there")).toBeVisible();
  await expect(dialog.field('Alias')).toHaveValue('Typed');
  expect(await admin.accountExists(name)).toBe(false);
});

test('X1 X4 a namesake that was made meanwhile is neither changed nor deleted', async ({ as, accounts, admin, trouble }) => {
  // The page follows the account, which isn't there for a moment.
  trouble.expect(/status of 40[49]/);
  const name = await accounts.make('namesake');
  const musterbook = await as('project-regular');
  const edit = await (await musterbook.details(name)).edit();
  await edit.field('Alias').fill('Typed');
  await admin.deleteAccount(name);
  await admin.createAccount(name);
  await edit.submit();
  await expect(edit.problem('another one with the same name was made')).toBeVisible();
  await expect(edit.field('Alias')).toHaveValue('Typed');

  const remove = await (await musterbook.details(name)).delete();
  await admin.deleteAccount(name);
  await admin.createAccount(name);
  await remove.submit();
  await expect(remove.problem('another one with the same name was made')).toBeVisible();
  expect((await admin.account(name)).metadata.annotations ?? {}).toEqual({});
});

test('X2 somebody was faster than the YAML editor: nothing is overwritten, the text stays', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('yaml-conflict', { [ALIAS]: 'At first' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await yaml.replace(`${ALIAS}: At first`, `${ALIAS}: Mine`);
  await admin.annotate(name, { [ALIAS]: 'Theirs' });
  await yaml.save();
  await expect(yaml.merge).toContainText('In the cluster now: Theirs');
  await expect(yaml.field).toHaveValue(/alias-name: Mine/);
  // Again, without having taken their version in: nothing is overwritten either.
  await yaml.save();
  await expect(musterbook.alert(/changed/)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Theirs' });
  await yaml.takeMerged();
  await yaml.save();
  await musterbook.page.waitForURL(url => !url.pathname.endsWith('/yaml'));
  await expect(musterbook.heading(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Mine' });
});

test('D1 X2 who made an account is not for the editor to say', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 422/);
  const name = await accounts.make('yaml-creator', { 'kubesphere.io/creator': 'ann' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  await yaml.replace('kubesphere.io/creator: ann', 'kubesphere.io/creator: mallory');
  await expect(yaml.verdict).toContainText(/Line \d+: metadata\.annotations\[kubesphere\.io\/creator\] can't be changed here/);
  await yaml.save();
  await expect(musterbook.alert("can't be changed")).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toEqual({ 'kubesphere.io/creator': 'ann' });
});

test('X2 YAML that can’t be read is told with its line, and what is locked stays locked', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 422/);
  const name = await accounts.make('yaml-wrong', { [ALIAS]: 'Kept' });
  const musterbook = await as('project-regular');
  const yaml = await musterbook.yaml(name);
  const text = await yaml.text();
  await yaml.fill(`${text}  - [broken`);
  await yaml.save();
  await expect(musterbook.alert(/^Line \d+:/)).toBeVisible();
  await yaml.fill(text.replace(`name: ${name}`, 'name: another'));
  await yaml.save();
  await expect(musterbook.alert("can't be changed")).toBeVisible();
  await expect(yaml.field).toHaveValue(/name: another/);
  expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Kept' });
});

test('K1 a lifetime under ten minutes is refused', async ({ as, accounts }) => {
  const name = await accounts.make('lifetime');
  const musterbook = await as('project-regular');
  const answer = await musterbook.post(`${detailsPath(name)}?issue`, {
    _fn: '/api/credentials/kubeconfig',
    project: PROJECT,
    name,
    'input[lifetime]': 'custom',
    'input[minutes]': '9',
  });
  expect(answer.status()).toBe(422);
  expect(await answer.text()).toContain('At least 10 minutes.');
});

test('Z2 a post from another site, or from nowhere, changes nothing', async ({ as, accounts, admin }) => {
  const name = accounts.name('foreign');
  const musterbook = await as('project-regular');
  const fields = { _fn: '/api/accounts/create', project: PROJECT, 'input[name]': name };
  const own = environment.url;
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: own.replace('http:', 'https:') },
    { origin: own, 'sec-fetch-site': 'cross-site' },
    { origin: own, 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const headers of foreign) {
    for (const accept of ['text/html', 'application/json']) {
      const page = await musterbook.post(`${listPath()}?create`, fields, { ...headers, accept });
      expect(page.status(), JSON.stringify(headers)).toBe(403);
    }
    const call = await musterbook.page.request.post('/api/accounts/create', { form: fields, headers, maxRedirects: 0 });
    expect(call.status(), JSON.stringify(headers)).toBe(403);
  }
  expect(await admin.accountExists(name)).toBe(false);
});

test('Z2 only POST changes something', async ({ as, accounts, admin }) => {
  const name = accounts.name('get');
  const musterbook = await as('project-regular');
  const query = new URLSearchParams({ project: PROJECT, 'input[name]': name });
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await musterbook.page.request.fetch(`/api/accounts/create?${query}`, {
      method,
      headers: { origin: environment.url },
      maxRedirects: 0,
    });
    expect(answer.status(), method).toBeGreaterThanOrEqual(400);
  }
  expect(await admin.accountExists(name)).toBe(false);
});

test('Z2 a body that is too large is refused, and the page says so', async ({ as, accounts, admin }) => {
  const name = accounts.name('large');
  const musterbook = await as('project-regular');
  const answer = await musterbook.post(`${listPath()}?create`, {
    _fn: '/api/accounts/create',
    project: PROJECT,
    'input[name]': name,
    'input[description]': 'x'.repeat(3 * 1024 * 1024),
  });
  expect(answer.status()).toBe(413);
  expect(await answer.text()).toContain('That is too large.');
  expect(await admin.accountExists(name)).toBe(false);
});

test('S1 a session that ends in mid-form: sign in in place, nothing typed is lost', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 401/);
  const name = accounts.name('session');
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  const dialog = await list.create();
  await dialog.fill({ name, alias: 'Typed before', description: 'And this', role: 'Role/viewer' });
  await musterbook.page.context().clearCookies({ name: 'musterbook' });
  await dialog.submit();

  const again = musterbook.dialog('Sign in again');
  await expect(again).toBeVisible();
  await expect(again.getByLabel('User name')).toHaveValue('project-regular');
  await again.getByLabel('Password').fill(passwordOf('project-regular'));
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again).toBeHidden();

  await expect(dialog.field('Name')).toHaveValue(name);
  await expect(dialog.field('Alias')).toHaveValue('Typed before');
  await expect(dialog.field('Description')).toHaveValue('And this');
  await expect(dialog.roles).toHaveValue('Role/viewer');
  await dialog.submitAndClose();
  await expect(list.row(name)).toBeVisible();
  expect((await admin.account(name)).metadata.annotations).toMatchObject({ [ALIAS]: 'Typed before' });
});

test('Z1 a forged cookie is no session, and is cleared', async ({ as }) => {
  const musterbook = await as(null);
  const context = musterbook.page.context();
  for (const value of ['x', 'A'.repeat(400), Buffer.from('{"actor":{"user":"project-admin"}}').toString('base64')]) {
    await context.addCookies([{ name: 'musterbook', value, url: environment.url }]);
    await musterbook.goto(listPath());
    await expect(musterbook.heading('Sign in')).toBeVisible();
    expect((await context.cookies()).filter(({ name }) => name === 'musterbook')).toEqual([]);
  }
});

test('Z7 odd queries are read as far as they make sense', async ({ as }) => {
  const musterbook = await as('project-regular');
  for (const query of ['?page=99999999999999999999', '?page=-1&size=7&sort=x', '?q=%FF%FE', '?q=%00', '?edit=&role=']) {
    const answer = await musterbook.page.request.get(`${listPath()}${query}`);
    expect(answer.status(), query).toBe(200);
  }
  // What is nobody's key changes nothing, whatever it is called.
  for (const key of ['unknown', 'name', 'labelSelector', 'sortBy']) {
    const list = await musterbook.list(`?q=ci-deployer&${key}=x&edit=ci-deployer`);
    await expect(list.row('ci-deployer'), key).toBeVisible();
    await expect(musterbook.dialog(/^Edit Information: /), key).toBeVisible();
  }
});
