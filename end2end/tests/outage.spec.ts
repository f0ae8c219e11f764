// The API server hangs: half-open connections, no answers. It runs alone, since nobody else would survive it.

import { expect, test } from '../checks.ts';
import { environment } from '../environment.ts';
import { listPath } from '../pages/musterbook.ts';

/** SPEC Z5: nothing hangs longer. */
const PATIENCE = 10_000;
/** For the browser and a busy machine. */
const SLACK = 2_000;

/** Stops the API server for the time of `act`. */
async function whileItHangs(act: () => Promise<void>): Promise<void> {
  process.kill(environment.controlPlane, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(environment.controlPlane, 'SIGCONT');
  }
}

test('Z5 a form that can’t be saved says so within 10 s, keeps what was typed, and works when the cluster is back', async ({
  as,
  accounts,
  admin,
  trouble,
}) => {
  trouble.expect(/status of 503/);
  const name = accounts.name('outage');
  const musterbook = await as('project-regular');
  const list = await musterbook.list();
  const dialog = await list.create();
  await dialog.fill({ name, alias: 'Typed before', description: 'And this', role: 'Role/viewer' });
  await whileItHangs(async () => {
    const began = Date.now();
    await dialog.submitButton.click();
    await expect(dialog.box.getByRole('alert').filter({ hasText: /does not answer|not known whether/ })).toBeVisible({
      timeout: PATIENCE + SLACK,
    });
    expect(Date.now() - began).toBeLessThan(PATIENCE + SLACK);
    await expect(dialog.field('Name')).toHaveValue(name);
    await expect(dialog.field('Alias')).toHaveValue('Typed before');
    await expect(dialog.field('Description')).toHaveValue('And this');
  });
  await expect(async () => {
    if (await admin.accountExists(name)) return;
    await dialog.submit();
    await expect(dialog.box).toBeHidden({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  expect(await admin.accountExists(name)).toBe(true);
});

test('Z5 L6 rows that were shown stay when a refresh fails, and come anew when the cluster is back', async ({ as, trouble }) => {
  test.setTimeout(150_000);
  trouble.expect(/status of 503/);
  const musterbook = await as('project-regular');
  const list = await musterbook.list();
  const { page } = musterbook;
  const failed = page.getByText('These rows are from before: the last refresh failed.');
  await whileItHangs(async () => {
    // From the caches, until the reviews are too old.
    await expect(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      await expect(failed).toBeVisible({ timeout: PATIENCE + SLACK });
    }).toPass({ timeout: 60_000 });
    await expect(list.names).toHaveCount(10);
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
  await expect(failed).toBeHidden({ timeout: 40_000 });
  await expect(list.names).toHaveCount(10);
});

test('Z5 a page asked for meanwhile says that the cluster does not answer, within 10 s', async ({ as, trouble }) => {
  trouble.expect(/status of 503/);
  const musterbook = await as('project-viewer');
  await whileItHangs(async () => {
    const began = Date.now();
    const answer = await musterbook.page.goto(listPath(), { timeout: PATIENCE + SLACK });
    expect(Date.now() - began).toBeLessThan(PATIENCE + SLACK);
    expect(answer?.status()).toBe(503);
    await expect(musterbook.page.getByRole('heading', { name: 'The cluster does not answer' })).toBeVisible();
    await musterbook.settle();
  });
  await expect(async () => {
    await musterbook.page.getByRole('button', { name: 'Try again' }).click({ timeout: 1_000 });
    await expect(musterbook.heading('Service Accounts')).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 30_000 });
});

test('Z5 L4 while the API server hangs nothing is called live, and the page heals by itself', async ({
  as,
  accounts,
  admin,
}) => {
  test.setTimeout(150_000);
  const name = await accounts.make('outage-live');
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=e2e-outage-live');
  await expect(list.live).toHaveText('Live');
  await expect(await list.cell(name, 'Credentials')).toHaveText('None');
  await whileItHangs(async () => {
    // A review holds for 25 s, and a call is waited for.
    await expect(list.live).toHaveText('Reconnecting…', { timeout: 45_000 });
    await expect(list.row(name)).toBeVisible();
  });
  await expect(list.live).toHaveText('Live', { timeout: 40_000 });
  await admin.annotate(name, { 'kubesphere.io/alias-name': 'After the outage' });
  await expect(list.row(name)).toContainText('After the outage', { timeout: 5_000 });
});
