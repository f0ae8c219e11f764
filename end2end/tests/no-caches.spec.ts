// A console that watches nothing (`--no-caches`): people who may not list namespaces type a project's name (SPEC S2).

import { test as base, expect, type Way } from '../checks.ts';
import { PROJECT } from '../cluster.ts';
import { listPath } from '../pages/musterbook.ts';
import { Replica } from '../replica.ts';

/** A test names it before its pages, which are closed first. */
const test = base.extend<{ withoutCaches: string }>({
  withoutCaches: async ({}, use, info) => {
    const replica = await Replica.start(info.outputPath('server.log'), ['--no-caches']);
    await use(replica.url);
    await replica.stop();
  },
});

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test(`S2 without caches a project is opened by its name, ${way}`, async ({ withoutCaches, as, trouble }) => {
    trouble.expect(/status of 404/);
    const musterbook = await as('project-regular', { way, baseURL: withoutCaches });
    const { page } = musterbook;
    const projects = await musterbook.projects();
    await expect(musterbook.page.getByRole('heading', { name: 'Open a project by name' })).toBeVisible();
    await expect(projects.names).toHaveCount(0);
    // Nobody is told that they have none, or that nothing matches: it isn't known.
    const main = page.getByRole('main');
    await expect(main).not.toContainText('You belong to no project');
    await projects.search('demo');
    await expect(projects.nameField).toHaveValue('demo');
    await expect(main).not.toContainText('No project matches');

    // Somebody else's, and none.
    const words = [];
    for (const name of ['other-project', 'never-there']) {
      await musterbook.projects();
      await projects.openByName(name);
      await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
      words.push((await main.innerText()).replaceAll(name, 'NAME'));
    }
    expect(words[0]).toBe(words[1]);

    await musterbook.projects();
    await projects.openByName(PROJECT);
    await page.waitForURL(url => url.pathname === listPath());
    await musterbook.settle();
    await expect(page.locator('td.name')).toHaveCount(10);

    // From then on it is offered.
    await musterbook.projects();
    await page.getByRole('link', { name: `Open ${PROJECT}, as last time` }).click();
    await page.waitForURL(url => url.pathname === listPath());
  });
}
