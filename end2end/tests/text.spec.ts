// What others wrote into an account, a role or a binding is text, wherever it is shown (SPEC Z8).

import { expect, test, type Way } from '../checks.ts';
import { PROJECT, accountPath } from '../cluster.ts';
import { BulkDeleteDialog, DeleteDialog, UndoDialog } from '../pages/dialogs.ts';
import { detailsPath, listPath, type Musterbook } from '../pages/musterbook.ts';

const RBAC = `/apis/rbac.authorization.k8s.io/v1/namespaces/${PROJECT}`;
/** Ends whatever it may stand in, and begins something that does not belong to the page. */
const NASTY = `"'></textarea></title></script><x-probe onclick=alert(1)><a href="javascript:alert(2)">$(id)</a>\u2028`;
/** The same where neither a slash nor a percent sign may be. */
const NAME = `e2e "'><x-probe onclick=alert(1)>?dryRun=All#`;
const WISH = 'iam.kubesphere.io/role';

/** What is to be read of both, however it is quoted. */
const SHOWN = '<x-probe onclick=alert(1)>';

/** It is to be read on the page, and nothing is there that it would have made. */
async function isText({ page }: Musterbook): Promise<void> {
  const found = await page.evaluate(() => {
    // Commands, reasons and lists are folded.
    for (const part of document.querySelectorAll('details')) part.open = true;
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value);
    const made = document.querySelectorAll('x-probe, [onclick], [href^="javascript:" i]');
    return { texts: [document.body.innerText, ...fields].join('\n'), made: [...made].map(({ outerHTML }) => outerHTML) };
  });
  expect(found.made).toEqual([]);
  expect(found.texts).toContain(SHOWN);
}

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('Z8 what others wrote is text on every page and in every dialog', async ({ as, accounts, admin, trouble }) => {
      test.slow();
      trouble.expect(/status of 4(09|22)/);
      const name = accounts.name('nasty');
      const odd = `${NAME}${name}`;
      const notes = {
        'kubesphere.io/alias-name': NASTY,
        'kubesphere.io/description': NASTY,
        'kubesphere.io/creator': NASTY,
        'meta.helm.sh/release-name': NASTY,
        'eks.amazonaws.com/role-arn': NASTY,
        [WISH]: odd,
        note: NASTY,
      };
      const { metadata } = await admin.must('POST', `/api/v1/namespaces/${PROJECT}/serviceaccounts`, {
        metadata: { name, annotations: notes },
        imagePullSecrets: [{ name: NASTY }],
      });
      const owner = { apiVersion: 'v1', kind: 'ServiceAccount', name, uid: metadata.uid };
      try {
        await admin.must('POST', `${RBAC}/roles`, {
          metadata: { name: odd },
          rules: [{ apiGroups: [NASTY], resources: [NASTY], resourceNames: [NASTY], verbs: [NASTY] }],
        });
        await admin.must('POST', `${RBAC}/rolebindings`, {
          metadata: {
            name: odd,
            annotations: { 'kubesphere.io/creator': NASTY },
            labels: { 'iam.kubesphere.io/serviceaccount-ref': name },
            ownerReferences: [owner],
          },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: odd },
          subjects: [{ kind: 'ServiceAccount', name, namespace: PROJECT }],
        });
        const musterbook = await as('project-regular');
        const { page } = musterbook;
        const alerts: string[] = [];
        page.on('dialog', async dialog => {
          // The YAML page asks before what was typed is lost.
          if (dialog.type() !== 'beforeunload') alerts.push(dialog.message());
          await dialog.accept();
        });

        for (const path of [`${listPath()}?q=${name}`, detailsPath(name)]) {
          await musterbook.goto(path);
          await expect(page.getByRole('main')).toContainText(odd);
          await isText(musterbook);
        }
        for (const query of ['edit=', 'settings=', 'role=', 'delete=', 'create&from=', 'delete-selected&pick=']) {
          await musterbook.goto(`${listPath()}?q=${name}&${query}${name}`);
          const dialog = page.getByRole('dialog');
          await expect(dialog).toBeVisible();
          await expect(dialog.getByText('Loading…', { exact: true })).toBeHidden();
          await isText(musterbook);
        }

        const yaml = await musterbook.yaml(name);
        await yaml.replace('metadata:\n', 'metadata:\n  labels:\n    team: a\n');
        if (way === 'live') {
          await yaml.review();
          await expect(page.getByRole('main').getByRole('insertion').first()).toBeVisible();
          await isText(musterbook);
        }
        await admin.annotate(name, { note: `${NASTY} theirs` });
        await yaml.replace('note: ', 'note: mine # ');
        await yaml.save();
        await expect(page.getByText(/theirs/).first()).toBeVisible();
        await isText(musterbook);

        await musterbook.goto(`${listPath()}?q=${name}&delete=${name}`);
        const dialog = await DeleteDialog.opened(musterbook);
        await dialog.confirmation.fill(name);
        await dialog.submitAndClose();
        if (way === 'live') await page.locator('aside.undo').getByRole('link', { name: 'Undo', exact: true }).click();
        const undo = await UndoDialog.opened(musterbook);
        await isText(musterbook);
        await undo.submit();
        await expect(undo.box.getByRole('status')).toContainText(odd);
        await isText(musterbook);
        expect((await admin.account(name)).metadata.annotations).toMatchObject({ note: `${NASTY} theirs` });
        expect(alerts).toEqual([]);
      } finally {
        for (const kind of ['rolebindings', 'roles']) await admin.ask('DELETE', `${RBAC}/${kind}/${encodeURIComponent(odd)}`);
      }
    });

    test('C2 Z8 a text that turns what is around it is refused, and where it is there it turns only itself', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 422/);
      const turned = '\u202Eyoldep ruoY';
      const name = await accounts.make('turned', { 'kubesphere.io/alias-name': turned, 'kubesphere.io/description': turned });
      const musterbook = await as('project-regular');
      for (const path of [`${listPath()}?q=${name}`, detailsPath(name)]) {
        await musterbook.goto(path);
        const texts = musterbook.page.getByRole('main').getByText(turned, { exact: true });
        await expect(texts).toHaveCount(2);
        for (const text of await texts.all()) await expect(text).toHaveCSS('unicode-bidi', 'isolate');
      }
      const dialog = await (await musterbook.details(name)).edit();
      await dialog.field('Alias').fill(`CI ${turned}`);
      await dialog.submitButton.click();
      await expect(dialog.problem('Character 4 can\'t be printed.')).toBeVisible();
      expect((await admin.account(name)).metadata.annotations).toMatchObject({ 'kubesphere.io/alias-name': turned });
    });

    test('Z4 a binding goes whatever its name is, and no other does', async ({ as, accounts, admin }) => {
      const [revoked, freed, deleted, selected] = [
        await accounts.make('odd-revoke'),
        await accounts.make('odd-unbind'),
        await accounts.make('odd-delete'),
        await accounts.make('odd-select'),
      ];
      const all = [revoked, freed, deleted, selected];
      const path = (binding: string) => `${RBAC}/rolebindings/${encodeURIComponent(binding)}`;
      try {
        for (const account of all) {
          const labels = account === revoked ? { 'iam.kubesphere.io/serviceaccount-ref': account } : {};
          await admin.must('POST', `${RBAC}/rolebindings`, {
            metadata: { name: `${account}${NAME}`, labels },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'viewer' },
            subjects: [{ kind: 'ServiceAccount', name: account, namespace: PROJECT }],
          });
        }
        const musterbook = await as('project-regular');
        let details = await musterbook.details(revoked);
        await details.mend('Take the role away');
        await expect(details.fact('Project role')).toContainText('No role');
        details = await musterbook.details(freed);
        await details.mend(`Delete the binding ${freed}${NAME}`);
        await expect(details.fact('Project role')).toContainText('No role');
        const dialog = await (await musterbook.list(`?q=${deleted}`)).delete(deleted);
        await dialog.alsoBindings.check();
        await dialog.confirmation.fill(deleted);
        await dialog.submitAndClose();
        await musterbook.goto(`${listPath()}?delete-selected&pick=${selected}`);
        const many = await BulkDeleteDialog.opened(musterbook);
        await many.bindings.check();
        await many.confirmation.fill('1');
        await many.button('Delete 1 account').click();
        await many.ended('1 service account was deleted.');
        for (const account of all) {
          expect((await admin.ask('GET', path(`${account}${NAME}`))).status, account).toBe(404);
        }
        expect((await admin.ask('GET', accountPath(freed))).status).toBe(200);
      } finally {
        for (const account of all) await admin.ask('DELETE', path(`${account}${NAME}`));
      }
    });
  });
}
