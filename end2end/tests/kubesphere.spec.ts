// Beside KubeSphere (SPEC D4): its controllers bind roles, and the console says how far that is. It runs alone: other
// tests would be in the hands of the controllers, too.

import { test as base, expect } from '../checks.ts';
import { PROJECT } from '../cluster.ts';
import { KubeSphere } from '../kubesphere.ts';
import { Shell, copyCommands } from '../kubectl.ts';
import { detailsPath } from '../pages/musterbook.ts';
import { Replica } from '../replica.ts';

interface Beside {
  kubesphere: KubeSphere;
  /** Of a console that was started beside it. */
  baseURL: string;
}

/** A test names it before its pages, which are closed first. */
const test = base.extend<{ beside: (version: 'v3' | 'v4') => Promise<Beside> }>({
  beside: async ({ admin }, use, info) => {
    const running: { stop(): Promise<void> }[] = [];
    await use(async version => {
      const kubesphere = await KubeSphere.start(version, PROJECT);
      running.push(kubesphere);
      const replica = await Replica.start(info.outputPath('server.log'));
      running.push(replica);
      return { kubesphere, baseURL: replica.url };
    });
    for (const program of running) await program.stop();
    await KubeSphere.forget(admin);
  },
});

test.describe.configure({ mode: 'serial' });

test('D4 a role waits until KubeSphere 4 has bound it, and list, details and dialog say so', async ({
  beside,
  as,
  accounts,
  admin,
}) => {
  const { kubesphere, baseURL } = await beside('v4');
  const name = accounts.name('waits');
  const musterbook = await as('project-regular', { baseURL });
  const list = await musterbook.list(`?q=${name}`);
  const details = await musterbook.anotherTab();
  const bound = async () => {
    const bindings = await admin.bindings(name);
    return bindings.map(({ metadata, roleRef }) => [metadata.name.replace(/[^-]+$/, ''), roleRef.name]);
  };

  const dialog = await list.create();
  await expect(dialog.box).toContainText('KubeSphere binds the project’s roles here.');
  await expect(dialog.role('Role/viewer')).toHaveText(/Viewer/);
  await expect(dialog.role('Role/admin')).toBeDisabled();
  // The right to bind would be of no use: the controller asks nobody, so that what is lacking has to be held.
  await dialog.box.getByText(/roles? can't be chosen: why/).click();
  const lacking = dialog.box.getByRole('listitem').filter({ hasText: /^Role admin — / });
  await lacking.getByText('Ask for the right to give it').click();
  await expect(lacking.locator('pre')).toContainText('apiGroups: ["*"]\n  resources: ["*"]\n  verbs: ["*"]');
  await expect(lacking.locator('pre')).not.toContainText('bind"');
  await kubesphere.paused(async () => {
    await dialog.fill({ name, role: 'Role/viewer' });
    await dialog.submit();
    await expect(list.row(name)).toContainText('Waiting');
    await details.goto(detailsPath(name));
    await expect(details.page.locator('main dd').filter({ hasText: 'viewer' })).toContainText('Waiting');
    await details.goto(`${detailsPath(name)}?role=${name}`);
    await expect(details.dialog(/^Change Role: /)).toContainText('Waiting');
    const chinese = await as('project-regular', { baseURL, locale: 'zh-CN' });
    await chinese.goto(detailsPath(name));
    await expect(chinese.page.locator('main dd').filter({ hasText: 'viewer' })).toContainText('等待绑定');
    await chinese.page.close();
    await details.goto(detailsPath(name));
    expect(await bound()).toEqual([]);
  });
  // Live: nothing is loaded anew.
  await expect(list.row(name)).not.toContainText('Waiting');
  await expect(details.page.locator('main dd').filter({ hasText: 'viewer' })).not.toContainText('Waiting');
  expect(await bound()).toEqual([[`${name}-viewer-`, 'kubesphere:iam:viewer']]);

  const change = await musterbook.changeRole(name);
  await change.chooseRole('Role/operator');
  await change.submit();
  await expect.poll(bound).toEqual([[`${name}-operator-`, 'kubesphere:iam:operator']]);
  await expect(list.row(name)).toContainText('operator');
  await expect(list.row(name)).not.toContainText('Waiting');

  const revoke = await musterbook.changeRole(name);
  await revoke.chooseRole('');
  await revoke.submit();
  await expect(list.row(name)).toContainText('No role');
  await expect.poll(bound).toEqual([]);
});

test('D4 U6 beside KubeSphere the commands write the wish, as the dialogs do', async ({ beside, as, accounts, admin }) => {
  test.slow();
  const { baseURL } = await beside('v4');
  const [byDialog, byCommands] = [accounts.name('u6-dialog'), accounts.name('u6-shell')];
  const musterbook = await as('project-regular', { baseURL, permissions: ['clipboard-read', 'clipboard-write'] });
  const shell = await Shell.of('project-regular');
  const bound = async (name: string) => (await admin.bindings(name)).map(({ roleRef }) => roleRef.name);
  const wishes = async (name: string) => {
    const { annotations } = (await admin.account(name)).metadata;
    return [annotations?.['iam.kubesphere.io/role'], annotations?.['musterbook.dev/cluster-role']];
  };
  const both = async (wish: (string | undefined)[], roles: string[]) => {
    for (const name of [byDialog, byCommands]) {
      expect(await wishes(name)).toEqual(wish);
      await expect.poll(() => bound(name), name).toEqual(roles);
    }
  };
  try {
    const list = await musterbook.list('?q=e2e-u6-');
    const create = await list.create();
    await expect(create.box).toContainText('KubeSphere binds the project’s roles here.');
    await create.fill({ name: byCommands, role: 'Role/viewer' });
    await shell.must(await copyCommands(create.box));
    await create.fill({ name: byDialog });
    await create.submitAndClose();
    await both(['viewer', undefined], ['kubesphere:iam:viewer']);

    for (const [role, wish, roles] of [
      ['Role/operator', ['operator', undefined], ['kubesphere:iam:operator']],
      ['ClusterRole/view', [undefined, 'view'], ['view']],
      ['Role/viewer', ['viewer', undefined], ['kubesphere:iam:viewer']],
      ['', [undefined, undefined], []],
    ] as const) {
      for (const name of [byCommands, byDialog]) {
        const dialog = await musterbook.changeRole(name);
        await dialog.chooseRole(role);
        if (name === byDialog) await dialog.submitAndClose();
        else await shell.must(await copyCommands(dialog.box));
      }
      await both([...wish], [...roles]);
    }
  } finally {
    await shell.close();
  }
});

test('D4 KubeSphere 3 binds the Role itself, and its binding goes with the account', async ({ beside, as, accounts, admin }) => {
  const { baseURL } = await beside('v3');
  const name = accounts.name('v3');
  const musterbook = await as('project-regular', { baseURL });
  const list = await musterbook.list(`?q=${name}`);
  const dialog = await list.create();
  await dialog.fill({ name, role: 'Role/viewer' });
  await dialog.submit();
  const bound = async () => (await admin.bindings(name)).map(({ roleRef }) => roleRef.name);
  await expect.poll(bound).toEqual(['viewer']);
  await expect(list.row(name)).not.toContainText('Waiting');
  await admin.deleteAccount(name);
  await expect.poll(bound).toEqual([]);
});
