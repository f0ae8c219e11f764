// The kubectl commands of each dialog, run: they make what the dialog itself makes (SPEC U6).

import { readFileSync } from 'node:fs';

import { expect, test as base } from '../checks.ts';
import { PROJECT, parseKubeconfig, type Admin, type Thing } from '../cluster.ts';
import type { Person } from '../environment.ts';
import { Shell, commandsOf, copyCommands } from '../kubectl.ts';
import { BulkDeleteDialog } from '../pages/dialogs.ts';
import { listPath } from '../pages/musterbook.ts';

const ME: Person = 'project-regular';
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
const ODD = `It's "$(id)" \`x\` \\ 预!`;

const test = base.extend<{ shell: Shell }>({
  shell: async ({}, use) => {
    const shell = await Shell.of(ME);
    await use(shell);
    await shell.close();
  },
});

/** An account and its bindings, without what the cluster gives and what tells twins apart. */
async function objectsOf(admin: Admin, name: string): Promise<unknown> {
  const account = await admin.account(name);
  const bindings = await admin.bindings(name);
  const wanted = ({ metadata: { labels, annotations, ownerReferences }, ...rest }: Thing) => ({
    ...rest,
    metadata: { labels, annotations, ownerReferences },
  });
  const text = JSON.stringify([account, ...bindings].map(wanted));
  return JSON.parse(text.replaceAll(account.metadata.uid, 'UID').replaceAll(name, 'NAME')) as unknown;
}

for (const role of ['', 'Role/viewer', 'ClusterRole/view'] as const) {
  test(`U6 create: the commands make what the dialog makes, ${role || 'no role'}`, async ({ as, accounts, admin, shell }) => {
    const [byDialog, byCommands] = [accounts.name('u6-dialog'), accounts.name('u6-shell')];
    const list = await (await as(ME, CLIPBOARD)).list();
    const dialog = await list.create();
    await dialog.fill({ name: byCommands, alias: ODD, description: `One\n${ODD}\nEOF`, role });
    await shell.must(await copyCommands(dialog.box));
    await dialog.fill({ name: byDialog });
    await dialog.submitAndClose();
    expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byDialog));
    expect(await admin.bindings(byCommands)).toHaveLength(role ? 1 : 0);
  });
}

test('U6 create: an account whose role is refused is taken away again', async ({ as, accounts, admin, shell }) => {
  const name = accounts.name('u6-beyond');
  const list = await (await as(ME, CLIPBOARD)).list();
  const dialog = await list.create();
  await dialog.fill({ name, role: 'Role/viewer' });
  const ran = await shell.run((await copyCommands(dialog.box)).replaceAll('viewer', 'admin'));
  expect(ran.code).not.toBe(0);
  expect(ran.err).toContain('attempting to grant RBAC permissions not currently held');
  expect(await admin.accountExists(name)).toBe(false);
  await dialog.discard();
});

test('U6 edit: the commands write what the dialog writes, over the version that was seen', async ({
  as,
  accounts,
  admin,
  shell,
}) => {
  const before = { displayName: 'Old', 'kubesphere.io/description': 'Gone soon', other: 'kept' };
  const [byDialog, byCommands] = [await accounts.make('u6-edit', before), await accounts.make('u6-edit', before)];
  const musterbook = await as(ME, CLIPBOARD);
  for (const name of [byDialog, byCommands]) {
    const dialog = await (await musterbook.details(name)).edit();
    await dialog.field('Alias').fill(ODD);
    await dialog.field('Description').fill('');
    if (name === byDialog) {
      await dialog.submitAndClose();
      continue;
    }
    const commands = await copyCommands(dialog.box);
    await shell.must(commands);
    expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byDialog));
    // Once more: it is another version now.
    const again = await shell.run(commands.replace('预', '又'));
    expect(again.code).not.toBe(0);
    expect(again.err).toContain('the object has been modified');
    expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byDialog));
    await dialog.discard();
  }
});

test('U6 settings: the commands write what the dialog writes, over the version that was seen', async ({
  as,
  accounts,
  admin,
  shell,
}) => {
  const [byDialog, byCommands] = [await accounts.make('u6-settings', { gone: 'x' }), await accounts.make('u6-settings', { gone: 'x' })];
  const musterbook = await as(ME, CLIPBOARD);
  for (const name of [byCommands, byDialog]) {
    const dialog = await (await musterbook.details(name)).settings();
    await dialog.add('Annotations', 'note', `One\n${ODD}\nEOF`);
    await (await dialog.row('Annotations', 'gone')).getByRole('button', { name: 'Remove gone' }).click();
    await dialog.automount('Off').check();
    await dialog.field('Others, by name').fill('later');
    if (name === byDialog) {
      await dialog.submitAndClose();
    } else {
      const commands = await copyCommands(dialog.box);
      await shell.must(commands);
      expect((await shell.run(commands.replace('later', 'another'))).err).toContain('the object has been modified');
      await dialog.discard();
    }
  }
  expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byDialog));
});

test('U6 change role: the commands give and revoke as the dialog does', async ({ as, accounts, admin, shell }) => {
  test.slow();
  const musterbook = await as(ME, CLIPBOARD);
  const [byDialog, byCommands] = [accounts.name('u6-role'), accounts.name('u6-role')];
  for (const name of [byDialog, byCommands]) {
    const create = await (await musterbook.list()).create();
    await create.fill({ name, role: 'Role/viewer' });
    await create.submitAndClose();
    // Made by somebody else: it stays.
    await admin.bind(name, 'auditor');
  }
  for (const role of ['Role/operator', 'ClusterRole/view', ''] as const) {
    const dialog = await musterbook.changeRole(byCommands);
    await dialog.chooseRole(role);
    await shell.must(await copyCommands(dialog.box));
    await dialog.discard();
    const twin = await musterbook.changeRole(byDialog);
    await twin.chooseRole(role);
    await twin.submitAndClose();
    expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byDialog));
    expect(await admin.bindings(byCommands)).toHaveLength(role ? 2 : 1);
  }
});

test('U6 delete: the commands delete this account, and no namesake', async ({ as, accounts, admin, shell }) => {
  const name = await accounts.make('u6-delete');
  const musterbook = await as(ME, CLIPBOARD);
  const list = await musterbook.list(`?q=${name}`);
  const dialog = await list.delete(name);
  const commands = await copyCommands(dialog.box);
  await shell.must(commands);
  expect(await admin.accountExists(name)).toBe(false);
  await admin.createAccount(name);
  const again = await shell.run(commands);
  expect(again.code).not.toBe(0);
  expect(again.err).toContain('the UID in the precondition');
  expect(await admin.accountExists(name)).toBe(true);
});

test('U6 delete many: each account goes with its bindings where that is ticked', async ({ as, accounts, admin, shell }) => {
  const about = accounts.name('u6-many');
  const names = [`${about}-a`, `${about}-b`];
  const musterbook = await as(ME, CLIPBOARD);
  try {
    for (const name of names) await admin.createAccount(name);
    const [first = ''] = names;
    await admin.bind(first, 'viewer');
    const list = await musterbook.list(`?q=${about}`);
    await expect(list.names).toHaveCount(names.length);
    // What is planned is read from the same caches.
    await expect(list.row(first)).toContainText('viewer');
    await list.pickPage.check();
    await list.deleteSelected.click();
    const dialog = await BulkDeleteDialog.opened(musterbook);
    await dialog.bindings.check();
    await shell.must(await copyCommands(dialog.box));
    for (const name of names) expect(await admin.accountExists(name)).toBe(false);
    expect(await admin.bindings(first)).toEqual([]);
  } finally {
    for (const name of names) await admin.cleanUp(name);
  }
});

test('U6 edit YAML: the commands save what the page saves, over the version that was loaded', async ({
  as,
  accounts,
  admin,
  shell,
  trouble,
}) => {
  // The commands change the account under the page, whose next dry run says so.
  trouble.expect(/status of 409 .*yaml-check/);
  const before = { note: ODD, 'kubesphere.io/alias-name': 'Before' };
  const [byPage, byCommands] = [await accounts.make('u6-yaml', before), await accounts.make('u6-yaml', before)];
  const musterbook = await as(ME, CLIPBOARD);
  for (const name of [byPage, byCommands]) {
    const editor = await musterbook.yaml(name);
    await editor.replace('alias-name: Before', `alias-name: "After\\n$(id) 'x'"`);
    if (name === byPage) {
      await editor.save();
      await expect(musterbook.heading(name)).toBeVisible();
      continue;
    }
    const commands = await copyCommands(musterbook.page.getByRole('main'));
    await shell.must(commands);
    expect(await objectsOf(admin, byCommands)).toEqual(await objectsOf(admin, byPage));
    const again = await shell.run(commands.replace('After', 'Once more'));
    expect(again.code).not.toBe(0);
    expect(again.err).toContain('the object has been modified');
  }
});

test('U6 K2 issue: the commands write the same kubeconfig, and no token is in them', async ({ as, shell }) => {
  const musterbook = await as(ME, CLIPBOARD);
  const dialog = await (await musterbook.details('ci-deployer')).issue();
  await dialog.box.getByText('Audience, names, address').click();
  await dialog.field('Context name').fill(`$HOME's "context"`);
  const commands = await copyCommands(dialog.box);
  expect(commands).not.toContain('eyJ');
  await shell.must(commands);
  await dialog.submit();
  const shown = (await dialog.kubeconfig.textContent()) ?? '';
  const without = (yaml: string) => yaml.replace(/token: .*/, 'token');
  const written = await shell.file('kubeconfig.yaml');
  expect(without(written)).toBe(without(shown));
  expect(parseKubeconfig(written).users[0]?.user.token).toMatch(/^eyJ/);
  expect(await shell.modeOf('kubeconfig.yaml')).toBe('600');
});

test('K2 the kubeconfig works in kubectl', async ({ as, accounts }) => {
  const name = accounts.name('k2-kubectl');
  const musterbook = await as(ME);
  const list = await musterbook.list(`?q=${name}`);
  const create = await list.create();
  await create.fill({ name, role: 'Role/viewer' });
  await create.submitAndClose();
  const dialog = await (await list.open(name)).issue();
  await dialog.submit();
  const started = musterbook.page.waitForEvent('download');
  await dialog.box.getByRole('button', { name: 'Download' }).click();
  const shell = await Shell.with(readFileSync(await (await started).path(), 'utf8'));
  try {
    expect(await shell.must('kubectl config current-context')).toBe(`${name}@local\n`);
    expect(await shell.must('kubectl auth whoami -o jsonpath={.status.userInfo.username}')).toBe(
      `system:serviceaccount:${PROJECT}:${name}`,
    );
    expect(await shell.must('kubectl get serviceaccounts -o name')).toContain(`serviceaccount/${name}\n`);
    const refused = await shell.run('kubectl get secrets');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('Forbidden');
  } finally {
    await shell.close();
  }
});

test('U6 without scripts the commands are on the page, of what the form starts with', async ({ as, accounts, shell, admin }) => {
  const name = await accounts.make('u6-plain');
  const { page } = await as(ME, { way: 'without scripts' });
  await page.goto(`${listPath()}?delete=${name}`);
  const part = commandsOf(page.getByRole('dialog'));
  await part.locator('summary').click();
  await expect(part.getByRole('button')).toBeHidden();
  await shell.must((await part.locator('pre').textContent()) ?? '');
  expect(await admin.accountExists(name)).toBe(false);
  await page.goto(`${listPath()}?create`);
  await expect(commandsOf(page.getByRole('dialog')).locator('pre')).toContainText('name: "NAME"');
});
