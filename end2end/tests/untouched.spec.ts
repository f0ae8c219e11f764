// What nobody changed is not written (SPEC D6), whatever is in the account: each dialog is opened, and saved as it is.

import { expect, test, type Way } from '../checks.ts';
import { PROJECT, accountPath } from '../cluster.ts';
import { ChangeRoleDialog, EditDialog, SettingsDialog } from '../pages/dialogs.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';
const ROLE = 'iam.kubesphere.io/role';
/** By their address: a page that is drawn anew after an act closes its menu. */
const DIALOGS = [
  ['edit', EditDialog],
  ['settings', SettingsDialog],
  ['role', ChangeRoleDialog],
] as const;
/** No form of today would take it. */
const OLD_ALIAS = `My CI\n\t${'x'.repeat(70)} `;

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('D6 a dialog that is opened and saved writes nothing, whatever the account has', async ({ as, accounts, admin }) => {
      test.slow();
      const bare = await accounts.make('untouched');
      const legacy = await accounts.make('untouched-legacy', { displayName: 'Old  name', desc: 'a\r\nb', creator: 'ann' });
      const full = await accounts.make('untouched-full', {
        [ALIAS]: OLD_ALIAS,
        [DESCRIPTION]: '\n two\r\nlines',
        [ROLE]: 'viewer',
        note: '\nfirst\r\nsecond\rthird\n\n',
        empty: '',
      });
      const { metadata } = await admin.must(
        'PATCH',
        accountPath(full),
        {
          metadata: { labels: { empty: '' }, finalizers: ['e2e.example/untouched'] },
          automountServiceAccountToken: false,
          imagePullSecrets: [{ name: 'registry-credentials' }, { name: 'Not_A_Name' }, { name: 'gone' }],
          secrets: [{ name: 'gone' }],
        },
        'application/merge-patch+json',
      );
      try {
        await admin.must('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${PROJECT}/rolebindings`, {
          metadata: {
            name: full,
            labels: { 'iam.kubesphere.io/serviceaccount-ref': full },
            ownerReferences: [{ apiVersion: 'v1', kind: 'ServiceAccount', name: full, uid: metadata.uid }],
          },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'viewer' },
          subjects: [{ kind: 'ServiceAccount', name: full, namespace: PROJECT }],
        });
        const musterbook = await as('project-regular');
        for (const name of [bare, legacy, full]) {
          const before = [await admin.account(name), ...(await admin.bindings(name))];
          const now = async () => [await admin.account(name), ...(await admin.bindings(name))];
          for (const [query, dialog] of DIALOGS) {
            await musterbook.details(name, `?${query}=${name}`);
            await (await dialog.opened(musterbook)).submitAndClose();
            // With their versions: not even the same was written again.
            expect(await now(), `${query} of ${name}`).toEqual(before);
          }
          await (await musterbook.yaml(name)).save();
          await expect(musterbook.heading(name)).toBeVisible();
          expect(await now(), `YAML of ${name}`).toEqual(before);
        }
      } finally {
        await admin.ask('PATCH', accountPath(full), { metadata: { finalizers: null } }, 'application/merge-patch+json');
      }
    });

    test('X1 a text whose lines end as elsewhere is edited like any other', async ({ as, accounts, admin }) => {
      const name = await accounts.make('untouched-lines', { [DESCRIPTION]: ' one\r\ntwo\rthree\n' });
      const details = await (await as('project-regular')).details(name);
      const dialog = await details.edit();
      await expect(dialog.field('Description')).toHaveValue('one\ntwo\nthree');
      await dialog.field('Description').fill('one\ntwo');
      await dialog.submitAndClose();
      expect((await admin.account(name)).metadata.annotations).toEqual({ [DESCRIPTION]: 'one\ntwo' });
    });

    test('X1 an alias that is older than the rules keeps nobody from editing the description', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 422/);
      const name = await accounts.make('untouched-alias', { [ALIAS]: OLD_ALIAS, [DESCRIPTION]: 'Old' });
      const details = await (await as('project-regular')).details(name);
      const dialog = await details.edit();
      await dialog.field('Description').fill('New');
      await expect(dialog.field('Alias')).toHaveAttribute('aria-invalid', 'false');
      await dialog.submitAndClose();
      expect((await admin.account(name)).metadata.annotations).toEqual({ [ALIAS]: OLD_ALIAS, [DESCRIPTION]: 'New' });
      const again = await details.edit();
      await again.field('Alias').fill('x'.repeat(64));
      if (way === 'live') await again.submitButton.click();
      else await again.submit();
      await expect(again.field('Alias')).toHaveAccessibleDescription(/At most 63 characters; this has 64/);
      expect((await admin.account(name)).metadata.annotations).toMatchObject({ [ALIAS]: OLD_ALIAS });
    });
  });
}
