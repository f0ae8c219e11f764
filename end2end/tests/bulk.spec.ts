// Many accounts at once: deleted with a plan and a result for each.

import { AxeBuilder } from '@axe-core/playwright';

import { expect, hold, test, type Accounts } from '../checks.ts';
import { accountPath, PROJECT, type Admin } from '../cluster.ts';
import { environment, passwordOf } from '../environment.ts';
import { BulkDeleteDialog } from '../pages/dialogs.ts';
import { ListPage } from '../pages/list.ts';
import { listPath, type Musterbook } from '../pages/musterbook.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const DELETE_ONE = '**/api/accounts/delete-one';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// A project whose list no other test looks at: theirs must not change under them.
const OTHER = 'other-project';
const LIST = listPath(OTHER, 'other-workspace');
/** Its administrator. */
const OWNER = 'outsider';

const picks = (names: string[]) => names.map(name => `pick=${name}`).join('&');

/** The dialog about accounts that were made for the test; `around` are their bindings. */
async function deleteMany(
  musterbook: Musterbook,
  names: string[],
  { around = [], chosen = picks(names), list = LIST }: { around?: string[]; chosen?: string; list?: string } = {},
): Promise<BulkDeleteDialog> {
  await musterbook.hasHeardOf([...names, ...around], list);
  await musterbook.goto(`${list}?delete-selected&${chosen}`);
  return BulkDeleteDialog.opened(musterbook);
}

async function make(accounts: Accounts, about: string, count: number): Promise<string[]> {
  const names: string[] = [];
  for (let number = 0; number < count; number += 1) names.push(await accounts.make(`${about}-${number}`, {}, OTHER));
  return names;
}

/** While `act` runs, nobody may delete the account. `lift` ends that before. */
async function protectedFromDeleting(admin: Admin, name: string, act: (lift: () => Promise<void>) => Promise<void>) {
  const policy = `e2e-protect-${name}`;
  const lift = async () => {
    await admin.ask('DELETE', `${ADMISSION}/validatingadmissionpolicybindings/${policy}`);
    await admin.ask('DELETE', `${ADMISSION}/validatingadmissionpolicies/${policy}`);
  };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['serviceaccounts'] };
  await admin.must('POST', `${ADMISSION}/validatingadmissionpolicies`, {
    metadata: { name: policy },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: `request.name != '${name}'`, message: 'the auditors still need this account' }],
    },
  });
  await admin.must('POST', `${ADMISSION}/validatingadmissionpolicybindings`, {
    metadata: { name: policy },
    spec: { policyName: policy, validationActions: ['Deny'] },
  });
  const refused = async () => (await admin.ask('DELETE', `${accountPath(name, OTHER)}?dryRun=All`)).status;
  try {
    await expect.poll(refused).toBe(422);
    await act(async () => {
      await lift();
      await expect.poll(refused).toBe(200);
    });
  } finally {
    await lift();
  }
}

test.describe('L5 deleting many', () => {
  test('L5 the plan says what goes with whom, asks for the number, and takes the bindings along', async ({
    as,
    accounts,
    admin,
  }) => {
    const [plain, bound, kept] = (await make(accounts, 'plan', 3)) as [string, string, string];
    const binding = await admin.bind(bound, 'viewer', OTHER);
    const musterbook = await as(OWNER);
    const chosen = `${picks([plain, bound])}&pick=default&pick=billing&pick=e2e-never-there`;
    const dialog = await deleteMany(musterbook, [plain, bound], { around: [binding], chosen });
    await expect(dialog.box).toContainText('4 service accounts will be deleted.');
    await expect(dialog.box).toContainText('2 bindings stay, and would hold for new accounts of the names');
    await expect(dialog.box).toContainText('1 pod loses the API');
    await expect(dialog.box).toContainText('Kubernetes makes “default” again');
    await expect(dialog.box).toContainText('1 account is left out');
    await expect(dialog.row(bound)).toContainText('1 binding stays');
    await expect(dialog.row('e2e-never-there')).toContainText('Already gone');
    const names = await dialog.names.allTextContents();
    expect(new Set(names.slice(0, 2))).toEqual(new Set(['billing', bound]));
    expect(names.slice(2)).toEqual(['default', 'e2e-never-there', plain]);
    await expect(dialog.box.getByRole('link', { name: 'Cancel' })).toBeFocused();

    // Without those of the sample, this time.
    const again = await deleteMany(musterbook, [plain, bound]);
    await again.button('Delete 2 accounts').click();
    await expect(again.box).toContainText('Type the number exactly.');
    await expect(again.confirmation).toBeFocused();
    expect(await admin.accountExists(plain, OTHER)).toBe(true);
    await again.confirmation.fill('2');
    await again.bindings.check();
    await again.button('Delete 2 accounts').click();
    await again.ended('2 service accounts were deleted.');
    await expect(again.row(plain)).toContainText('Deleted');
    await expect(again.closeButton).toBeFocused();
    await again.close();
    await expect.poll(() => musterbook.path).toBe(LIST);
    for (const name of [plain, bound]) expect(await admin.accountExists(name, OTHER)).toBe(false);
    expect(await admin.bindings(bound, OTHER)).toEqual([]);
    expect(await admin.accountExists(kept, OTHER)).toBe(true);
  });

  test('L5 without being asked for, bindings stay', async ({ as, accounts, admin }) => {
    const name = await accounts.make('stays', {}, OTHER);
    const binding = await admin.bind(name, 'viewer', OTHER);
    const dialog = await deleteMany(await as(OWNER), [name], { around: [binding] });
    await dialog.confirmation.fill('1');
    await dialog.button('Delete 1 account').click();
    await dialog.ended('1 service account was deleted.');
    expect((await admin.bindings(name, OTHER)).map(({ metadata }) => metadata.name)).toEqual([binding]);
  });

  test('L5 all that match are those of the search, and the list behind is read anew', async ({
    as,
    accounts,
    admin,
  }) => {
    const names = await make(accounts, 'match', 12);
    const other = await accounts.make('other', {}, OTHER);
    const musterbook = await as(OWNER);
    const dialog = await deleteMany(musterbook, names, { chosen: 'matching&q=E2E-MATCH&sort=name' });
    await expect(dialog.box).toContainText('12 service accounts will be deleted. No pod runs as them, no workload names them, and they have no credentials.');
    await expect(dialog.confirmation).toHaveCount(0);
    expect(await dialog.names.allTextContents()).toEqual([...names].sort());
    await dialog.button('Delete 12 accounts').click();
    await dialog.ended('12 service accounts were deleted.');
    await dialog.close();
    await expect.poll(() => musterbook.path).toBe(`${LIST}?q=E2E-MATCH&sort=name`);
    await expect(musterbook.page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    expect(await admin.accountExists(other, OTHER)).toBe(true);
  });

  test('X4 L5 a workload that names an account is told, at no replicas, too, and the number is asked for', async ({ as, accounts }) => {
    const plain = await accounts.make('named-nowhere');
    const dialog = await deleteMany(await as('project-regular'), [plain, 'backup-runner', 'metrics-reader'], { list: listPath() });
    await expect(dialog.box).toContainText('workloads name one of them: their next pods can’t be made');
    await expect(dialog.box).not.toContainText('no workload names them');
    await expect(dialog.row('backup-runner')).toContainText('1 workload');
    await expect(dialog.row('metrics-reader')).toContainText('1 workload');
    await expect(dialog.row(plain)).not.toContainText('workload');
    // Hardly anybody may list ClusterRoleBindings.
    await expect(dialog.box).toContainText('ClusterRoleBindings may name them as well: they can’t be seen.');
    await expect(dialog.confirmation).toBeVisible();
  });

  test('L5 each row says what came of it: refused, gone, changed, held; what was refused is tried again', async ({
    as,
    accounts,
    admin,
  }) => {
    const [gone, changed, guarded, holding, fine] = (await make(accounts, 'each', 5)) as [
      string, string, string, string, string,
    ];
    const dialog = await deleteMany(await as(OWNER), [gone, changed, guarded, holding, fine]);
    await admin.deleteAccount(gone, OTHER);
    await admin.deleteAccount(changed, OTHER);
    const { uid } = (await admin.createAccount(changed, {}, OTHER)).metadata;
    await admin.whileHeld(holding, OTHER, () =>
      protectedFromDeleting(admin, guarded, async lift => {
        await dialog.button('Delete 5 accounts').click();
        await dialog.ended('2 service accounts were deleted. 1 was gone already. 2 were not deleted.');
        await expect(dialog.row(gone)).toContainText('Already gone');
        await expect(dialog.row(changed)).toContainText('Changed since: another account has this name now');
        await expect(dialog.row(guarded)).toContainText('The cluster refused:');
        await expect(dialog.row(guarded)).toContainText('the auditors still need this account');
        await expect(dialog.row(holding)).toContainText('Being deleted: a finalizer holds it');
        await expect(dialog.row(fine)).toContainText('Deleted');
        const first = await dialog.names.allTextContents();
        expect(new Set(first.slice(0, 2))).toEqual(new Set([changed, guarded]));
        expect((await admin.account(changed, OTHER)).metadata.uid).toBe(uid);

        await lift();
        await dialog.button('Try 1 again').click();
        await dialog.ended('3 service accounts were deleted. 1 was gone already. 1 was not deleted.');
        await expect(dialog.row(guarded)).toContainText('Deleted');
        await expect(dialog.button(/again/)).toHaveCount(0);
      }),
    );
    expect(await admin.accountExists(guarded, OTHER)).toBe(false);
    expect((await admin.account(changed, OTHER)).metadata.uid).toBe(uid);
  });

  test('L5 A6 who may not delete is told so for each account', async ({ as, accounts, admin }) => {
    const names = [await accounts.make('viewed'), await accounts.make('viewed')];
    const dialog = await deleteMany(await as('project-viewer'), names, { list: listPath() });
    // What goes with them can't be seen, which is said, and so the number is asked for.
    await expect(dialog.box).toContainText('You may not read token Secrets');
    await dialog.confirmation.fill('2');
    await dialog.button('Delete 2 accounts').click();
    await dialog.ended('0 service accounts were deleted. 2 were not deleted.');
    for (const name of names) {
      await expect(dialog.row(name)).toContainText(`You may not delete serviceaccounts in ${PROJECT}.`);
      expect(await admin.accountExists(name)).toBe(true);
    }
  });

  test('L5 it can be stopped: what has begun is finished, and the rest goes on later', async ({ as, accounts, admin }) => {
    const names = await make(accounts, 'stop', 10);
    const musterbook = await as(OWNER);
    const release = await hold(musterbook.page, DELETE_ONE);
    const dialog = await deleteMany(musterbook, names);
    await dialog.button('Delete 10 accounts').click();
    await expect(dialog.progress).toHaveAttribute('max', '10');
    await expect(dialog.box).toContainText('0 of 10');
    await expect(dialog.button('Stop')).toBeFocused();
    // Which of them are first depends on the seconds in which they were made.
    await expect(dialog.box.getByText('Deleting…', { exact: true })).toHaveCount(4);
    await expect(dialog.box.getByText('Not begun', { exact: true })).toHaveCount(6);
    await dialog.button('Stop').click();
    await expect(dialog.box).toContainText('Stopping');
    release();
    await dialog.ended('4 service accounts were deleted. 6 were not begun.');
    const left = async () => (await Promise.all(names.map(name => admin.accountExists(name, OTHER)))).filter(is => is).length;
    expect(await left()).toBe(6);
    await dialog.button('Go on with 6 more').click();
    await dialog.ended('10 service accounts were deleted.');
    expect(await left()).toBe(0);
  });

  test('L5 who closes the dialog meanwhile is asked; who leaves stops it, and is told', async ({ as, accounts, admin }) => {
    const names = await make(accounts, 'leave', 9);
    const musterbook = await as(OWNER);
    const { page } = musterbook;
    const release = await hold(page, DELETE_ONE);
    const dialog = await deleteMany(musterbook, names, { chosen: `${picks(names)}&q=e2e-leave-&sort=name` });
    await dialog.button('Delete 9 accounts').click();
    const asked: string[] = [];
    page.once('dialog', async question => {
      asked.push(question.message());
      await question.dismiss();
    });
    await page.keyboard.press('Escape');
    await expect.poll(() => asked).toEqual(['Accounts are still being deleted. Leave, and stop before the next one?']);
    await expect(dialog.box).toBeVisible();
    page.once('dialog', question => question.accept());
    await dialog.box.getByRole('link', { name: 'Close', exact: true }).first().click();
    await expect(dialog.box).toBeHidden();
    release();
    await expect(page.locator('.toast')).toContainText('Stopped: 4 of 9 accounts were deleted');
    const left = await Promise.all(names.map(name => admin.accountExists(name, OTHER)));
    const stayed = names.filter((_, number) => left[number]);
    expect(stayed).toHaveLength(5);
    await expect(new ListPage(musterbook).names).toHaveText(stayed.toSorted());
  });

  test('L5 who goes back or reloads meanwhile: nothing more is begun', async ({ as, accounts, admin }) => {
    const names = await make(accounts, 'back', 9);
    const musterbook = await as(OWNER);
    const { page } = musterbook;
    // What was on its way arrives, and the page never hears of it.
    let begun = 0;
    await page.route(DELETE_ONE, async route => {
      begun += 1;
      await route.fetch();
    });
    await musterbook.goto(`${LIST}?q=e2e-back`);
    const dialog = await deleteMany(musterbook, names);
    await dialog.button('Delete 9 accounts').click();
    await expect(dialog.progress).toBeVisible();
    const left = async () =>
      (await Promise.all(names.map(name => admin.accountExists(name, OTHER)))).filter(is => is).length;
    await expect.poll(left).toBe(5);
    const asked = page.waitForEvent('dialog');
    const reloaded = page.reload().catch(() => null);
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.accept();
    await reloaded;
    await musterbook.settle();
    await expect(async () => {
      await musterbook.reload();
      await expect(dialog.box).toContainText('5 service accounts will be deleted.', { timeout: 1_000 });
    }).toPass();
    expect(begun).toBe(4);
    expect(await left()).toBe(5);
  });

  test('L5 S1 a session that ends in between stops it; after signing in it goes on', async ({ as, accounts, trouble }) => {
    trouble.expect(/status of 401/);
    const names = await make(accounts, 'session', 6);
    // A session of its own, which this test ends.
    const musterbook = await as(null);
    const { page } = musterbook;
    await (await musterbook.signIn()).as(OWNER);
    // The stream would be the first to hear of the end, and ask to sign in before anything is begun.
    await page.route('**/api/live*', () => undefined);
    const dialog = await deleteMany(musterbook, names);
    await page.context().clearCookies();
    await dialog.button('Delete 6 accounts').click();
    const again = musterbook.dialog('Sign in again');
    await expect(again).toBeVisible();
    // All that had begun was refused.
    await dialog.ended('0 service accounts were deleted. 6 were not begun.');
    await again.getByLabel('Password').fill(passwordOf(OWNER));
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(again).toBeHidden();
    await dialog.button('Go on with 6 more').click();
    await dialog.ended('6 service accounts were deleted.');
  });

  test('L5 U4 with the keyboard alone', async ({ as, accounts, admin }) => {
    const names = await make(accounts, 'keys', 2);
    const binding = await admin.bind(names[0] ?? '', 'viewer', OTHER);
    const musterbook = await as(OWNER);
    const { page } = musterbook;
    const dialog = await deleteMany(musterbook, names, { around: [binding] });
    await expect(dialog.box.getByRole('link', { name: 'Cancel' })).toBeFocused();
    // The kubectl commands stand between.
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await expect(dialog.confirmation).toBeFocused();
    await page.keyboard.type('2');
    await page.keyboard.press('Shift+Tab');
    await expect(dialog.bindings).toBeFocused();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+Tab');
    // The plan can be scrolled.
    await expect(dialog.box.locator('.plan')).toBeFocused();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('Tab');
    await expect(dialog.button('Delete 2 accounts')).toBeFocused();
    await page.keyboard.press('Enter');
    await dialog.ended('2 service accounts were deleted.');
    await expect(dialog.closeButton).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog.box).toBeHidden();
    for (const name of names) expect(await admin.bindings(name, OTHER)).toEqual([]);
  });

  for (const language of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      test(`L5 U3 axe finds nothing while it runs and on its results, ${theme}, ${language}`, async ({ as, accounts, admin }) => {
        const names = await make(accounts, 'axe', 5);
        const musterbook = await as(OWNER, { viewport: { width: 360, height: 740 } });
        const { page } = musterbook;
        await musterbook.hasHeardOf(names, LIST);
        await page.context().addCookies([
          { name: 'theme', value: theme, url: environment.url },
          { name: 'lang', value: language, url: environment.url },
        ]);
        const release = await hold(page, DELETE_ONE);
        await page.goto(`${LIST}?delete-selected&${picks(names)}`);
        await expect(page.locator('html')).toHaveAttribute('data-live', '');
        await admin.deleteAccount(names[1] ?? '', OTHER);
        await admin.createAccount(names[1] ?? '', {}, OTHER);
        const look = async () => {
          const { violations } = await new AxeBuilder({ page }).include('dialog').withTags(TAGS).analyze();
          expect(violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`))).toEqual([]);
          const wide = await page.evaluate(() => document.querySelector('dialog[open]')?.scrollWidth ?? 999);
          expect(wide).toBeLessThanOrEqual(360);
        };
        await page.locator('dialog .button.danger').click();
        await expect(page.getByRole('progressbar')).toBeVisible();
        await look();
        release();
        await expect(page.getByRole('progressbar')).toBeHidden();
        await expect(page.locator('dialog .badge.bad')).toBeVisible();
        await look();
      });
    }
  }
});

for (const way of ['without scripts', 'without wasm'] as const) {
  test.describe(`L5 C4 ${way}`, () => {
    test.use({ way });

    test(`L5 C4 ${way}: the plan is a form, and its answer a page with the results`, async ({
      as,
      accounts,
      admin,
      trouble,
    }) => {
      trouble.expect(/status of 422/);
      const [gone, changed, guarded, fine] = (await make(accounts, 'plain', 4)) as [string, string, string, string];
      const binding = await admin.bind(fine, 'viewer', OTHER);
      const musterbook = await as(OWNER);
      const dialog = await deleteMany(musterbook, [gone, changed, guarded, fine], { around: [binding] });
      await dialog.bindings.check();
      await dialog.button('Delete 4 accounts').click();
      await expect(dialog.box).toContainText('Type the number exactly.');
      await expect(dialog.bindings).toBeChecked();
      expect(await admin.accountExists(fine, OTHER)).toBe(true);
      await dialog.confirmation.fill('4');
      await admin.deleteAccount(gone, OTHER);
      await admin.deleteAccount(changed, OTHER);
      await admin.createAccount(changed, {}, OTHER);
      await protectedFromDeleting(admin, guarded, async lift => {
        await dialog.button('Delete 4 accounts').click();
        await dialog.ended('1 service account was deleted. 1 was gone already. 2 were not deleted.');
        await expect(dialog.row(gone)).toContainText('Already gone');
        await expect(dialog.row(changed)).toContainText('Changed since');
        await expect(dialog.row(guarded)).toContainText('the auditors still need this account');
        expect(await admin.bindings(fine, OTHER)).toEqual([]);
        await lift();
        await dialog.button('Try 1 again').click();
        await dialog.ended('1 service account was deleted.');
        await expect(dialog.row(guarded)).toContainText('Deleted');
      });
      await dialog.close();
      await expect.poll(() => musterbook.path).toBe(LIST);
      expect(await admin.accountExists(changed, OTHER)).toBe(true);
    });
  });
}

test('L5 C4 who is faster than WebAssembly gets the same results, which then become live', async ({
  as,
  accounts,
  admin,
}) => {
  const [guarded, fine] = (await make(accounts, 'fast', 2)) as [string, string];
  const musterbook = await as(OWNER);
  const { page } = musterbook;
  await musterbook.hasHeardOf([guarded, fine], LIST);
  const release = await hold(page, '**/*.wasm');
  await protectedFromDeleting(admin, guarded, async lift => {
    await page.goto(`${LIST}?delete-selected&${picks([guarded, fine])}`);
    const posted = page.waitForRequest(request => request.method() === 'POST');
    await page.getByRole('button', { name: 'Delete 2 accounts' }).click();
    expect((await posted).isNavigationRequest()).toBe(true);
    const dialog = await BulkDeleteDialog.opened(musterbook);
    await dialog.ended('1 service account was deleted. 1 was not deleted.');
    release();
    await musterbook.settle();
    await expect(dialog.row(guarded)).toContainText('the auditors still need this account');
    await lift();
    const called = page.waitForRequest('**/api/accounts/delete-one');
    await dialog.button('Try 1 again').click();
    await called;
    await dialog.ended('2 service accounts were deleted.');
  });
  expect(await admin.accountExists(guarded, OTHER)).toBe(false);
});
