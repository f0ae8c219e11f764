// Pages that are open follow what is changed elsewhere (SPEC L4, E2, A2).

import type { Page } from '@playwright/test';

import { expect, test } from '../checks.ts';
import { passwordOf } from '../environment.ts';
import { ListPage } from '../pages/list.ts';
import { listPath, type Musterbook } from '../pages/musterbook.ts';

const STAGING = 'demo-staging';
/** Where few other tests change anything: a page looks at most once a second, and what came before is looked at first. */
const OTHER = 'other-project';
const ALIAS = 'kubesphere.io/alias-name';

/** What the page itself sees of a text: when it came, by the clock of this test. */
async function cameAt(page: Page, text: string): Promise<number> {
  return page.evaluate(
    text =>
      new Promise<number>(resolve => {
        const look = () => document.querySelector('main')!.textContent!.includes(text);
        if (look()) return resolve(Date.now());
        const observer = new MutationObserver(() => {
          if (!look()) return;
          observer.disconnect();
          resolve(Date.now());
        });
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
    text,
  );
}

test('L4 a change made elsewhere is in its row within a second, and nothing else on the page moves', async ({
  as,
  accounts,
  admin,
}) => {
  const names = [];
  for (let n = 0; n < 14; n++) names.push(await accounts.make('live-row', {}, OTHER));
  const musterbook = await as('outsider', { viewport: { width: 1000, height: 420 } });
  const { page } = musterbook;
  let streams = 0;
  page.on('request', request => (streams += Number(request.url().includes('/api/live'))));
  await musterbook.goto(`${listPath(OTHER, 'other-workspace')}?q=e2e-live-row&size=20&sort=name`);
  const list = new ListPage(musterbook);
  await expect(list.live).toHaveText('Live');
  const [changed, watched] = [names.toSorted()[2]!, names.toSorted()[3]!];
  await list.searchField.fill('typed, not searched');
  await list.menuButton(watched).click();
  await expect(list.action('Delete')).toBeVisible();
  const scrolled = await page.evaluate(() => window.scrollY);
  expect(scrolled).toBeGreaterThan(0);
  const row = await list.row(watched).elementHandle();

  const took = [];
  for (const alias of ['Alias one', 'Alias two', 'Alias three']) {
    const came = cameAt(page, alias);
    await admin.annotate(changed, { [ALIAS]: alias }, OTHER);
    const began = Date.now();
    took.push((await came) - began);
    // The next one is a first change again.
    await page.waitForTimeout(1_100);
  }
  expect(Math.max(...took)).toBeLessThan(1_000);
  await expect(list.row(changed)).toContainText('Alias three');

  await expect(list.action('Delete')).toBeVisible();
  await expect(list.searchField).toHaveValue('typed, not searched');
  expect(await page.evaluate(() => window.scrollY)).toBe(scrolled);
  expect(await row!.evaluate(row => row.isConnected)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(list.menuButton(watched)).toBeFocused();
  await admin.annotate(watched, { [ALIAS]: 'Alias four' }, OTHER);
  await expect(list.row(watched)).toContainText('Alias four');
  await expect(list.menuButton(watched)).toBeFocused();
  expect(streams, 'one stream for the tab').toBe(1);
});

test('L4 what is made elsewhere comes into the list and what is deleted goes, in every tab', async ({
  as,
  accounts,
  admin,
}) => {
  const musterbook = await as('project-regular');
  const about = `live-${Date.now()}`;
  const list = await musterbook.list(`?q=${about}`);
  const second = await musterbook.anotherTab();
  const other = await second.list(`?q=${about}`);
  for (const tab of [list, other]) {
    await expect(tab.live).toHaveText('Live');
    await expect(tab.table).toBeHidden();
  }
  const name = await accounts.make(about);
  for (const tab of [list, other]) {
    await expect(tab.row(name)).toBeVisible({ timeout: 2_000 });
    await expect(tab.pages).toContainText('1 – 1 of 1');
  }
  await admin.bind(name, 'viewer');
  await expect(list.row(name)).toContainText('viewer', { timeout: 3_000 });
  await admin.deleteAccount(name);
  for (const tab of [list, other]) await expect(tab.row(name)).toBeHidden({ timeout: 3_000 });
  await expect(musterbook.page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
});

test('L4 a dialog that is open keeps what was typed while the rows under it change', async ({ as, accounts, admin }) => {
  const name = await accounts.make('live-dialog');
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=e2e-live-dialog');
  await expect(list.live).toHaveText('Live');
  const dialog = await list.edit(name);
  // Its content has come, and the focus was put into the first field.
  await expect(dialog.field('Alias')).toBeFocused();
  await dialog.field('Description').fill('Half a sent');
  const came = cameAt(musterbook.page, 'From elsewhere');
  await admin.annotate(name, { [ALIAS]: 'From elsewhere' });
  await came;
  await expect(dialog.field('Description')).toHaveValue('Half a sent');
  await expect(dialog.field('Description')).toBeFocused();
});

test('L4 one’s own act is shown once, and the page stays live', async ({ as, accounts }) => {
  const name = accounts.name('live-own');
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=e2e-live-own');
  await expect(list.live).toHaveText('Live');
  const dialog = await list.create();
  await dialog.fill({ name, role: 'Role/viewer' });
  await dialog.submitAndClose();
  await expect(list.row(name)).toHaveCount(1);
  await expect(list.row(name)).toContainText('viewer');
  await expect(list.row(name)).not.toContainText('Not bound');
  const edit = await list.edit(name);
  await edit.field('Alias').fill('Mine');
  await edit.submitAndClose();
  await expect(list.row(name)).toContainText('Mine');
  await musterbook.page.waitForTimeout(1_500);
  await expect(list.row(name)).toHaveCount(1);
  await expect(list.row(name)).toContainText('Mine');
  await expect(list.live).toHaveText('Live');
});

test('A2 when the right is withdrawn, the rows are gone within 30 s', async ({ as, admin, trouble }) => {
  // Up to 30 s, and an older answer to whether they may is kept as long.
  test.slow();
  trouble.expect(/status of 40[34]/);
  // Somebody of whom nobody looks whether they have a project.
  await admin.whoMayListAccounts('token-issuer', STAGING, async withdraw => {
    const musterbook = await as('token-issuer');
    await expect(async () => {
      await musterbook.goto(listPath(STAGING, '-'));
      await expect(musterbook.page.getByRole('table')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 40_000 });
    await expect(musterbook.page.locator('.live')).toHaveText('Live');
    await withdraw();
    await expect(musterbook.page.getByRole('table')).toBeHidden({ timeout: 30_000 });
    await expect(musterbook.page.getByText('seed-data')).toBeHidden();
  });
});

test('S1 when the session ends elsewhere, the page asks to sign in again, and is live after it', async ({ as, trouble }) => {
  trouble.expect(/status of 401/);
  const musterbook = await as(null);
  await signIn(musterbook, 'project-auditor');
  const list = await musterbook.list();
  await expect(list.live).toHaveText('Live');
  const second = await musterbook.anotherTab();
  await second.list();
  await second.signOut();
  const again = musterbook.dialog('Sign in again');
  await expect(again).toBeVisible({ timeout: 8_000 });
  await expect(list.live).toHaveText('Reconnecting…');
  await again.getByLabel('Password').fill(passwordOf('project-auditor'));
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again).toBeHidden();
  await expect(list.live).toHaveText('Live');
  await expect(list.names).toHaveCount(10);
});

async function signIn(musterbook: Musterbook, person: 'project-auditor'): Promise<void> {
  await musterbook.goto('/sign-in');
  await musterbook.page.getByLabel('User name').fill(person);
  await musterbook.page.getByLabel('Password').fill(passwordOf(person));
  await musterbook.page.getByRole('button', { name: 'Sign in' }).click();
  await musterbook.page.waitForURL(url => url.pathname !== '/sign-in');
}

/** As a browser tells a page that its tab is in the background, or seen again. */
async function turn(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
}

test('L4 a tab in the background lets its stream go, and shows what it missed when it is seen again', async ({
  as,
  accounts,
  admin,
}) => {
  const name = await accounts.make('live-hidden');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await page.clock.install();
  const list = await musterbook.list('?q=e2e-live-hidden');
  await expect(list.live).toHaveText('Live');
  await page.clock.pauseAt(Date.now() + 10_000);
  await turn(page, true);
  await page.clock.fastForward(29_000);
  await expect(list.live).toHaveText('Live');
  await page.clock.fastForward(2_000);
  await expect(list.live).toHaveText('Paused: this tab was in the background');
  await admin.annotate(name, { [ALIAS]: 'Meanwhile' });
  await page.waitForTimeout(1_500);
  await expect(list.row(name)).not.toContainText('Meanwhile');
  await page.clock.resume();
  await turn(page, false);
  await expect(list.row(name)).toContainText('Meanwhile');
  await expect(list.live).toHaveText('Live');
});

test('E2 the details page follows its account, and a dialog keeps what was typed', async ({ as, accounts, admin }) => {
  const name = await accounts.make('live-details');
  const musterbook = await as('project-regular');
  const details = await musterbook.details(name);
  await expect(musterbook.page.locator('.live')).toHaveText('Live');
  const dialog = await details.edit();
  await dialog.field('Description').fill('Half a sent');
  await admin.bind(name, 'viewer');
  await expect(details.fact('Project role')).toContainText('viewer', { timeout: 3_000 });
  await expect(dialog.field('Description')).toHaveValue('Half a sent');
  await expect(musterbook.page.locator('.live')).toHaveText('Live');
});

test('E2 an account that somebody deletes: its page says so, and keeps what was typed', async ({ as, accounts, admin }) => {
  const name = await accounts.make('live-gone');
  const musterbook = await as('project-regular');
  const details = await musterbook.details(name);
  await expect(musterbook.page.locator('.live')).toHaveText('Live');
  const dialog = await details.edit();
  await dialog.field('Description').fill('Half a sent');
  await admin.deleteAccount(name);
  await expect(musterbook.page.getByText('Somebody deleted this account.')).toBeVisible({ timeout: 3_000 });
  await expect(dialog.field('Description')).toHaveValue('Half a sent');
  await expect(musterbook.heading(name)).toBeAttached();
  await admin.createAccount(name, { [ALIAS]: 'A new one' });
  await expect(musterbook.page.getByText('Somebody deleted this account.')).toBeHidden();
  await expect(musterbook.page.getByText('A new one')).toBeAttached();
});

test('L4 a menu that is open stays open, and keeps the focus, while what it belongs to changes', async ({ as, accounts, admin }) => {
  const name = await accounts.make('live-menu');
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=e2e-live-menu');
  await expect(list.live).toHaveText('Live');
  await list.menuButton(name).click();
  await list.action('Change Role').focus();
  await admin.annotate(name, { [ALIAS]: 'First' });
  await expect(list.row(name)).toContainText('First');
  await expect(list.action('Change Role')).toBeFocused();

  const details = await musterbook.details(name);
  await expect(list.live).toHaveText('Live');
  await details.moreButton.click();
  await list.action('Change Role').focus();
  await admin.annotate(name, { [ALIAS]: 'Second' });
  await expect(musterbook.page.getByText('Second')).toBeVisible();
  await expect(list.action('Change Role')).toBeFocused();
});
