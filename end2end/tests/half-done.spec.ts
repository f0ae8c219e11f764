// Acts of several steps, of which the cluster refuses one that a dry run had allowed: the page says what there is now, and
// doing it again finishes it. The refusal is a real one, by an admission policy that lasts for the test.

import { expect, test } from '../checks.ts';
import { deletingForReal } from '../cluster.ts';
import { commandsOf } from '../kubectl.ts';
import { ChangeRoleDialog } from '../pages/dialogs.ts';
import { listPath } from '../pages/musterbook.ts';

/** As CEL sees the request: not in dry runs. */
const FOR_REAL = '!request.dryRun';

test('X3 an old binding that can’t go is told by its name, and giving the role again finishes it', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 500/);
  const name = accounts.name('stays');
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  const create = await list.create();
  await create.fill({ name, role: 'Role/viewer' });
  await create.submitAndClose();
  const [old] = await admin.bindings(name);

  // By its address: a row that changes once more takes its menu along.
  await musterbook.goto(`${listPath()}?q=${name}&role=${name}`);
  const dialog = await ChangeRoleDialog.opened(musterbook);
  await dialog.chooseRole('Role/operator');
  const commands = commandsOf(dialog.box).locator('pre');
  await expect(commands).toContainText('kubectl create');
  await admin.whileRefused(name, deletingForReal(old!.metadata.name), async () => {
    await dialog.submit();
    await expect(dialog.problem(`the old binding ${old?.metadata.name} could not be removed`)).toBeVisible();
    await expect(dialog.roles).toHaveValue('Role/operator');
    // The commands go on from what there is now, too: the new role is bound, the old binding isn't gone.
    await expect(commands).not.toContainText('kubectl create');
    await expect(commands).toContainText(old!.metadata.name);
  });
  const roles = async () => (await admin.bindings(name)).map(({ roleRef }) => roleRef.name).toSorted();
  expect(await roles()).toEqual(['operator', 'viewer']);

  await dialog.submitAndClose();
  expect(await roles()).toEqual(['operator']);
  await expect(list.row(name)).toContainText('operator');
});

test('C3 a binding that is refused at last leaves no account, and the form stays as it was typed', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 422/);
  const name = accounts.name('refused-at-last');
  const musterbook = await as('project-regular');
  const dialog = await (await musterbook.list(`?q=${name}`)).create();
  await dialog.fill({ name, alias: 'Typed', role: 'Role/viewer' });
  const binds = `request.operation == 'CREATE' && object.subjects[0].name == '${name}' && ${FOR_REAL}`;
  await admin.whileRefused(name, binds, async () => {
    await dialog.submit();
    await expect(dialog.problem(/^The cluster refused: .*refused by a test/)).toBeVisible();
  });
  expect(await admin.accountExists(name)).toBe(false);
  await expect(dialog.field('Alias')).toHaveValue('Typed');
  await dialog.submitAndClose();
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
});

test('C3 an account that can’t be taken back is told, and its role can be given to it', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 500/);
  const name = accounts.name('left');
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  const dialog = await list.create();
  await dialog.fill({ name, role: 'Role/viewer' });
  const both = `${FOR_REAL} && (request.resource.resource == 'serviceaccounts' ? request.operation == 'DELETE' && request.name == '${name}' : request.operation == 'CREATE' && object.subjects[0].name == '${name}')`;
  await admin.whileRefused(name, both, async () => {
    await dialog.submit();
    await expect(dialog.problem(`${name} was created, but Role/viewer could not be given`)).toBeVisible();
  });
  expect(await admin.accountExists(name)).toBe(true);
  expect(await admin.bindings(name)).toEqual([]);

  const later = await (await as('project-regular')).list(`?q=${name}`);
  await expect(later.row(name)).toContainText('Not bound');
  const change = await later.changeRole(name);
  await change.chooseRole('Role/viewer');
  await change.submitAndClose();
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
  await expect(later.row(name)).not.toContainText('Not bound');
});

test('X3 X4 K1 an account deleted meanwhile: each dialog says so', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 404/);
  const musterbook = await as('project-regular');
  const gone = "It isn't there";
  for (const act of ['role', 'delete', 'issue'] as const) {
    const name = await accounts.make(`gone-${act}`);
    const details = await musterbook.details(name);
    const dialogs = { role: () => details.changeRole(), delete: () => details.delete(), issue: () => details.issue() };
    const dialog = await dialogs[act]();
    if (dialog instanceof ChangeRoleDialog) await dialog.chooseRole('Role/viewer');
    await admin.deleteAccount(name);
    await dialog.submit();
    await expect(dialog.problem(gone), act).toBeVisible();
    expect(await admin.bindings(name)).toEqual([]);
  }
});
