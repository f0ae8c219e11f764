// The switchers of the breadcrumb: another workspace, another project.

import { expect, hold, test } from '../checks.ts';
import { WORKSPACE, wideListPath } from '../pages/musterbook.ts';

test.describe('switchers', () => {
  test('S3 the workspace switcher lists workspaces, and leads to their lists', async ({ as }) => {
    const musterbook = await as('project-regular');
    await musterbook.list();
    const menu = await musterbook.openSwitcher('Workspace');
    await expect(menu.getByRole('listitem')).toHaveText(['demo-workspace 2 projects']);
    await menu.getByRole('link', { name: 'demo-workspace' }).click();
    await expect(musterbook.page).toHaveURL(wideListPath(WORKSPACE));
    await expect(musterbook.page.getByRole('button', { name: 'Project All projects: switch' })).toBeVisible();
    await (await musterbook.openSwitcher('Workspace')).getByRole('link', { name: 'All workspaces' }).click();
    await expect(musterbook.page).toHaveURL(wideListPath());
  });

  test('S3 L8 the project switcher leads to all projects of the workspace', async ({ as }) => {
    const musterbook = await as('project-regular');
    await musterbook.list();
    const menu = await musterbook.openSwitcher('Project');
    await expect(menu.getByRole('listitem')).toHaveText([/^demo-project/, /^demo-staging/]);
    await menu.getByRole('link', { name: 'All projects of this workspace' }).click();
    await expect(musterbook.page).toHaveURL(wideListPath(WORKSPACE));
  });

  test('S3 of many projects, a menu gets a few and says how many there are', async ({ as, admin }) => {
    // An older answer to whether they may is kept for a while.
    test.slow();
    const about = `e2e-many-${Date.now().toString(36)}`;
    const names = Array.from({ length: 25 }, (_, index) => `${about}-${index + 10}`);
    try {
      for (const name of names) await admin.must('POST', '/api/v1/namespaces', { metadata: { name } });
      await admin.whoMayListNamespaces('project-auditor', async () => {
        const musterbook = await as('project-auditor');
        await musterbook.list();
        const menu = await musterbook.openSwitcher('Project');
        await expect(async () => {
          const answer = musterbook.page.waitForResponse(response => (response.request().postData() ?? '').includes(about));
          await menu.getByRole('searchbox').fill('');
          await menu.getByRole('searchbox').fill(about);
          const { value } = (await (await answer).json()) as { value: { shown: unknown[]; matching: number } };
          expect([value.shown.length, value.matching]).toEqual([20, 25]);
        }).toPass({ timeout: 40_000 });
        await expect(menu.getByRole('listitem')).toHaveCount(20);
        await expect(menu).toContainText('20 of 25. Type to find others.');
        await menu.getByRole('searchbox').fill(`${about}-34`);
        await expect(menu.getByRole('listitem')).toHaveText([`${about}-34 No workspace`]);
      });
    } finally {
      for (const name of names) await admin.ask('DELETE', `/api/v1/namespaces/${name}`);
    }
  });

  test('S3 one request for what is typed at once, and a late answer to an earlier search is dropped', async ({ as }) => {
    const musterbook = await as('project-regular');
    await musterbook.list();
    const asked: string[] = [];
    musterbook.page.on('request', request => {
      if (request.url().endsWith('/api/projects/menu')) asked.push(new URLSearchParams(request.postData() ?? '').get('search') ?? '');
    });
    const release = await hold(musterbook.page, '**/api/projects/menu', body => body.includes('search=demo-pro&'));
    const menu = await musterbook.openSwitcher('Project');
    await expect(menu.getByRole('listitem')).toHaveCount(2);
    // Key by key, and however busy the machine is, at once.
    await menu.getByRole('searchbox').evaluate((field: HTMLInputElement) => {
      for (const key of 'demo-pro') {
        field.value += key;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    });
    await expect.poll(() => asked).toEqual(['', 'demo-pro']);
    await menu.getByRole('searchbox').fill('stag');
    await expect(menu.getByRole('listitem')).toHaveText([/^demo-staging/]);
    const late = musterbook.page.waitForResponse(response => (response.request().postData() ?? '').includes('search=demo-pro&'));
    release();
    await (await late).finished();
    await expect(menu.getByRole('listitem')).toHaveText([/^demo-staging/]);
  });
});
