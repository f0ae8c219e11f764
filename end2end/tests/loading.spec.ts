// What the list shows while other rows are loaded (SPEC L6).

import type { Page } from '@playwright/test';

import { expect, hold, test } from '../checks.ts';
import { WORKSPACE, listPath, wideListPath } from '../pages/musterbook.ts';

const LIST = '**/api/accounts/list';

/** Whether bars stand in the place of rows, where there are none yet. */
function bars(page: Page): Promise<boolean> {
  return page.locator('table').evaluate(table => {
    const { content, height } = getComputedStyle(table, '::after');
    return content !== 'none' && height === '570px';
  });
}

/** Where the parts of the page are that must not move. */
async function places(page: Page): Promise<number[]> {
  const parts = [page.locator('h1'), page.getByRole('searchbox').last(), page.locator('thead tr')];
  return Promise.all(parts.map(async part => Math.round((await part.boundingBox())?.y ?? -1)));
}

for (const width of [1360, 360]) {
  test(`L6 from the projects, bars stand where the rows come, and nothing moves, ${width} px`, async ({ as }) => {
    const musterbook = await as('project-regular', { viewport: { width, height: 860 } });
    const { page } = musterbook;
    await musterbook.projects();
    const release = await hold(page, LIST);
    await page.getByRole('main').getByRole('link', { name: /^demo-project\b/ }).click();
    const card = page.locator('section.card');
    await expect(card).toHaveAttribute('aria-busy', 'true');
    expect(await bars(page)).toBe(true);
    await expect(page.getByRole('navigation', { name: 'Where you are' })).toContainText('demo-project');
    // What isn't known isn't said.
    for (const text of ['No service accounts yet', '0 service accounts']) await expect(page.getByText(text)).toBeHidden();
    const before = await places(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    release();
    await expect(page.locator('td.name')).toHaveCount(10);
    await expect(card).not.toHaveAttribute('aria-busy');
    expect(await bars(page)).toBe(false);
    expect(await places(page)).toEqual(before);
    await expect(page).toHaveURL(listPath());
  });
}

test('L6 a search that takes long has bars over the rows that were there, and a refresh leaves them', async ({
  as,
  accounts,
}) => {
  const name = await accounts.make('loading');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list();
  const card = page.locator('section.card');
  const covered = () =>
    page.locator('td.name').first().evaluate(cell => getComputedStyle(cell, '::after').content !== 'none');
  // It goes on as it is told: how long the machine takes for a look doesn't matter.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 10_000);

  const refreshed = await hold(page, LIST);
  const asked = page.waitForRequest(LIST);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await asked;
  await page.clock.runFor(1_000);
  await expect(card).not.toHaveAttribute('aria-busy');
  expect(await covered()).toBe(false);
  refreshed();

  const release = await hold(page, LIST, body => body.includes(name));
  await list.searchField.fill(name);
  await page.getByRole('button', { name: 'Search' }).click();
  // Not at once: most answers would make it flicker.
  await expect(page).toHaveURL(/q=/);
  await page.clock.runFor(1_000);
  await expect(card).toHaveAttribute('aria-busy', 'true');
  expect(await covered()).toBe(true);
  release();
  await expect(list.names).toHaveText([name]);
  await expect(card).not.toHaveAttribute('aria-busy');
  expect(await covered()).toBe(false);

  // Where nothing was found there are no rows to cover.
  await list.search('matches-nothing');
  const nothing = page.getByRole('heading', { name: 'Nothing matches' });
  await expect(nothing).toBeVisible();
  const found = await hold(page, LIST);
  await page.getByRole('link', { name: 'Clear search and filters' }).click();
  await expect(page).toHaveURL(listPath());
  await expect(nothing).toBeVisible();
  await page.clock.runFor(1_000);
  await expect(nothing).toBeHidden();
  expect(await bars(page)).toBe(true);
  found();
  await expect(list.names).toHaveCount(10);
});

test('L6 from one project to another no row of the first passes for one of the second', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list();
  const card = page.locator('section.card');
  const release = await hold(page, LIST);
  const menu = await musterbook.openSwitcher('Project');
  await menu.getByRole('link', { name: /^demo-staging\b/ }).click();
  await expect(page).toHaveURL(listPath('demo-staging'));
  await expect(card).toHaveAttribute('aria-busy', 'true');
  release();
  await expect(card).not.toHaveAttribute('aria-busy');
  await expect(page.getByRole('table', { name: 'Service accounts of demo-staging' })).toBeVisible();
  await expect(list.row('default')).toBeVisible();

  // To a list of several it is another page.
  const wide = await hold(page, LIST);
  await (await musterbook.openSwitcher('Project')).getByRole('link', { name: 'All projects of this workspace' }).click();
  await expect(page).toHaveURL(wideListPath(WORKSPACE));
  await expect(list.sorted('Project')).toBeVisible();
  expect(await bars(page)).toBe(true);
  wide();
  await expect(list.names).toHaveCount(10);
});
