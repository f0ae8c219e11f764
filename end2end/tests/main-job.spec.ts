// The six steps of the main job, as project-regular.

import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { expect, test } from '../checks.ts';
import { ApiServer, PROJECT, parseKubeconfig, type Thing } from '../cluster.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const ROLE = 'iam.kubesphere.io/role';

test.describe('1 the project', () => {
  test('S2 after signing in, one’s projects are listed, and one of them opens', async ({ as }) => {
    const musterbook = await as(null);
    await (await musterbook.signIn()).as('project-regular');
    const projects = await musterbook.projects();
    await expect(projects.names).toHaveText(['demo-project', 'demo-staging']);
    await projects.search('预发布');
    await expect(projects.names).toHaveText(['demo-staging']);
    await musterbook.projects();
    const list = await projects.open(PROJECT);
    await expect(musterbook.page).toHaveURL(listPath());
    await expect(list.table).toBeVisible();
  });

  test('S3 each entry of the sidebar leads to a page', async ({ as }) => {
    const musterbook = await as('project-regular');
    await musterbook.list();
    const entries = musterbook.page.getByRole('navigation', { name: 'Project', exact: true }).getByRole('link');
    const addresses = await entries.evaluateAll(links => links.map(link => (link as HTMLAnchorElement).href));
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    for (const address of addresses) expect((await musterbook.page.request.get(address)).status(), address).toBe(200);
  });

  test('S3 the breadcrumb leads to another project', async ({ as }) => {
    const musterbook = await as('project-regular');
    await musterbook.list();
    const menu = await musterbook.openSwitcher('Project');
    const found = menu.getByRole('link', { name: /^demo-/ });
    await expect(found).toHaveCount(2);
    await menu.getByRole('searchbox', { name: 'Search projects' }).fill('stag');
    // What was there before is replaced.
    await expect(found).toHaveCount(1);
    await found.click();
    await expect(musterbook.page).toHaveURL(listPath('demo-staging'));
    await expect(musterbook.page.getByRole('button', { name: 'Project demo-staging: switch' })).toBeVisible();
  });
});

test.describe('2 the list', () => {
  test('L3 default is there, and what it is for', async ({ as }) => {
    const list = await (await as('project-regular')).list('?q=default');
    await expect(list.row('default')).toContainText('Given to every pod that names no account');
  });

  test('L2 search finds by name, by alias and by description, ignoring case', async ({ as }) => {
    const list = await (await as('project-regular')).list();
    await list.search('PREVIEW-E');
    await expect(list.names).toHaveText(['preview-env']);
    await list.search('预览');
    await expect(list.names).toHaveText(['preview-env']);
    await list.search('volume SNAP');
    await expect(list.names).toHaveText(['backup-runner']);
  });

  test('L6 nothing matches is told, with the way back', async ({ as }) => {
    const musterbook = await as('project-regular');
    const list = await musterbook.list();
    await list.search('no such account');
    await expect(musterbook.page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    await expect(musterbook.page.getByText('“no such account”')).toBeVisible();
    await musterbook.page.getByRole('link', { name: 'Clear search and filters' }).click();
    await expect(list.table).toBeVisible();
    await expect(musterbook.page).toHaveURL(listPath());
  });

  test('L2 sorting, pages and their size are in the address; reload and back restore them', async ({ as, accounts }) => {
    // Of its own, in an order of their own: other tests make and delete accounts meanwhile.
    const names: string[] = [];
    for (let number = 25; number > 10; number -= 1) names.push(await accounts.make(`sorted-${number}`));
    const [first, second] = [names.toSorted().slice(0, 10), names.toSorted().slice(10)];
    const musterbook = await as('project-regular');
    const list = await musterbook.list('?q=e2e-sorted-');
    const address = `${listPath()}?q=e2e-sorted-`;
    await expect(list.sorted('Created')).toHaveAttribute('aria-sort', 'descending');

    await list.sortBy('Name');
    await expect(list.sorted('Name')).toHaveAttribute('aria-sort', 'ascending');
    await expect(list.names).toHaveText(first);

    await list.nextPage();
    await expect(musterbook.page).toHaveURL(`${address}&sort=name&page=2`);
    await expect(list.names).toHaveText(second);

    await musterbook.reload();
    await expect(list.names).toHaveText(second);
    await musterbook.page.goBack();
    await expect(musterbook.page).toHaveURL(`${address}&sort=name`);
    await expect(list.names).toHaveText(first);

    await list.rowsOnAPage(50);
    await expect(musterbook.page).toHaveURL(`${address}&sort=name&size=50`);
    await expect(list.names).toHaveText([...first, ...second]);
    await list.sortBy('Name');
    await expect(list.sorted('Name')).toHaveAttribute('aria-sort', 'descending');
    await expect(list.names).toHaveText([...first, ...second].toReversed());
  });

  test('L2 filters by role and state are in the address, shown as chips, and go one by one', async ({ as, accounts, admin }) => {
    const annotated = await accounts.make('filter-1', { [ROLE]: 'viewer' });
    const bare = await accounts.make('filter-2');
    const other = await accounts.make('filter-3', { [ROLE]: 'operator' });
    for (const name of [annotated, bare]) await admin.bind(name, 'viewer');
    const musterbook = await as('project-regular');
    const list = await musterbook.list('?q=e2e-filter-&size=100&sort=name');
    await expect(list.names).toHaveText([annotated, bare, other]);
    await list.filterBy('Project role', 'viewer');
    await expect(list.names).toHaveText([annotated, bare]);
    await list.filterBy('State', 'Not annotated');
    await expect(list.names).toHaveText([bare]);
    const address = new URL(musterbook.page.url()).searchParams;
    expect([address.get('project-role'), address.get('state'), address.get('size')]).toEqual(['Role/viewer', 'not-annotated', '100']);
    await musterbook.reload();
    await expect(list.names).toHaveText([bare]);
    await list.chip('viewer').click();
    await expect(list.chip('viewer')).toBeHidden();
    await expect(list.names).toHaveText([bare]);
    await list.search('');
    await expect(list.row('log-shipper')).toBeVisible();
    await list.filterBy('Project role', 'admin');
    await expect(musterbook.page.getByText('No account matches these filters.')).toBeVisible();
  });

  test('L1 every column but the name can be hidden, which is in the address', async ({ as }) => {
    const musterbook = await as('project-regular');
    const list = await musterbook.list();
    await list.toggleColumn('Hide Created');
    await expect(list.sorted('Created')).toBeHidden();
    await expect(musterbook.page).toHaveURL(`${listPath()}?hide=created`);
    await musterbook.reload();
    await expect(list.sorted('Project role')).toBeVisible();
    await expect(list.sorted('Created')).toBeHidden();
    await list.toggleColumn('Show Created');
    await expect(list.sorted('Created')).toBeVisible();
  });

  test('D3 each state of a role has its name', async ({ as }) => {
    const musterbook = await as('project-regular');
    for (const [account, role, state] of [
      ['ci-deployer', 'operator', null],
      ['backup-runner', 'operator', 'Role missing'],
      ['report-mailer', 'reporter', 'Role missing'],
      ['smoke-tests', 'viewer', 'Not bound'],
      ['log-shipper', 'viewer', 'Not annotated'],
      ['image-puller', 'No role', null],
    ] as const) {
      const row = (await musterbook.list(`?q=${account}`)).row(account);
      await expect(row).toContainText(role);
      if (state) await expect(row).toContainText(state);
      else await expect(row).not.toContainText(/Bound|bound|missing|annotated/);
    }
  });
});

test.describe('3 creating', () => {
  test('C1 C3 an account is created with alias, description and role, and is bound to it', async ({
    as,
    accounts,
    admin,
  }) => {
    const name = accounts.name('create');
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}`);
    const dialog = await list.create();
    await dialog.fill({ name, alias: '发布 bot', description: 'Publishes charts.\nTwice a day.', role: 'Role/viewer' });
    await dialog.submitAndClose();

    await expect(musterbook.page.getByRole('status').filter({ hasText: `${name} created` })).toBeVisible();
    await expect(list.row(name)).toContainText('发布 bot');
    await expect(list.row(name)).toContainText('Publishes charts.');
    await expect(list.row(name)).toContainText('viewer');

    const account = await admin.account(name);
    expect(account.metadata.annotations).toEqual({
      [ALIAS]: '发布 bot',
      [DESCRIPTION]: 'Publishes charts.\nTwice a day.',
      [ROLE]: 'viewer',
      'kubesphere.io/creator': 'project-regular',
    });
    // Unset is not false (D6).
    expect(account).not.toHaveProperty('automountServiceAccountToken');
    const [binding, ...others] = await admin.bindings(name);
    expect(others).toEqual([]);
    expect(binding?.metadata.labels).toMatchObject({ 'iam.kubesphere.io/serviceaccount-ref': name });
    expect(binding?.roleRef).toMatchObject({ kind: 'Role', name: 'viewer' });
    expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', name, namespace: PROJECT }]);
    expect(binding?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'ServiceAccount', name, uid: account.metadata.uid },
    ]);
  });

  test('D1 what is left empty leaves no annotation behind', async ({ as, accounts, admin }) => {
    const name = accounts.name('bare');
    const list = await (await as('project-regular')).list(`?q=${name}`);
    const dialog = await list.create();
    await dialog.fill({ name });
    await dialog.submitAndClose();
    await expect(list.row(name)).toContainText('No role');
    expect((await admin.account(name)).metadata.annotations).toEqual({ 'kubesphere.io/creator': 'project-regular' });
    expect(await admin.bindings(name)).toEqual([]);
  });

  test('D2 a ClusterRole is bound under Musterbook’s own label', async ({ as, accounts, admin }) => {
    const name = accounts.name('cluster-role');
    const list = await (await as('project-regular')).list(`?q=${name}`);
    const dialog = await list.create();
    await dialog.fill({ name, role: 'ClusterRole/view' });
    await dialog.submitAndClose();
    await expect(list.row(name)).toContainText('ClusterRole view');
    const account = await admin.account(name);
    expect(account.metadata.annotations).toMatchObject({ 'musterbook.dev/cluster-role': 'view' });
    const [binding] = await admin.bindings(name);
    expect(binding?.roleRef).toMatchObject({ kind: 'ClusterRole', name: 'view' });
    expect(binding?.metadata.labels).toEqual({ 'musterbook.dev/serviceaccount-uid': account.metadata.uid });
  });
});

test.describe('4 details', () => {
  test('E1 the card tells name, alias, description, cluster, project, role with state, created and creator', async ({
    as,
  }) => {
    const musterbook = await as('project-regular');
    const list = await musterbook.list('?q=ci-dep');
    const details = await list.open('ci-deployer');
    await expect(musterbook.page).toHaveURL(`${detailsPath('ci-deployer')}?q=ci-dep`);
    const main = musterbook.page.getByRole('main');
    await expect(main).toContainText('CI deployer');
    await expect(main).toContainText('Rolls out releases from the pipeline');
    await expect(details.fact('Cluster')).toHaveText('local');
    await expect(details.fact('Project')).toHaveText(PROJECT);
    await expect(details.fact('Project role')).toContainText('operator');
    await expect(details.fact('Project role')).toContainText('Bound');
    await expect(details.fact('Created')).toContainText(/\d{4}|ago/);
    await expect(details.fact('Creator')).toHaveText('project-regular');
  });

  test('X1 alias and description are edited, and nothing else', async ({ as, accounts, admin }) => {
    const name = await accounts.make('edit', { [ALIAS]: 'Before', [DESCRIPTION]: 'Old', other: 'kept' });
    const musterbook = await as('project-regular');
    const details = await musterbook.details(name);
    const dialog = await details.edit();
    await expect(dialog.field('Alias')).toHaveValue('Before');
    await expect(dialog.field('Description')).toHaveValue('Old');
    await dialog.field('Alias').fill('After 之后');
    await dialog.field('Description').fill('');
    await dialog.submitAndClose();
    await expect(musterbook.page.getByRole('main')).toContainText('After 之后');
    expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'After 之后', other: 'kept' });
  });

  test('X3 a role is changed, then taken away: the new binding is there and the old one is gone', async ({
    as,
    accounts,
    admin,
  }) => {
    const name = accounts.name('role');
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}`);
    const create = await list.create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();

    const details = await list.open(name);
    let dialog = await details.changeRole();
    await expect(dialog.roles).toHaveValue('Role/viewer');
    await dialog.chooseRole('Role/operator');
    await dialog.submitAndClose();
    await expect(details.fact('Project role')).toContainText('operator');
    expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['operator']);
    expect((await admin.account(name)).metadata.annotations).toMatchObject({ [ROLE]: 'operator' });

    dialog = await details.changeRole();
    await dialog.chooseRole('');
    await dialog.submitAndClose();
    await expect(details.fact('Project role')).toContainText('No role');
    expect(await admin.bindings(name)).toEqual([]);
    expect((await admin.account(name)).metadata.annotations).not.toHaveProperty([ROLE]);
  });

  test('X3 before it is changed, what the account gains and loses is said', async ({ as, accounts }) => {
    const name = accounts.name('gains');
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}`);
    const create = await list.create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();

    const dialog = await (await list.open(name)).changeRole();
    await expect(dialog.consequences).toHaveText('This changes nothing.');

    await dialog.chooseRole('Role/operator');
    await expect(dialog.consequences).toContainText('It gains:');
    await expect(dialog.consequences).toContainText('get, list, watch on everything else');
    await expect(dialog.consequences).toContainText('create, delete on rolebindings.rbac.authorization.k8s.io');
    await expect(dialog.consequences).toContainText('It loses nothing.');
    // Who may issue its tokens and holds less is named; who holds as much isn't.
    await expect(dialog.consequences).toContainText('User token-issuer — may issue its tokens');
    await expect(dialog.consequences).not.toContainText('User project-regular');
    await expect(dialog.consequences).not.toContainText('User project-admin');

    await dialog.chooseRole('');
    await expect(dialog.consequences).toContainText('It gains nothing.');
    await expect(dialog.consequences).toContainText('It loses:');
    await expect(dialog.consequences).toContainText('get on namespaces');
    await expect(dialog.consequences).not.toContainText('token-issuer');

    // Its rules may not be read.
    await dialog.chooseRole('ClusterRole/view');
    await expect(dialog.consequences).toContainText('What ClusterRole/view allows can’t be seen');
    await expect(dialog.consequences).toContainText('Whether they hold as much can’t be seen.');
    await dialog.discard();
  });

  test('X2 the YAML is checked by the API server, saved with the version loaded, and downloaded', async ({
    as,
    accounts,
    admin,
  }) => {
    const name = await accounts.make('yaml', { [ALIAS]: 'Yaml' });
    const musterbook = await as('project-regular');
    const editor = await (await musterbook.details(name)).editYaml();
    const shown = parse(await editor.text()) as Thing;
    expect(shown).toMatchObject({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: PROJECT } });
    expect(shown.metadata).not.toHaveProperty('managedFields');

    await editor.replace(`${ALIAS}: Yaml`, `${ALIAS}: Changed`);
    await editor.review();
    await expect(musterbook.page.getByText('No problem found. This would change:')).toBeVisible();
    await expect(musterbook.page.getByRole('main').getByRole('deletion')).toContainText('Yaml');
    await expect(musterbook.page.getByRole('main').getByRole('insertion')).toContainText('Changed');
    expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Yaml' });

    await editor.save();
    await expect(musterbook.heading(name)).toBeVisible();
    expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: 'Changed' });

    const download = await (await musterbook.yaml(name)).download();
    expect(download.suggestedFilename()).toBe(`${name}.${PROJECT}.serviceaccount.yaml`);
    const saved = parse(readFileSync(await download.path(), 'utf8')) as Thing;
    expect(saved.metadata).toMatchObject({ name, annotations: { [ALIAS]: 'Changed' } });
  });
});

test.describe('5 credentials', () => {
  test('E3 a token Secret’s values are masked until they are asked for', async ({ as, admin }) => {
    const musterbook = await as('project-regular');
    const details = await musterbook.details('legacy-bot');
    const secret = details.secret('legacy-bot-token');
    for (const key of ['ca.crt', 'namespace', 'token']) await expect(secret).toContainText(key);
    const real = await admin.must<{ data: { token: string } }>(
      'GET',
      `/api/v1/namespaces/${PROJECT}/secrets/legacy-bot-token`,
    );
    const token = Buffer.from(real.data.token, 'base64').toString();
    expect(await musterbook.page.content()).not.toContain(token);
    await secret.getByRole('button', { name: 'Reveal token' }).click();
    await expect(secret).toContainText(token);
    await secret.getByRole('button', { name: 'Hide token' }).click();
    await expect(secret).not.toContainText(token);
  });

  test('E3 a revealed value hides itself after 30 s, and is copied without being shown', async ({ as, admin }) => {
    const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = musterbook;
    await page.clock.install();
    const secret = (await musterbook.details('legacy-bot')).secret('legacy-bot-token');
    const path = `/api/v1/namespaces/${PROJECT}/secrets/legacy-bot-token`;
    const { data } = await admin.must<{ data: { token: string } }>('GET', path);
    const token = Buffer.from(data.token, 'base64').toString();

    await secret.getByRole('button', { name: 'Copy token' }).click();
    await expect(secret.getByText('Copied')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
    await expect(secret).not.toContainText(token);

    await page.clock.pauseAt(Date.now() + 10_000);
    await secret.getByRole('button', { name: 'Reveal token' }).click();
    await expect(secret).toContainText(token);
    await page.clock.runFor(29_000);
    await expect(secret).toContainText(token);
    await page.clock.runFor(2_000);
    await expect(secret).not.toContainText(token);
  });

  test('K1 K2 K3 an issued kubeconfig is shown once, copied, downloaded, and works with the role’s rights and no others', async ({
    as,
    accounts,
  }) => {
    const name = accounts.name('issue');
    const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
    const list = await musterbook.list(`?q=${name}`);
    const create = await list.create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();

    const details = await list.open(name);
    const dialog = await details.issue();
    await dialog.submit();
    await expect(dialog.kubeconfig).toContainText('apiVersion: v1');
    const shown = (await dialog.kubeconfig.textContent()) ?? '';

    await dialog.box.getByRole('button', { name: 'Copy' }).click();
    await expect(dialog.box.getByText('Copied')).toBeVisible();
    expect(await musterbook.page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    const started = musterbook.page.waitForEvent('download');
    await dialog.box.getByRole('button', { name: 'Download' }).click();
    const download = await started;
    expect(download.suggestedFilename()).toBe('kubeconfig.yaml');
    const file = readFileSync(await download.path(), 'utf8');
    expect(file).toBe(shown);

    const kubeconfig = parseKubeconfig(file);
    const cluster = `${name}@local`;
    expect(kubeconfig).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: cluster,
          cluster: { 'certificate-authority-data': expect.any(String), server: expect.stringMatching(/^https:/) },
        },
      ],
      users: [{ name, user: { token: expect.any(String) } }],
      contexts: [{ name: cluster, context: { cluster, namespace: PROJECT, user: name } }],
      'current-context': cluster,
    });
    const account = new ApiServer(kubeconfig);
    expect((await account.ask('GET', `/api/v1/namespaces/${PROJECT}/pods`)).status).toBe(200);
    expect((await account.ask('GET', `/api/v1/namespaces/${PROJECT}/secrets`)).status).toBe(403);
    expect((await account.ask('DELETE', `/api/v1/namespaces/${PROJECT}/pods/none`)).status).toBe(403);
    expect((await account.ask('GET', '/api/v1/namespaces/other-project/pods')).status).toBe(403);

    const { exp, iat } = claims(kubeconfig);
    expect(exp - iat).toBe(3600);

    await dialog.close();
    const token = kubeconfig.users[0]?.user.token ?? '';
    await expect(musterbook.page.locator('html')).not.toContainText(token);
    await musterbook.reload();
    expect(await musterbook.page.content()).not.toContain(token);
  });
});

function claims(kubeconfig: ReturnType<typeof parseKubeconfig>): { exp: number; iat: number } {
  const payload = kubeconfig.users[0]?.user.token?.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number; iat: number };
}

test.describe('6 deleting', () => {
  test('X4 what goes and what stays is told, the name is asked for, and the filtered list is shown again', async ({
    as,
    accounts,
    admin,
  }) => {
    const name = await accounts.make('delete');
    const binding = await admin.bind(name, 'viewer');
    const musterbook = await as('project-regular');
    await musterbook.hasHeardOf([name, binding]);
    const list = await musterbook.list(`?q=${name}`);
    const dialog = await list.delete(name);
    await expect(dialog.box).toContainText('1 binding stays, and would hold for a new account of this name');
    await expect(dialog.box).toContainText(`${binding} → Role/viewer`);
    await dialog.submitButton.click();
    await expect(dialog.problem("Type the account's name exactly.")).toBeVisible();
    expect(await admin.accountExists(name)).toBe(true);
    await dialog.confirmation.fill(name);
    await dialog.submitAndClose();
    await expect(musterbook.page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    await expect(musterbook.page).toHaveURL(`${listPath()}?q=${name}`);
    expect(await admin.accountExists(name)).toBe(false);
  });

  test('X4 the pods that run as an account and its token Secrets are told', async ({ as }) => {
    const list = await (await as('project-regular')).list('?q=ci-dep');
    const dialog = await list.delete('ci-deployer');
    await expect(dialog.box).toContainText('1 pod runs as it and will lose the API');
    await expect(dialog.box).toContainText('release-controller-0');
    await expect(dialog.box).toContainText('1 token Secret goes');
    await expect(dialog.box).toContainText('ci-deployer-token');
    await expect(dialog.box.getByRole('link', { name: 'Cancel' })).toBeFocused();
    await dialog.cancel();
  });

  test('X4 the role of an unused account goes along, so that its name isn’t asked for', async ({
    as,
    accounts,
    admin,
  }) => {
    const name = accounts.name('unused');
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}&sort=name`);
    const create = await list.create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    const details = await list.open(name);
    const dialog = await details.delete();
    await expect(dialog.box).toContainText('Nothing else goes with it');
    await expect(dialog.box.getByRole('textbox')).toHaveCount(0);
    await dialog.submitAndClose();
    await expect(musterbook.heading('Service Accounts')).toBeVisible();
    await expect(musterbook.page).toHaveURL(`${listPath()}?q=${name}&sort=name`);
    expect(await admin.accountExists(name)).toBe(false);
    await expect.poll(() => admin.bindings(name)).toEqual([]);
  });

  test('X4 deleting default: Kubernetes makes it again, which is said', async ({ as }) => {
    const dialog = await (await (await as('project-regular')).list('?q=default')).delete('default');
    await expect(dialog.box).toContainText('Kubernetes makes “default” again');
    await dialog.cancel();
  });
});
