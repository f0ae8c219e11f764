// Issuing a kubeconfig: what is asked for is what is meant (SPEC K1).

import { expect, test } from '../checks.ts';
import { parseKubeconfig } from '../cluster.ts';

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
