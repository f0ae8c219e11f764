// Taking back a delete or a change of role, for ten minutes.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from '@playwright/test';

import { expect, hold, test, type Way } from '../checks.ts';
import { environment } from '../environment.ts';
import { BulkDeleteDialog, DeleteDialog, UndoDialog } from '../pages/dialogs.ts';
import { ListPage } from '../pages/list.ts';
import { listPath, type Musterbook } from '../pages/musterbook.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const ALIAS = 'kubesphere.io/alias-name';

/** What stands beside the page while something can be undone. */
function strip({ page }: Musterbook): Locator {
  return page.locator('aside.undo');
}

function toast({ page }: Musterbook): Locator {
  return page.locator('.toast');
}

/** Makes an account with a role, as a person does, and deletes it. */
async function makeAndDelete(musterbook: Musterbook, name: string): Promise<void> {
  const list = await musterbook.list(`?q=${name}`);
  const create = await list.create();
  await create.fill({ name, alias: 'Before', role: 'Role/viewer' });
  await create.submitAndClose();
  // By its address: the row may be drawn anew just now, and takes its menu along.
  await musterbook.goto(`${listPath()}?q=${name}&delete=${name}`);
  await (await DeleteDialog.opened(musterbook)).submitAndClose();
  await expect(list.row(name)).toBeHidden();
}

async function openByStrip(musterbook: Musterbook): Promise<UndoDialog> {
  await strip(musterbook).getByRole('link', { name: 'Undo', exact: true }).click();
  return UndoDialog.opened(musterbook);
}

test('X5 a deleted account comes back with what it was and its role; what can’t is said before', async ({
  as,
  accounts,
  admin,
}) => {
  const name = accounts.name('undo');
  const musterbook = await as('project-regular');
  await makeAndDelete(musterbook, name);
  const told = toast(musterbook).filter({ hasText: `Service account ${name} deleted` });
  await told.getByRole('link', { name: 'Undo' }).click();
  const dialog = await UndoDialog.opened(musterbook);
  await expect(dialog.box).toContainText(`Service account ${name} deleted`);
  await expect(dialog.box.getByRole('listitem')).toHaveText('Role/viewer comes back');
  await expect(dialog.box).toContainText('What can\'t come back: the uid, the tokens and kubeconfigs');
  await expect(dialog.submitButton).toBeFocused();
  expect(await admin.accountExists(name), 'a plan makes nothing').toBe(false);
  await dialog.submitAndClose();
  await expect(toast(musterbook).filter({ hasText: `Service account ${name} is back` })).toBeVisible();
  await expect((await musterbook.list(`?q=${name}`)).row(name)).toContainText('viewer');
  await expect(strip(musterbook)).toBeHidden();
  expect((await admin.account(name)).metadata.annotations).toMatchObject({
    [ALIAS]: 'Before',
    'kubesphere.io/creator': 'project-regular',
    'iam.kubesphere.io/role': 'viewer',
  });
  const uid = (await admin.account(name)).metadata.uid;
  const bound = (await admin.bindings(name)).filter(binding => JSON.stringify(binding).includes(String(uid)));
  expect(bound.map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
});

test('X5 each message offers to undo its own act, and goes when that is undone', async ({ as, accounts, admin }) => {
  const about = `undo-own-${Date.now() % 100_000}`;
  const [first, second] = [await accounts.make(about), await accounts.make(about)];
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list(`?q=${about}`);
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  for (const name of [first, second]) {
    await (await list.delete(name)).submitAndClose();
    await expect(list.row(name)).toBeHidden();
  }
  const told = (name: string) => toast(musterbook).filter({ hasText: `Service account ${name} deleted` });
  await told(first).getByRole('link', { name: 'Undo' }).click();
  const dialog = await UndoDialog.opened(musterbook);
  await expect(dialog.box).toContainText(`Service account ${first} deleted`);
  await dialog.submitAndClose();
  await expect(toast(musterbook).filter({ hasText: `Service account ${first} is back` })).toBeVisible();
  await expect(told(first)).toHaveCount(0);
  await expect(told(second)).toBeVisible();
  expect([await admin.accountExists(first), await admin.accountExists(second)]).toEqual([true, false]);
  // Frames are drawn by this clock, too.
  await page.clock.runFor(100);
  await expect(page.getByRole('main')).toBeFocused();

  await strip(musterbook).getByRole('button', { name: 'Forget what can be undone' }).click();
  await expect(told(second)).toHaveCount(0);
});

test('X5 it survives a reload, is beside every list, and the keyboard alone is enough', async ({ as, accounts, admin }) => {
  const name = accounts.name('undo-keys');
  const musterbook = await as('project-regular');
  await makeAndDelete(musterbook, name);
  const { page } = musterbook;
  await musterbook.reload();
  await expect(strip(musterbook)).toContainText(`Service account ${name} deleted`);
  await expect(strip(musterbook)).toContainText('10 minutes left');
  const list = await musterbook.wideList('', 'demo-workspace');
  await expect(strip(musterbook)).toContainText(name);

  // In a field, the keys take back what was typed.
  await list.searchField.fill('typed');
  await list.searchField.press('Control+z');
  expect(new URL(page.url()).searchParams.has('undo')).toBe(false);
  await list.searchField.blur();
  await page.keyboard.press('Control+z');
  const dialog = await UndoDialog.opened(musterbook);
  await expect(dialog.submitButton).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(toast(musterbook).filter({ hasText: `Service account ${name} is back` })).toBeVisible();
  expect(await admin.accountExists(name)).toBe(true);
});

test('X5 it is refused for anyone else, who isn’t shown it either', async ({ as, accounts, admin }) => {
  const name = accounts.name('undo-other');
  const musterbook = await as(null);
  const { page } = musterbook;
  await (await musterbook.signIn()).as('project-regular');
  await makeAndDelete(musterbook, name);
  await expect(strip(musterbook)).toBeVisible();
  await musterbook.signOut();
  await (await musterbook.signIn(listPath())).as('project-admin');
  await musterbook.list();
  await expect(strip(musterbook)).toBeHidden();
  await musterbook.goto(`${listPath()}?undo`);
  const dialog = await UndoDialog.opened(musterbook);
  await expect(dialog.box).toContainText('There is nothing to undo.');

  const kept = await page.evaluate(() => sessionStorage.getItem('musterbook-undo') ?? '[]');
  const [{ sealed }] = JSON.parse(kept) as [{ sealed: string[] }];
  expect(kept).not.toContain('viewer');
  const asks = (path: string) =>
    page.request.post(path, { form: { sealed: sealed[0] ?? '' }, headers: { origin: environment.url } });
  expect(await (await asks('/api/undo/run')).json()).toEqual([{ Err: 'Foreign' }]);
  expect(await (await asks('/api/undo/plan')).json()).toEqual({ Err: 'Foreign' });
  expect(await admin.accountExists(name)).toBe(false);
});

test('X5 a changed role goes back, unless it was changed again since', async ({ as, accounts, admin }) => {
  const name = accounts.name('undo-role');
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  const create = await list.create();
  await create.fill({ name, role: 'Role/viewer' });
  await create.submitAndClose();
  const change = async (role: 'Role/viewer' | 'Role/operator' | '') => {
    const dialog = await musterbook.changeRole(name);
    await dialog.chooseRole(role);
    await dialog.submitAndClose();
  };
  await change('Role/operator');
  const dialog = await openByStrip(musterbook);
  await expect(dialog.box).toContainText('Its role goes back from Role/operator to Role/viewer.');
  await dialog.submitAndClose();
  await expect(toast(musterbook).filter({ hasText: `${name} has its former role again` })).toBeVisible();
  await expect(list.row(name)).toContainText('viewer');
  expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);

  await change('Role/operator');
  await change('');
  await expect(strip(musterbook)).toContainText('and 1 more');
  const again = await openByStrip(musterbook);
  await expect(again.box).toContainText('Its role goes back from No role to Role/operator.');
  await again.box.getByRole('listitem').nth(1).getByRole('link').click();
  const earlier = await UndoDialog.opened(musterbook);
  await expect(earlier.problem('Its role was changed again since then.')).toBeVisible();
  await expect(earlier.submitButton).toBeHidden();
  await earlier.close();
});

test('X5 a namesake made since is told and left alone', async ({ as, accounts, admin }) => {
  const name = accounts.name('undo-namesake');
  const musterbook = await as('project-regular');
  await makeAndDelete(musterbook, name);
  const { metadata } = await admin.createAccount(name);
  const dialog = await openByStrip(musterbook);
  await expect(dialog.problem('There is an account of this name again. It is left alone.')).toBeVisible();
  await expect(dialog.submitButton).toBeHidden();
  await dialog.close();
  expect((await admin.account(name)).metadata.uid).toBe(metadata.uid);
  await strip(musterbook).getByRole('button', { name: 'Forget what can be undone' }).click();
  await expect(strip(musterbook)).toBeHidden();
  await musterbook.reload();
  await expect(strip(musterbook)).toBeHidden();
});

test('X5 a namesake made between the plan and the act is left alone, and the dialog says so', async ({
  as,
  accounts,
  admin,
}) => {
  const name = accounts.name('undo-late');
  const musterbook = await as('project-regular');
  await makeAndDelete(musterbook, name);
  const dialog = await openByStrip(musterbook);
  // The plan was made.
  await expect(dialog.submitButton).toBeFocused();
  const { metadata } = await admin.createAccount(name);
  await dialog.submit();
  await expect(dialog.box.getByRole('status')).toContainText('There is an account of this name again.');
  await expect(dialog.closeLink).toBeFocused();
  expect((await admin.account(name)).metadata.uid).toBe(metadata.uid);
});

test('X5 a whole selection comes back, with the bindings that were deleted along', async ({ as, accounts, admin }) => {
  const OTHER = 'other-project';
  const about = `undo-all-${Date.now() % 100_000}`;
  const names: string[] = [];
  for (const _ of ['a', 'b', 'c']) names.push(await accounts.make(about, {}, OTHER));
  const bound = names[0] ?? '';
  await admin.bind(bound, 'viewer', OTHER);
  const musterbook = await as('outsider');
  const list = listPath(OTHER, 'other-workspace');
  // What is planned is read from the caches, as the list is.
  await musterbook.goto(`${list}?q=${about}`);
  const shown = new ListPage(musterbook);
  await expect(shown.names).toHaveCount(names.length);
  await expect(shown.row(bound)).toContainText('viewer');
  await musterbook.goto(`${list}?delete-selected&${names.map(name => `pick=${name}`).join('&')}`);
  const dialog = await BulkDeleteDialog.opened(musterbook);
  await dialog.confirmation.fill('3');
  await dialog.bindings.check();
  await dialog.button('Delete 3 accounts').click();
  await dialog.ended('3 service accounts were deleted.');
  for (const name of names) expect(await admin.accountExists(name, OTHER)).toBe(false);
  await dialog.button('Bring 3 accounts back…').click();
  const undo = await UndoDialog.opened(musterbook);
  await expect(undo.box).toContainText('3 service accounts were deleted.');
  await undo.submitButton.click();
  await expect(toast(musterbook).filter({ hasText: '3 service accounts are back' })).toBeVisible();
  await expect(undo.box).toBeHidden();
  for (const name of names) expect(await admin.accountExists(name, OTHER)).toBe(true);
  expect((await admin.bindings(bound, OTHER)).map(({ metadata }) => metadata.name)).toEqual([`${bound}-viewer`]);
});

test('X5 U5 who leaves while many come back is asked, stops it, and is told how far it came; the others can still come back', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/net::ERR_FAILED/);
  const OTHER = 'other-project';
  const RUN = '**/api/undo/run';
  const names: string[] = [];
  for (let count = 0; count < 6; count++) names.push(await accounts.make('undo-halfway', {}, OTHER));
  const there = async () => (await Promise.all(names.map(name => admin.accountExists(name, OTHER)))).filter(is => is).length;
  const musterbook = await as('outsider');
  const { page } = musterbook;
  await musterbook.goto(`${listPath(OTHER, 'other-workspace')}?delete-selected&${names.map(name => `pick=${name}`).join('&')}`);
  const dialog = await BulkDeleteDialog.opened(musterbook);
  await dialog.button('Delete 6 accounts').click();
  await dialog.ended('6 service accounts were deleted.');
  await dialog.button('Bring 6 accounts back…').click();
  const undo = await UndoDialog.opened(musterbook);

  const release = await hold(page, RUN);
  await undo.submitButton.click();
  await expect(undo.box.getByRole('progressbar')).toBeVisible();
  const asked: string[] = [];
  // The second Esc is one that browsers don't ask for by themselves.
  for (let presses = 1; presses <= 2; presses++) {
    page.once('dialog', async question => {
      asked.push(question.message());
      await question.dismiss();
    });
    await page.keyboard.press('Escape');
    await expect.poll(() => asked.length).toBe(presses);
    await expect(undo.box).toBeVisible();
  }
  expect(asked[1]).toBe('Accounts are still being brought back. Leave, and stop before the next ones?');
  page.once('dialog', question => question.accept());
  await page.keyboard.press('Escape');
  await expect(undo.box).toBeHidden();
  release();
  await expect(toast(musterbook).filter({ hasText: '4 of 6 accounts are back.' })).toBeVisible();
  await expect(strip(musterbook)).toContainText('2 service accounts were deleted');
  expect(await there()).toBe(4);

  // No answer comes: in the dialog, then after it was left.
  await page.unroute(RUN);
  await page.route(RUN, route => route.abort());
  const again = await openByStrip(musterbook);
  await expect(again.box).toContainText('2 service accounts were deleted.');
  await again.submitButton.click();
  await expect(again.problem('Musterbook can\'t be reached')).toBeVisible();
  await page.unroute(RUN);
  await page.route(RUN, async route => {
    await expect(again.box).toBeHidden();
    await route.abort();
  });
  await again.submitButton.click();
  await page.keyboard.press('Escape');
  await expect(toast(musterbook).filter({ hasText: 'It could not be undone: Musterbook can\'t be reached.' })).toBeVisible();
  await expect(strip(musterbook)).toContainText('2 service accounts were deleted');
  expect(await there()).toBe(4);

  await page.unroute(RUN);
  await (await openByStrip(musterbook)).submitAndClose();
  await expect(strip(musterbook)).toBeHidden();
  expect(await there()).toBe(6);
});

for (const way of ['without scripts', 'without wasm'] satisfies Way[]) {
  test(`X5 ${way}, the page that answers offers it`, async ({ as, accounts, admin, trouble }) => {
    trouble.expect(/status of 4/);
    const name = await accounts.make('undo-plain', { [ALIAS]: 'Plain' });
    const musterbook = await as('project-regular', { way });
    const details = await musterbook.details(name);
    const role = await details.changeRole();
    await role.chooseRole('Role/viewer');
    await role.submitAndClose();
    const change = await UndoDialog.opened(musterbook);
    await expect(change.box).toContainText('Its role goes back from Role/viewer to No role.');
    await change.submit();
    await expect(change.box.getByRole('status')).toContainText('Back');
    expect(await admin.bindings(name)).toEqual([]);
    await change.close();

    await (await details.delete()).submitAndClose();
    const undo = await UndoDialog.opened(musterbook);
    await expect(undo.box).toContainText(`Service account ${name} deleted`);
    expect(await admin.accountExists(name)).toBe(false);
    await undo.submit();
    await expect(undo.box.getByRole('status')).toContainText(`${name}Back`);
    expect((await admin.account(name)).metadata.annotations).toMatchObject({ [ALIAS]: 'Plain' });
    await undo.close();
  });
}

for (const language of ['en', 'zh-CN'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`X5 U3 axe finds nothing, and a phone has room, ${theme}, ${language}`, async ({ as, accounts }) => {
      const name = accounts.name('undo-axe');
      const musterbook = await as('project-regular');
      const { page } = musterbook;
      await makeAndDelete(musterbook, name);
      await page.context().addCookies([
        { name: 'theme', value: theme, url: environment.url },
        { name: 'lang', value: language, url: environment.url },
      ]);
      await page.setViewportSize({ width: 360, height: 740 });
      await musterbook.reload();
      await expect(strip(musterbook)).toBeVisible();
      const look = async () => {
        await page.waitForLoadState('networkidle');
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        expect(violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`))).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      };
      await look();
      if (language === 'zh-CN') await expect(strip(musterbook)).toContainText(`服务帐户`);
      await strip(musterbook).getByRole('link').click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expect(page.getByRole('dialog').locator('form button')).toBeVisible();
      await look();
    });
  }
}

test('U5 a success stays for 5 seconds, and as long as somebody is at it', async ({ as, accounts }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const name = await accounts.make('undo-toast');
  const list = await musterbook.list(`?q=${name}`);
  // The browser's time goes on only where it is told to: what is waited for here takes none of the 5 seconds.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await (await list.delete(name)).submitAndClose();
  const told = toast(musterbook);
  await expect(told).toContainText(name);
  await expect(page.locator('.toasts [role=status]').filter({ has: told })).toHaveCount(1);
  await page.clock.runFor(4_500);
  await expect(told).toBeVisible();
  await told.hover();
  await page.clock.runFor(6_000);
  await expect(told).toBeVisible();
  await page.mouse.move(0, 0);
  await page.clock.runFor(5_000);
  await expect(told).toBeHidden();
  // What it offered is still beside the page.
  await expect(strip(musterbook)).toContainText(name);
  await page.clock.runFor(9 * 60_000);
  await expect(strip(musterbook)).toContainText('1 minute left');
  await page.clock.runFor(60_000);
  await expect(strip(musterbook)).toBeHidden();
});

test('U5 who leaves a dialog before its answer is told, and a failure stays until it is closed', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('undo-left');
  const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = musterbook;
  const list = await musterbook.list(`?q=${name}`);
  // What was chosen would be lost by leaving, and that is asked.
  page.on('dialog', question => void question.accept());
  let answered = false;
  /** The next answer comes once `act` is done. */
  const late = async (path: string, act: () => Promise<unknown>) => {
    answered = false;
    await page.route(path, async route => {
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await act();
      answered = true;
      await route.continue();
    });
  };
  await late('**/api/roles/change', async () => undefined);
  const role = await list.changeRole(name);
  await role.chooseRole('Role/viewer');
  await role.submitButton.click();
  await page.keyboard.press('Escape');
  await expect(toast(musterbook)).toContainText(`Role of ${name} changed`);
  expect(answered).toBe(true);
  await expect(list.row(name)).toContainText('viewer');

  await late('**/api/accounts/delete', async () => {
    await admin.deleteAccount(name);
    await admin.createAccount(name);
  });
  await musterbook.goto(`${listPath()}?q=${name}&delete=${name}`);
  const dialog = await DeleteDialog.opened(musterbook);
  await dialog.submitButton.click();
  await page.keyboard.press('Escape');
  const alert = page.getByRole('alert').locator('.toast.bad');
  const reason = `Delete ${name}? It was deleted, and another one with the same name was made. Nothing was changed.`;
  await expect(alert).toContainText(reason);
  await page.waitForTimeout(6_000);
  await expect(alert).toBeVisible();
  await alert.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(reason);
  await alert.getByRole('button', { name: 'Close' }).click();
  await expect(alert).toBeHidden();
  expect(await admin.accountExists(name)).toBe(true);
});
