// What the dialog Delete says will happen, and the bindings that go along (SPEC X4).

import { expect, test, type Way } from '../checks.ts';
import { PROJECT, deletingForReal } from '../cluster.ts';
import { DeleteDialog, UndoDialog } from '../pages/dialogs.ts';
import { listPath, type Musterbook } from '../pages/musterbook.ts';

/** By its address: a row that changes once more takes its menu along. */
async function deleting(musterbook: Musterbook, name: string): Promise<DeleteDialog> {
  await musterbook.goto(`${listPath()}?q=${name}&delete=${name}`);
  return DeleteDialog.opened(musterbook);
}

test.describe('X4 what a delete does', () => {
  test('X4 workloads that name the account are told, at no replicas, too', async ({ as }) => {
    const musterbook = await as('project-regular');
    for (const [account, workload] of [
      ['metrics-reader', 'Deployment/dashboards'],
      ['backup-runner', 'CronJob/nightly-backup'],
    ] as const) {
      const list = await musterbook.list(`?q=${account}`);
      const dialog = await list.delete(account);
      await expect(dialog.box).toContainText('1 workload names it: its next pods can’t be made');
      await expect(dialog.box).toContainText(workload);
      await expect(dialog.box).toContainText('Every token that was issued for it stops working');
      await expect(dialog.confirmation).toBeVisible();
      await dialog.cancel();
    }
  });

  test('X4 issued tokens and the owner are told', async ({ as, accounts, admin }) => {
    const name = await accounts.make('role-owned');
    const secret = `${name}-handle`;
    const things = `/api/v1/namespaces/${PROJECT}`;
    const { metadata } = await admin.account(name);
    try {
      const owner = await admin.must('POST', `${things}/configmaps`, { metadata: { name: `${name}-owner` } });
      await admin.must('POST', `${things}/secrets`, {
        type: 'musterbook.dev/credential',
        metadata: {
          name: secret,
          labels: { 'musterbook.dev/serviceaccount-uid': metadata.uid },
          annotations: { 'musterbook.dev/expires': '2999-01-01T00:00:00Z' },
        },
      });
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: `${name}-owner`, uid: owner.metadata.uid }];
      await admin.must('PATCH', `${things}/serviceaccounts/${name}`, { metadata: { ownerReferences } }, 'application/merge-patch+json');
      const dialog = await deleting(await as('project-regular'), name);
      await expect(dialog.box).toContainText('1 issued token stops working');
      await expect(dialog.box).toContainText(secret);
      await expect(dialog.box).toContainText(`ConfigMap ${name}-owner manages this account and may make it again.`);
      await dialog.cancel();
    } finally {
      await admin.ask('DELETE', `${things}/secrets/${secret}`);
      await admin.ask('DELETE', `${things}/configmaps/${name}-owner`);
    }
  });

  test('X4 A6 what may not be seen is not called nothing, and the name is asked for', async ({ as }) => {
    const musterbook = await as('project-viewer');
    await musterbook.goto(`${listPath()}?delete=image-puller`);
    const dialog = musterbook.dialog('Delete image-puller?');
    await expect(dialog).toContainText(`You may not read token Secrets: list secrets in ${PROJECT} is missing.`);
    await expect(dialog).not.toContainText('Nothing else goes with it');
    await expect(dialog.getByRole('textbox')).toBeVisible();
  });

  for (const way of ['live', 'without scripts', 'without wasm'] satisfies Way[]) {
    test(`X4 ${way}: bindings that would hold a new account of its name go along, if asked`, async ({ as, accounts, admin }) => {
      const name = await accounts.make('role-rearm');
      await admin.bind(name, 'viewer');
      const binding = await admin.bind(name, 'auditor');
      await admin.share((await admin.bindings(name)).find(({ metadata }) => metadata.name === binding)!);
      const dialog = await deleting(await as('project-regular', { way }), name);
      await expect(dialog.box).toContainText('2 bindings stay, and would hold for a new account of this name');
      // The one that is shared is others' as well.
      await expect(dialog.alsoBindings).toHaveAccessibleName('Also delete the 1 binding that is for this account alone');
      await dialog.alsoBindings.check();
      await dialog.confirmation.fill(name);
      await dialog.submitAndClose();
      expect(await admin.accountExists(name)).toBe(false);
      expect((await admin.bindings(name)).map(({ metadata }) => metadata.name)).toEqual([binding]);
    });

    test(`X5 ${way}: an account whose binding stays, as somebody else is bound by it now, can be brought back`, async ({
      as,
      accounts,
      admin,
      trouble,
    }) => {
      trouble.expect(/status of (500|404)/);
      const name = await accounts.make('role-shared');
      await admin.bind(name, 'viewer');
      const musterbook = await as('project-regular', { way });
      const dialog = await (await musterbook.list(`?q=${name}`)).delete(name);
      await dialog.alsoBindings.check();
      await dialog.confirmation.fill(name);
      await admin.share((await admin.bindings(name))[0]!);
      await dialog.submit();
      await expect(dialog.problem('Deleted, but the binding')).toBeVisible();
      expect(await admin.accountExists(name)).toBe(false);
      if (way === 'live') {
        await dialog.box.getByRole('link', { name: 'Undo', exact: true }).click();
        await (await UndoDialog.opened(musterbook)).submitAndClose();
      } else {
        await dialog.box.getByRole('button', { name: 'Undo', exact: true }).click();
        await expect((await UndoDialog.opened(musterbook)).box.getByRole('status')).toContainText(`${name}Back`);
      }
      expect(await admin.accountExists(name)).toBe(true);
    });

    test(`X4 ${way}: a binding that can’t be deleted is told by name`, async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of (500|404)/);
      const name = await accounts.make('role-stays');
      const binding = await admin.bind(name, 'viewer');
      const dialog = await deleting(await as('project-regular', { way }), name);
      await dialog.alsoBindings.check();
      await dialog.confirmation.fill(name);
      await admin.whileRefused(name, deletingForReal(binding), async () => {
        await dialog.submit();
        await expect(dialog.problem(`Deleted, but the binding ${binding} stays.`)).toBeVisible();
        expect(await admin.accountExists(name)).toBe(false);
      });
      if (way === 'live') {
        await dialog.submitAndClose();
        expect(await admin.bindings(name)).toEqual([]);
      }
    });
  }
});

test('X4 X5 what a finalizer holds is not called deleted, and nobody is offered to undo it', async ({ as, accounts, admin }) => {
  const name = await accounts.make('held');
  await admin.whileHeld(name, PROJECT, async () => {
    const musterbook = await as('project-regular');
    const list = await musterbook.list(`?q=${name}`);
    await (await list.delete(name)).submitAndClose();
    const told = musterbook.page.locator('.toast').filter({ hasText: name });
    await expect(told).toContainText(`Service account ${name} is being deleted: a finalizer holds it`);
    await expect(told.getByRole('link', { name: 'Undo' })).toHaveCount(0);
    await expect(list.row(name)).toContainText('Being deleted');
    await expect(musterbook.page.locator('aside.undo')).toHaveCount(0);
  });
});

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('A7 what is being deleted can’t be deleted again, and the menus say why', async ({ as, accounts, admin }) => {
      const name = await accounts.make('going');
      await admin.whileHeld(name, PROJECT, async () => {
        await admin.deleteAccount(name);
        const musterbook = await as('project-regular');
        const list = await musterbook.list(`?q=${name}`);
        const taken = musterbook.page.getByRole('link', { name: 'Delete Being deleted', exact: true });
        await list.menuButton(name).click();
        await expect(taken).toBeDisabled();
        await expect(taken).not.toHaveAttribute('href');
        await expect(list.action('Edit Information')).toBeEnabled();
        const details = await musterbook.details(name);
        await details.moreButton.click();
        await expect(taken).toBeDisabled();
        await musterbook.goto('/');
      });
    });
  });
}
