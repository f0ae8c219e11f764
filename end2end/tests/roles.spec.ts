// What is wrong with an account's role and how it is mended; what another role means.

import { expect, test, type Way } from '../checks.ts';
import { PROJECT, deletingForReal, type Admin } from '../cluster.ts';

const ROLE = 'iam.kubesphere.io/role';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** A binding of an account with the marks of those who made it. */
async function bind(admin: Admin, account: string, role: string, metadata: Record<string, unknown>): Promise<string> {
  const name = `${account}-${role}`;
  await admin.must('POST', `${RBAC}/namespaces/${PROJECT}/rolebindings`, {
    metadata: { name, ...metadata },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: PROJECT }],
  });
  return name;
}

/** As KubeSphere marks what it makes for an account. */
const madeFor = (account: string) => ({ labels: { 'iam.kubesphere.io/serviceaccount-ref': account } });

const rolesOf = async (admin: Admin, account: string) =>
  (await admin.bindings(account)).map(({ roleRef }) => roleRef.name).toSorted();

const wishOf = async (admin: Admin, account: string) => (await admin.account(account)).metadata.annotations?.[ROLE];

for (const way of ['live', 'without scripts', 'without wasm'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('D3 not bound: it is bound now, or asked for no more', async ({ as, accounts, admin }) => {
      const bound = await accounts.make('role-bind', { [ROLE]: 'viewer' });
      const forgotten = await accounts.make('role-forget', { [ROLE]: 'viewer' });
      const musterbook = await as('project-regular');
      let details = await musterbook.details(bound);
      await expect(details.fact('Project role')).toContainText('Not bound');
      await expect(details.repairs).toContainText('nothing binds the account to it');
      await details.mend('Bind Role/viewer now');
      await expect(details.fact('Project role')).toContainText('Bound');
      await expect(details.repairs).toBeHidden();
      expect(await rolesOf(admin, bound)).toEqual(['viewer']);

      details = await musterbook.details(forgotten);
      await details.mend('Ask for no role');
      await expect(details.fact('Project role')).toContainText('No role');
      expect(await wishOf(admin, forgotten)).toBeUndefined();
    });

    test('D3 not annotated: what is bound becomes its role, or is taken away', async ({ as, accounts, admin }) => {
      const [adopted, freed, revoked] = [
        await accounts.make('role-adopt'),
        await accounts.make('role-unbind'),
        await accounts.make('role-revoke'),
      ];
      const byHand = await admin.bind(adopted, 'viewer');
      await admin.bind(freed, 'viewer');
      await bind(admin, revoked, 'viewer', madeFor(revoked));
      const musterbook = await as('project-regular');
      let details = await musterbook.details(adopted);
      await expect(details.fact('Project role')).toContainText('Not annotated');
      await details.mend('Make Role/viewer its role');
      await expect(details.fact('Project role')).toContainText('Bound');
      expect(await wishOf(admin, adopted)).toBe('viewer');
      expect((await admin.bindings(adopted)).map(({ metadata }) => metadata.name)).toEqual([byHand]);

      details = await musterbook.details(freed);
      await details.mend(`Delete the binding ${freed}-viewer`);
      await expect(details.fact('Project role')).toContainText('No role');
      expect(await rolesOf(admin, freed)).toEqual([]);

      details = await musterbook.details(revoked);
      await details.mend('Take the role away');
      await expect(details.fact('Project role')).toContainText('No role');
      expect(await rolesOf(admin, revoked)).toEqual([]);
    });

    test('D3 role missing: another one is chosen, the one that is there is bound, or none is asked for', async ({
      as,
      accounts,
      admin,
    }) => {
      const chosen = await accounts.make('role-choose', { [ROLE]: 'e2e-gone' });
      const dangling = await accounts.make('role-dangling', { [ROLE]: 'viewer' });
      const forgotten = await accounts.make('role-gone', { [ROLE]: 'e2e-gone' });
      await bind(admin, dangling, 'e2e-gone', madeFor(dangling));
      const musterbook = await as('project-regular');

      let details = await musterbook.details(chosen);
      await expect(details.fact('Project role')).toContainText('Role missing');
      await expect(details.repairs).toContainText('Role/e2e-gone isn’t there: it gives no rights.');
      const dialog = await details.chooseAnotherRole();
      await dialog.chooseRole('Role/viewer');
      await dialog.submitAndClose();
      await expect(details.fact('Project role')).toContainText('Bound');
      expect([await wishOf(admin, chosen), await rolesOf(admin, chosen)]).toEqual(['viewer', ['viewer']]);

      details = await musterbook.details(dangling);
      await expect(details.repairs).toContainText('One of the two isn’t there.');
      await details.mend('Bind Role/viewer now');
      await expect(details.fact('Project role')).toContainText('Bound');
      expect(await rolesOf(admin, dangling)).toEqual(['viewer']);

      details = await musterbook.details(forgotten);
      await details.mend('Ask for no role');
      await expect(details.fact('Project role')).toContainText('No role');
    });

    test('D3 the dialog Change Role mends as well', async ({ as, accounts, admin }) => {
      const name = await accounts.make('role-in-dialog', { [ROLE]: 'viewer' });
      const list = await (await as('project-regular')).list(`?q=${name}`);
      const dialog = await list.changeRole(name);
      await dialog.mend('Bind Role/viewer now');
      await expect(dialog.box).toBeHidden();
      await expect(list.row(name)).not.toContainText('Not bound');
      expect(await rolesOf(admin, name)).toEqual(['viewer']);
    });

    test('D3 what can’t be mended is told on the page, and nothing is changed', async ({
      as,
      accounts,
      admin,
      trouble,
    }) => {
      trouble.expect(/status of 409/, /ERR_FAILED/);
      const name = await accounts.make('role-changed');
      const binding = await admin.bind(name, 'viewer');
      const musterbook = await as('project-regular');
      // It hears of nothing, and stays as it is.
      await musterbook.page.route('**/api/live*', route => route.abort());
      const details = await musterbook.details(name);
      await expect(details.repairs).toContainText('bound to Role/viewer');
      await admin.must('DELETE', `${RBAC}/namespaces/${PROJECT}/rolebindings/${binding}`);
      await details.mend('Make Role/viewer its role');
      await expect(musterbook.alert('Nothing was overwritten.')).toBeVisible();
      expect(await wishOf(admin, name)).toBeUndefined();
    });

    test('X3 where it stopped half-way, what is there now is shown, and the change is finished', async ({
      as,
      accounts,
      admin,
      trouble,
    }) => {
      trouble.expect(/status of 500/);
      const name = accounts.name('role-half');
      const musterbook = await as('project-regular');
      const create = await (await musterbook.list(`?q=${name}`)).create();
      await create.fill({ name, role: 'Role/viewer' });
      await create.submitAndClose();
      const [old] = await admin.bindings(name);
      const dialog = await musterbook.changeRole(name);
      await dialog.chooseRole('Role/operator');
      await admin.whileRefused(name, deletingForReal(old!.metadata.name), async () => {
        await dialog.submit();
        await expect(dialog.problem(`the old binding ${old!.metadata.name} could not be removed`)).toBeVisible();
        await expect(dialog.held).toContainText(`${old!.metadata.name} → Role/viewer`);
        await expect(dialog.held).toContainText('→ Role/operator');
        expect(await rolesOf(admin, name)).toEqual(['operator', 'viewer']);
      });
      await dialog.box.getByRole('button', { name: 'Finish the change' }).click();
      await expect(dialog.box).toBeHidden();
      expect(await rolesOf(admin, name)).toEqual(['operator']);
      expect(await wishOf(admin, name)).toBe('operator');
    });
  });
}

test('A7 D3 who may change nothing sees what is wrong, and no button', async ({ as }) => {
  const details = await (await as('project-viewer')).details('smoke-tests');
  await expect(details.repairs).toContainText('Role/viewer was asked for');
  await expect(details.repairs.getByRole('button')).toHaveCount(0);
});

test('D3 U3 the keyboard mends, and the focus isn’t lost', async ({ as, accounts, admin }) => {
  const name = await accounts.make('role-keys', { [ROLE]: 'viewer' });
  const musterbook = await as('project-regular');
  const details = await musterbook.details(name);
  const button = details.repairs.getByRole('button', { name: 'Bind Role/viewer now' });
  await details.moreButton.focus();
  for (let presses = 0; presses < 10; presses += 1) {
    await musterbook.page.keyboard.press('Tab');
    if (await button.evaluate(element => element === document.activeElement)) break;
  }
  await expect(button).toBeFocused();
  await musterbook.page.keyboard.press('Enter');
  await expect(details.fact('Project role')).toContainText('Bound');
  expect(await rolesOf(admin, name)).toEqual(['viewer']);
});

test.describe('X3 what else gives it rights', () => {
  test('X3 each binding is listed with where it comes from and what becomes of it', async ({ as, accounts, admin }) => {
    const name = accounts.name('role-held');
    const musterbook = await as('project-regular');
    const create = await (await musterbook.list(`?q=${name}`)).create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    await bind(admin, name, 'operator', {
      name: `${name}-chart`,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    });
    await bind(admin, name, 'auditor', { name: `${name}-hand`, annotations: { 'kubesphere.io/creator': 'jane' } });
    const everywhere = `e2e-held-${name}`;
    try {
      await admin.must('POST', `${RBAC}/clusterrolebindings`, {
        metadata: { name: everywhere },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name, namespace: PROJECT }],
      });
      const dialog = await musterbook.changeRole(name);
      await expect(dialog.binding('→ Role/viewer')).toContainText('replaced by a new role');
      await expect(dialog.binding('→ Role/viewer')).toContainText('made by Musterbook');
      await expect(dialog.binding(`${name}-chart`)).toContainText('stays as it is');
      await expect(dialog.binding(`${name}-chart`)).toContainText('managed by Helm');
      await expect(dialog.binding(`${name}-hand`)).toContainText('made by hand · creator: jane');
      // Not visible to them, which is not none.
      await expect(dialog.held).toContainText('You may not list clusterrolebindings in the cluster');
      await expect(dialog.held).not.toContainText(everywhere);
      await dialog.cancel();

      await mayListClusterBindings(admin, 'workspace-admin', async () => {
        const seen = await (await as('workspace-admin')).changeRole(name);
        await expect(seen.binding(everywhere)).toContainText('in all projects');
        await expect(seen.held).toContainText('comes with Kubernetes');
        await expect(seen.held).not.toContainText('You may not list');
      });
    } finally {
      await admin.ask('DELETE', `${RBAC}/clusterrolebindings/${everywhere}`);
    }
  });

  test('X3 once the role is taken away, what binds the account then is shown', async ({ as, accounts, admin }) => {
    const name = accounts.name('role-left');
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}`);
    const create = await list.create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    await admin.bind(name, 'auditor');
    const dialog = await musterbook.changeRole(name);
    await dialog.chooseRole('');
    await dialog.submitAndClose();
    await expect(list.row(name)).toContainText('Not annotated');
    await expect(list.row(name)).toContainText('auditor');
    await expect(list.row(name)).not.toContainText('viewer');
    const details = await list.open(name);
    await expect(details.fact('Project role')).toContainText('auditor');
    await expect(details.repairs).toContainText('bound to Role/auditor');
    const after = await details.changeRole();
    await expect(after.binding('→ Role/auditor')).toBeVisible();
    await expect(after.binding('→ Role/viewer')).toHaveCount(0);
  });

  test('X2 D3 a role that is taken out of the YAML is still bound, which is said and mended', async ({ as, accounts, admin }) => {
    const name = accounts.name('role-yaml');
    const musterbook = await as('project-regular');
    const create = await (await musterbook.list(`?q=${name}`)).create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    const yaml = await musterbook.yaml(name);
    await yaml.replace(new RegExp(` *${ROLE}: viewer\n`), '');
    await yaml.save();
    await expect(musterbook.heading(name)).toBeVisible();
    const details = await musterbook.details(name);
    await expect(details.fact('Project role')).toContainText('Not annotated');
    expect(await rolesOf(admin, name)).toEqual(['viewer']);
    await details.mend('Take the role away');
    await expect(details.fact('Project role')).toContainText('No role');
    expect(await rolesOf(admin, name)).toEqual([]);
  });

  test('X3 what it keeps through another binding is not called lost', async ({ as, accounts, admin }) => {
    const name = accounts.name('role-kept');
    const musterbook = await as('project-regular');
    const create = await (await musterbook.list(`?q=${name}`)).create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    let dialog = await musterbook.changeRole(name);
    await dialog.chooseRole('');
    await expect(dialog.consequences).toContainText('It loses:');
    await dialog.discard();

    await bind(admin, name, 'viewer', { name: `${name}-hand` });
    dialog = await musterbook.changeRole(name);
    await dialog.chooseRole('');
    await expect(dialog.consequences).toContainText('This changes nothing.');
    await dialog.chooseRole('Role/operator');
    await expect(dialog.consequences).toContainText('It loses nothing.');
    await dialog.discard();
  });
});

/** Lets a person list ClusterRoleBindings while `act` runs. */
async function mayListClusterBindings(admin: Admin, person: string, act: () => Promise<void>): Promise<void> {
  const name = `e2e-cluster-bindings-${person}`;
  const metadata = { name };
  const rbac = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [rbac], resources: ['clusterrolebindings', 'clusterroles'], verbs: ['get', 'list'] }];
  try {
    await admin.must('POST', `${RBAC}/clusterroles`, { metadata, rules });
    await admin.must('POST', `${RBAC}/clusterrolebindings`, {
      metadata,
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: rbac, kind: 'User', name: person }],
    });
    await admin.untilAllowed(person, { group: rbac, resource: 'clusterrolebindings', verb: 'list' });
    await act();
  } finally {
    await admin.ask('DELETE', `${RBAC}/clusterrolebindings/${name}`);
    await admin.ask('DELETE', `${RBAC}/clusterroles/${name}`);
  }
}

for (const way of ['without scripts', 'without wasm'] satisfies Way[]) {
  test(`X3 ${way}: what each role would change unfolds`, async ({ as, accounts, admin }) => {
    const name = await accounts.make('role-each', { [ROLE]: 'viewer' });
    await bind(admin, name, 'viewer', madeFor(name));
    const dialog = await (await (await as('project-regular', { way })).list(`?q=${name}`)).changeRole(name);
    const operator = dialog.unfolded('Role/operator');
    await expect(operator.getByText('It gains:')).toBeHidden();
    await operator.locator('summary').first().click();
    await expect(operator).toContainText('get, list, watch on everything else');
    await expect(operator).toContainText('User token-issuer — may issue its tokens');
    const none = dialog.unfolded('No role');
    await none.locator('summary').first().click();
    await expect(none).toContainText('get on namespaces');
  });
}
