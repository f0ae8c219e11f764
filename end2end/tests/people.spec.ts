// What each person of the sample sees, and what the API server refuses them (SPEC A).

import { expect, test } from '../checks.ts';
import { ApiServer, PROJECT, accountPath, parseKubeconfig, type Thing } from '../cluster.ts';
import type { Person } from '../environment.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const MANAGERS: Person[] = ['project-regular', 'project-admin', 'workspace-admin'];
const ONLOOKERS: Person[] = ['project-viewer', 'project-auditor', 'workspace-viewer', 'token-issuer'];

for (const person of MANAGERS) {
  test(`A7 ${person} is offered everything that can be done with an account`, async ({ as }) => {
    const musterbook = await as(person);
    const list = await musterbook.list('?q=ci-dep');
    await expect(list.createButton).toBeVisible();
    await list.menuButton('ci-deployer').click();
    for (const action of ['Edit Information', 'Edit YAML', 'Change Role', 'Delete'] as const) {
      await expect(list.action(action)).toBeVisible();
    }
    const details = await musterbook.details('ci-deployer');
    await expect(details.editButton).toBeVisible();
    await expect(details.moreButton).toBeVisible();
    await expect(details.issueButton).toBeVisible();
    await expect(details.secret('ci-deployer-token')).toBeVisible();
  });
}

for (const person of ONLOOKERS) {
  test(`A7 ${person} sees the same pages without what they may not do`, async ({ as }) => {
    const musterbook = await as(person);
    const list = await musterbook.list('?q=ci-dep');
    await expect(list.row('ci-deployer')).toContainText('operator');
    await expect(list.createButton).toBeHidden();
    await expect(list.menuButton('ci-deployer')).toBeHidden();
    const details = await list.open('ci-deployer');
    await expect(details.fact('Project role')).toContainText('Bound');
    await expect(details.editButton).toBeHidden();
    await expect(details.moreButton).toBeHidden();
    await expect(details.issueButton).toBeVisible({ visible: person === 'token-issuer' });
  });
}

for (const person of ONLOOKERS) {
  test(`A6 ${person} may not read token Secrets, which is not called none`, async ({ as }) => {
    const musterbook = await as(person);
    await musterbook.details('ci-deployer');
    const main = musterbook.page.getByRole('main');
    await expect(main).toContainText('You may not read token Secrets: list secrets in demo-project is missing.');
    await expect(main).not.toContainText('ci-deployer-token');
    await expect(main).not.toContainText(/no token Secret/i);
  });
}

test('A1 A6 what a viewer’s page doesn’t offer, the API server refuses: verb, resource and project are named', async ({
  as,
  accounts,
  admin,
}) => {
  const victim = await accounts.make('victim', { 'kubesphere.io/alias-name': 'Untouched' });
  const { metadata } = await admin.account(victim);
  const fresh = accounts.name('crafted');
  const musterbook = await as('project-viewer');
  const of = { project: PROJECT, name: victim, uid: metadata.uid };
  const attempts = [
    [
      `${listPath()}?create`,
      { _fn: '/api/accounts/create', project: PROJECT, 'input[name]': fresh },
      'create serviceaccounts',
    ],
    [
      `${listPath()}?edit=${victim}`,
      {
        _fn: '/api/accounts/edit',
        project: PROJECT,
        name: victim,
        'input[alias]': 'Taken over',
        'input[uid]': metadata.uid,
        'input[seen_alias]': 'Untouched',
      },
      'patch serviceaccounts',
    ],
    [`${listPath()}?role=${victim}`, { _fn: '/api/roles/change', ...of, role: 'Role/viewer' }, 'rolebindings'],
    [`${listPath()}?delete=${victim}`, { _fn: '/api/accounts/delete', ...of, confirmation: victim }, 'delete serviceaccounts'],
  ] as const;
  for (const [page, fields, denied] of attempts) {
    const answer = await musterbook.post(page, fields);
    expect(answer.status(), page).toBe(403);
    const html = await answer.text();
    expect(html, page).toContain(`${denied} in ${PROJECT}.`);
  }
  expect(await admin.accountExists(fresh)).toBe(false);
  expect((await admin.account(victim)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  expect(await admin.bindings(victim)).toEqual([]);
});

test('A6 a denial offers the Role to ask for', async ({ as, trouble }) => {
  trouble.expect(/status of 403/);
  const musterbook = await as('project-viewer');
  await musterbook.goto(`${listPath()}?create`);
  const dialog = musterbook.dialog('Create Service Account');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('e2e-never-made');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog).toContainText(`You may not create serviceaccounts in ${PROJECT}.`);
  await expect(dialog.getByRole('alert').locator('pre')).toContainText('resources: ["serviceaccounts"]');
});

test('A3 project-regular sees a role beyond their own, disabled, with the reason', async ({ as }) => {
  const dialog = await (await (await as('project-regular')).list()).create();
  await expect(dialog.role('Role/admin')).toBeDisabled();
  await expect(dialog.role('Role/admin')).toContainText('more rights than yours');
  for (const role of ['', 'Role/operator', 'Role/viewer'] as const) await expect(dialog.role(role)).toBeEnabled();
  await dialog.box.getByText(/roles? can't be chosen: why/).click();
  await expect(dialog.box.getByRole('listitem').filter({ hasText: /^Role admin — You lack: / }).first()).toBeVisible();
});

test('A3 D5 project-admin may give every role of the project, oldest first, and no template', async ({ as, admin }) => {
  const dialog = await (await (await as('project-admin')).list()).create();
  const offered = dialog.roles.locator('option');
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${PROJECT}/roles`;
  const { items } = await admin.must<{ items: Thing[] }>('GET', path);
  const roles = items
    .filter(({ metadata }) => metadata.annotations?.['kubesphere.io/creator'])
    .filter(({ metadata }) => !metadata.labels?.['iam.kubesphere.io/role-template'])
    .map(({ metadata }) => ({ name: metadata.name, age: `${metadata.creationTimestamp} ${metadata.name}` }))
    .toSorted((one, other) => (one.age < other.age ? -1 : 1))
    .map(({ name }) => `Role/${name}`);
  expect(roles).toEqual(expect.arrayContaining(['Role/admin', 'Role/operator', 'Role/viewer', 'Role/auditor']));
  await expect(dialog.role('Role/admin')).toBeEnabled();
  expect(await offered.evaluateAll(options => options.map(option => option.getAttribute('value')))).toEqual([
    '',
    ...roles,
    'ClusterRole/admin',
    'ClusterRole/edit',
    'ClusterRole/view',
  ]);
});

test('X3 A4 an administrator’s role is given with a warning', async ({ as, accounts, admin }) => {
  const name = accounts.name('admin');
  const list = await (await as('project-admin')).list();
  const dialog = await list.create();
  await dialog.fill({ name, role: 'Role/admin' });
  await expect(dialog.box.getByText('This is an administrator’s role')).toBeVisible();
  await dialog.submitAndClose();
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['admin']);
});

test('A6 to an outsider a project of others looks like one that isn’t there', async ({ as, trouble }) => {
  trouble.expect(/status of 404/);
  const outsider = await as('outsider');
  const look = async (path: string, names: string[]) => {
    const answer = await outsider.page.request.get(path);
    let body = await answer.text();
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1] ?? 'none';
    for (const name of [...names, nonce]) body = body.replaceAll(name, 'NAME');
    // The framework hints at the lazy page's files in some of its answers, to everybody.
    body = body.replace(/<link\b[^>]*rel="(?:module)?preload"[^>]*>/g, '');
    return { status: answer.status(), body };
  };
  const pairs = [
    [listPath(PROJECT), listPath('never-there')],
    [detailsPath('ci-deployer', PROJECT), detailsPath('ci-deployer', 'never-there')],
    [`${detailsPath('ci-deployer', PROJECT)}/yaml`, `${detailsPath('ci-deployer', 'never-there')}/yaml`],
    [`/open?project=${PROJECT}`, '/open?project=never-there'],
  ] as const;
  for (const [others, missing] of pairs) {
    const seen = await look(others, [PROJECT, 'never-there']);
    expect(seen, others).toEqual(await look(missing, [PROJECT, 'never-there']));
    expect(seen.status, others).toBe(404);
    expect(seen.body).not.toContain('ci-deployer-token');
  }
  await outsider.goto(listPath());
  await expect(outsider.alert('It isn\'t there, or you may not know that it is.')).toBeVisible();
  const projects = await outsider.projects();
  await expect(projects.names).toHaveText(['other-project']);
});

test('A6 a project under another workspace’s address isn’t there', async ({ as, trouble }) => {
  trouble.expect(/status of 404/);
  const musterbook = await as('project-regular');
  const answer = await musterbook.goto(listPath(PROJECT, 'other-workspace'));
  expect(answer?.status()).toBe(404);
  await expect(musterbook.page.getByRole('heading', { name: 'Not found' })).toBeVisible();
});

test('S2 a newcomer is told that they belong to no project, and what to ask for', async ({ as }) => {
  const musterbook = await as('newcomer');
  const projects = await musterbook.projects();
  await expect(projects.names).toHaveCount(0);
  await expect(musterbook.page.getByRole('heading', { name: 'You belong to no project yet' })).toBeVisible();
  await expect(musterbook.page.getByText('bind you, newcomer, to one of its roles')).toBeVisible();
});

test('K1 A6 token-issuer issues a kubeconfig without reading any Secret', async ({ as, accounts }) => {
  const name = await accounts.make('issued');
  const musterbook = await as('token-issuer');
  const dialog = await (await musterbook.details(name)).issue();
  await dialog.submit();
  await expect(dialog.kubeconfig).toContainText('apiVersion: v1');
  const account = new ApiServer(parseKubeconfig((await dialog.kubeconfig.textContent()) ?? ''));
  // It has no role: it is known, and may do nothing.
  const answer = await account.ask('GET', accountPath(name));
  expect(answer.status).toBe(403);
  expect(answer.body).toContain(`system:serviceaccount:${PROJECT}:${name}`);
});

test('S2 workspace-admin and workspace-viewer have their projects through a group', async ({ as }) => {
  for (const person of ['workspace-admin', 'workspace-viewer'] as const) {
    const projects = await (await as(person)).projects();
    await expect(projects.names).toHaveText(['demo-project', 'demo-staging']);
  }
});

test('S2 who may list namespaces finds all projects', async ({ as, admin }) => {
  // Nobody else asks for this person's projects, so that no older answer is kept.
  await admin.whoMayListNamespaces('token-issuer', async () => {
    const projects = await (await as('token-issuer')).projects();
    await expect(projects.names.filter({ hasText: /^(demo-|other-)/ })).toHaveText([
      'demo-project',
      'demo-staging',
      'other-project',
    ]);
  });
});
