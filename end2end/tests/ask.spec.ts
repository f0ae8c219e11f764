// Whom to ask for what is missing: the Role as YAML, which gives just that (SPEC A6).

import { parseAllDocuments } from 'yaml';

import { expect, test } from '../checks.ts';
import { PROJECT, type Admin, type Thing } from '../cluster.ts';
import { ChangeRoleDialog } from '../pages/dialogs.ts';
import { listPath } from '../pages/musterbook.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const STAGING = 'demo-staging';

test.describe('A6 the Role to ask for', () => {
  test('A6 applied as it is, it gives the right that was missing, and only to who asks', async ({
    as,
    accounts,
    admin,
    trouble,
  }) => {
    // An older answer to whether they may is kept for a while.
    test.slow();
    trouble.expect(/status of 40[34]/);
    const name = await accounts.make('role-ask', {}, STAGING);
    const applied: string[] = [];
    await admin.whoMayListAccounts('project-auditor', STAGING, async () => {
      try {
        const musterbook = await as('project-auditor');
        // Its workspace may not be read.
        const dialog = musterbook.dialog(/^Edit Information: /);
        await expect(async () => {
          await musterbook.goto(`${listPath(STAGING, '-')}?edit=${name}`);
          await expect(dialog.getByRole('textbox', { name: 'Alias' })).toBeVisible({ timeout: 1_000 });
        }).toPass({ timeout: 40_000 });
        await dialog.getByRole('textbox', { name: 'Alias' }).fill('Asked');
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog.getByRole('alert')).toContainText(`You may not patch serviceaccounts in ${STAGING}.`);
        const yaml = await dialog.getByRole('alert').locator('pre').innerText();
        applied.push(...(await apply(admin, yaml)));
        expect(applied).toEqual([
          `${RBAC}/namespaces/${STAGING}/roles/patch-serviceaccounts`,
          `${RBAC}/namespaces/${STAGING}/rolebindings/patch-serviceaccounts-project-auditor`,
        ]);
        await admin.untilAllowed('project-auditor', { resource: 'serviceaccounts', verb: 'patch', namespace: STAGING });
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog).toBeHidden();
        expect((await admin.account(name, STAGING)).metadata.annotations).toEqual({ 'kubesphere.io/alias-name': 'Asked' });
      } finally {
        for (const path of applied) await admin.ask('DELETE', path);
      }
    });
  });

  test('A6 each denied form names verb, resource and project, and offers what to ask for', async ({
    as,
    admin,
    trouble,
  }) => {
    trouble.expect(/status of 403/);
    const account = 'ci-deployer';
    const musterbook = await as('project-viewer');
    const cases = [
      ['?create', 'Create', `You may not create serviceaccounts in ${PROJECT}.`],
      [`?edit=${account}`, 'Save', `You may not patch serviceaccounts in ${PROJECT}.`],
      [`?delete=${account}`, 'Delete', `You may not delete serviceaccounts in ${PROJECT}.`],
      [`?role=${account}`, 'Change Role', `You may not delete rolebindings in ${PROJECT}.`],
    ] as const;
    for (const [query, button, sentence] of cases) {
      await musterbook.goto(listPath() + query);
      const dialog = musterbook.page.getByRole('dialog');
      await expect(dialog.getByText('Loading…', { exact: true })).toBeHidden();
      if (query === '?create') await dialog.getByRole('textbox', { name: 'Name' }).fill('e2e-role-denied');
      if (query.startsWith('?edit')) await dialog.getByRole('textbox', { name: 'Alias' }).fill('x');
      if (query.startsWith('?delete')) await dialog.getByRole('textbox').fill(account);
      // The current one and none may be chosen by everybody.
      if (query.startsWith('?role')) await dialog.getByRole('combobox', { name: 'Project Role' }).selectOption('');
      await dialog.getByRole('button', { name: button, exact: true }).click();
      const alert = dialog.getByRole('alert').filter({ hasText: sentence });
      await expect(alert, query).toContainText('Ask an administrator of the project for this role:');
      const [role, binding] = parseAllDocuments(await alert.locator('pre').innerText()).map(document => document.toJS() as Thing);
      expect(role, query).toMatchObject({ kind: 'Role', metadata: { namespace: PROJECT } });
      expect(binding, query).toMatchObject({
        kind: 'RoleBinding',
        roleRef: { kind: 'Role', name: role!.metadata.name },
        subjects: [{ kind: 'User', name: 'project-viewer' }],
      });
      await expect(alert.getByRole('button', { name: 'Copy' })).toBeVisible();
    }
    expect(await admin.accountExists(account)).toBe(true);
  });

  test('A6 A3 a role beyond one’s own offers the right to give it to ask for', async ({ as, accounts }) => {
    const name = await accounts.make('role-beyond');
    const dialog = await (await (await as('project-regular')).list(`?q=${name}`)).changeRole(name);
    await dialog.box.getByText(/roles? can't be chosen: why/).click();
    await dialog.box.getByText('Ask for the right to give it').first().click();
    const yaml = dialog.box.locator('pre').filter({ hasText: 'verbs: ["bind"]' }).first();
    await expect(yaml).toBeVisible();
    await expect(yaml).toContainText('name: "project-regular"');
    await dialog.cancel();
  });

  test('A6 A3 who may give no roles here is offered that as well', async ({ as }) => {
    const musterbook = await as('project-viewer');
    await musterbook.goto(`${listPath()}?role=ci-deployer`);
    const { box } = await ChangeRoleDialog.opened(musterbook);
    await box.getByText(/roles? can't be chosen: why/).click();
    const viewer = box.getByRole('listitem').filter({ hasText: 'Role viewer — you may not give roles here' });
    await viewer.getByText('Ask for the right to give it').click();
    const [role] = parseAllDocuments(await viewer.locator('pre').innerText()).map(document => document.toJS() as Thing);
    expect(role).toMatchObject({
      metadata: { name: 'give-roles-viewer', namespace: PROJECT },
      rules: [
        { resources: ['roles'], resourceNames: ['viewer'], verbs: ['bind'] },
        { resources: ['rolebindings'], verbs: ['create', 'delete'] },
      ],
    });
  });
});

/** Paths of what was made. */
async function apply(admin: Admin, yaml: string): Promise<string[]> {
  const paths: string[] = [];
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as Thing;
    const { namespace, name } = object.metadata;
    const place = `${RBAC}/namespaces/${namespace}/${object.kind?.toLowerCase()}s`;
    await admin.must('POST', place, object);
    paths.push(`${place}/${name}`);
  }
  return paths;
}
