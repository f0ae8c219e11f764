// Issuing a kubeconfig: what is asked for is what is meant, and what is shown once isn't lost by accident (SPEC K1, K3).

import type { Page } from '@playwright/test';

import { expect, hold, test } from '../checks.ts';
import { parseKubeconfig } from '../cluster.ts';
import { listPath } from '../pages/musterbook.ts';

const ISSUE = '**/api/credentials/kubeconfig';
const LOST = 'This kubeconfig was neither copied nor downloaded, and will not be shown again. Close it?';

/** Says no to the next question, and gives it. */
async function refusedOnce(page: Page, leave: () => Promise<unknown>): Promise<string> {
  const question = page.waitForEvent('dialog');
  const left = leave();
  const asked = await question;
  await asked.dismiss();
  await left;
  return asked.message();
}

test('K3 U3 who closes a kubeconfig that they neither copied nor downloaded is asked', async ({ as, accounts }) => {
  const name = await accounts.make('issue-once');
  const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = musterbook;
  const details = await musterbook.details(name);
  for (const save of ['Copy', 'Download']) {
    const dialog = await details.issue();
    await dialog.submit();
    await expect(dialog.kubeconfig).toContainText('apiVersion: v1');
    const done = dialog.box.getByRole('link', { name: 'Done' });
    const ways = [
      () => page.keyboard.press('Escape'),
      // Browsers don't ask for a second one by themselves.
      () => page.keyboard.press('Escape'),
      () => done.click(),
      () => page.goBack(),
    ];
    for (const leave of ways) {
      expect(await refusedOnce(page, leave)).toBe(LOST);
      await expect(dialog.kubeconfig).toContainText('apiVersion: v1');
    }
    const download = save === 'Download' && page.waitForEvent('download');
    await dialog.box.getByRole('button', { name: save }).click();
    if (download) await download;
    else await expect(dialog.box.getByRole('button', { name: 'Copied' })).toBeVisible();
    await done.click();
    await expect(dialog.box).toBeHidden();
  }
});

test('U5 copying says that it worked, and that it did not', async ({ as }) => {
  const musterbook = await as('project-regular', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = musterbook;
  await page.addInitScript(() => {
    Object.assign(window, { refused: false });
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = text =>
      Reflect.get(window, 'refused') ? Promise.reject(new DOMException('no', 'NotAllowedError')) : write(text);
  });
  await musterbook.goto(`${listPath()}?create`);
  const commands = page.getByRole('dialog').locator('.kubectl:visible');
  await commands.locator('summary').click();
  const button = commands.getByRole('button');
  await button.click();
  await expect(button).toHaveText('Copied');
  await page.evaluate(() => Object.assign(window, { refused: true }));
  await button.click();
  await expect(button).toHaveText('Copying was refused');
  await page.evaluate(() => Object.assign(window, { refused: false }));
  await button.click();
  await expect(button).toHaveText('Copied');
});

test('K1 minutes that are typed are meant, and the command says so', async ({ as, accounts }) => {
  const name = await accounts.make('issue-minutes');
  const musterbook = await as('project-regular');
  const dialog = await (await musterbook.details(name)).issue();
  await dialog.box.locator('.kubectl summary').click();
  await dialog.field('Lifetime in minutes').fill('35');
  await expect(dialog.box.getByRole('radio', { name: 'Other, in minutes:' })).toBeChecked();
  await expect(dialog.box.locator('.kubectl pre')).toContainText('--duration=2100s');
  const before = Date.now();
  await dialog.submit();
  const { token } = parseKubeconfig((await dialog.kubeconfig.textContent()) ?? '').users[0]?.user ?? {};
  const { exp } = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  expect(Math.abs(exp * 1000 - before - 35 * 60_000)).toBeLessThan(60_000);
});

test('L4 U3 a change elsewhere leaves the focus and what was chosen in the dialog', async ({ as, accounts, admin }) => {
  const name = await accounts.make('issue-live', { 'kubesphere.io/description': 'before' });
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const dialog = await (await musterbook.details(name)).issue();
  await dialog.box.getByText('Audience, names, address').click();
  const server = dialog.box.getByRole('combobox', { name: 'API server' });
  const commands = dialog.box.locator('.kubectl');
  await commands.locator('summary').click();
  await server.focus();
  await admin.annotate(name, { 'kubesphere.io/description': 'after' });
  await expect(page.getByRole('complementary').getByText('after', { exact: true })).toBeVisible();
  await expect(server).toBeFocused();
  await expect(commands.locator('pre')).toBeVisible();
});

test('U5 K3 who closes the dialog before the answer is told that a token is there which nobody saw', async ({ as, accounts }) => {
  const name = await accounts.make('issue-left');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const dialog = await (await musterbook.details(name)).issue();
  const release = await hold(page, ISSUE);
  const asked = page.waitForRequest(ISSUE);
  await dialog.submitButton.click();
  await asked;
  await page.keyboard.press('Escape');
  await expect(dialog.box).toBeHidden();
  release();
  const told = page.getByRole('alert').locator('.toast');
  await expect(told).toContainText(`A kubeconfig for ${name} was issued after its dialog was closed: nobody has seen it.`);
  await expect(told).toContainText(/Its token works until \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
});
