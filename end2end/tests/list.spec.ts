// The list in full: its columns, the selection, the lists of several projects.

import { expect, hold, test, type Accounts } from '../checks.ts';
import { PROJECT, type Admin } from '../cluster.ts';
import { CreateManyDialog } from '../pages/dialogs.ts';
import { WORKSPACE, detailsPath, listPath, wideListPath } from '../pages/musterbook.ts';

const STAGING = 'demo-staging';
const CREDENTIALS = '**/api/accounts/credentials';

async function makeSecret(admin: Admin, account: string, about: { type: string; labels?: object; annotations?: object }) {
  const { metadata } = await admin.account(account);
  const { type, labels, annotations } = about;
  const secret = {
    type,
    metadata: {
      generateName: `${account}-`,
      labels: { ...labels },
      annotations: { 'kubernetes.io/service-account.name': account, ...annotations },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ServiceAccount', name: account, uid: metadata.uid }],
    },
  };
  return admin.must('POST', `/api/v1/namespaces/${PROJECT}/secrets`, secret);
}

/** As Musterbook notes an issued token (K4). */
async function makeHandle(admin: Admin, account: string, minutes: number): Promise<void> {
  const { metadata } = await admin.account(account);
  const expires = new Date(Date.now() + minutes * 60_000).toISOString();
  await makeSecret(admin, account, {
    type: 'musterbook.dev/credential',
    labels: { 'musterbook.dev/serviceaccount-uid': metadata.uid },
    annotations: { 'musterbook.dev/expires': expires },
  });
}

test.describe('columns', () => {
  test('L1 L2 pods are counted, and the list sorts by them', async ({ as }) => {
    const musterbook = await as('project-regular');
    const list = await musterbook.list('?sort=name');
    await expect(await list.cell('default', 'Pods')).toHaveText('2');
    await expect(await list.cell('backup-runner', 'Pods')).toHaveText('0');
    await list.sortBy('Pods');
    await expect(musterbook.page).toHaveURL(`${listPath()}?sort=-pods`);
    await expect(list.names.first()).toHaveText('queue-worker');
    await expect(list.sorted('Pods')).toHaveAttribute('aria-sort', 'descending');
    await list.toggleColumn('Hide Pods');
    await expect(list.sorted('Pods')).toBeHidden();
    // Without its header, too.
    await musterbook.page.getByRole('button', { name: 'Columns' }).click();
    await musterbook.page.getByRole('link', { name: 'Sort by Pods' }).click();
    await expect(musterbook.page).toHaveURL(`${listPath()}?hide=pods&sort=pods`);
  });

  test('A6 pods that may not be read are not 0', async ({ as }) => {
    const list = await (await as('token-issuer')).list('?q=default');
    await expect(await list.cell('default', 'Pods')).toHaveText('—You may not read pods: list pods in demo-project is missing.');
  });

  test('L1 credentials come after the rows, and nothing moves then', async ({ as, accounts, admin }) => {
    // Rows that come and go with other tests would move the columns.
    const make = (about: string) => accounts.make(`cell-${about}`);
    const [short, long, unused, none] = [await make('short'), await make('long'), await make('unused'), await make('none')];
    await makeHandle(admin, short, 6 * 60 + 30);
    await makeHandle(admin, short, 3 * 1440);
    await makeHandle(admin, long, 30 * 1440);
    const day = new Date(Date.now() - 212 * 86_400_000).toISOString().slice(0, 10);
    await makeSecret(admin, unused, {
      type: 'kubernetes.io/service-account-token',
      labels: { 'kubernetes.io/legacy-token-last-used': day },
    });
    const musterbook = await as('project-regular');
    const release = await hold(musterbook.page, CREDENTIALS);
    const list = await musterbook.list('?q=e2e-cell-');
    const cell = (name: string) => list.cell(name, 'Credentials');
    for (const name of [short, long, unused, none]) await expect(await cell(name)).toHaveAttribute('aria-busy', 'true');
    const before = await list.sorted('Created').boundingBox();
    release();
    await expect(await cell(short)).toHaveText('2 · 6 h left');
    await expect((await cell(short)).locator('.warn')).toBeVisible();
    await expect(await cell(long)).toHaveText('1 · 29 d left');
    await expect((await cell(long)).locator('.warn, .bad')).toBeHidden();
    await expect(await cell(unused)).toHaveText('1 · unused 212 d');
    await expect((await cell(unused)).locator('.bad')).toBeVisible();
    await expect(await cell(none)).toHaveText('None');
    await expect(await cell(none)).not.toHaveAttribute('aria-busy');
    expect(await list.sorted('Created').boundingBox()).toEqual(before);
    await musterbook.list('?q=legacy-bot');
    await expect(await cell('legacy-bot')).toHaveText('1 · never expires');
  });

  test('L1 one call asks for the credentials of the rows in view, again when they change, and none when hidden', async ({
    as,
    accounts,
  }) => {
    const names = await Promise.all(Array.from({ length: 11 }, () => accounts.make('credentials')));
    const musterbook = await as('project-regular');
    await musterbook.hasHeardOf(names);
    const asked: number[] = [];
    musterbook.page.on('request', request => {
      if (!request.url().endsWith('/api/accounts/credentials')) return;
      asked.push((request.postDataJSON() as { accounts: unknown[] }).accounts.length);
    });
    const list = await musterbook.list('?q=e2e-credentials-&sort=name');
    const [first = ''] = names.sort();
    await expect(await list.cell(first, 'Credentials')).toHaveText('None');
    expect(asked).toEqual([10]);
    await musterbook.page.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => asked).toEqual([10, 10]);
    await list.nextPage();
    await expect.poll(() => asked).toEqual([10, 10, 1]);
    await list.toggleColumn('Hide Credentials');
    await expect(list.sorted('Credentials')).toBeHidden();
    await musterbook.reload();
    await musterbook.page.waitForLoadState('networkidle');
    expect(asked).toEqual([10, 10, 1]);
  });

  test('A6 who may not read Secrets is told so, and not that there are none', async ({ as }) => {
    const list = await (await as('project-auditor')).list('?q=default');
    await expect(await list.cell('default', 'Credentials')).toHaveText(
      '—You may not read token Secrets: list secrets in demo-project is missing.',
    );
  });

  test('L1 without scripts, a link leads to the account’s credentials', async ({ as }) => {
    const musterbook = await as('project-regular', { way: 'without scripts' });
    const list = await musterbook.list('?q=legacy-bot');
    await (await list.cell('legacy-bot', 'Credentials')).getByRole('link').click();
    await expect(musterbook.page).toHaveURL(`${detailsPath('legacy-bot')}/resource-status?q=legacy-bot`);
  });
});

/** Twelve accounts, one after the other by name: the first two, and the two that are on the second page. */
async function makePages(accounts: Accounts, about: string): Promise<[string, string, string, string]> {
  const names: string[] = [];
  for (let number = 10; number < 22; number += 1) names.push(await accounts.make(`${about}-${number}`));
  return [names[0]!, names[1]!, names[10]!, names[11]!];
}

test.describe('selection', () => {
  test('L5 is kept over pages, sort orders and refreshes, is counted, and leads to the dialog', async ({ as, accounts }) => {
    const [first, second, , last] = await makePages(accounts, 'picked');
    const musterbook = await as('project-regular');
    const list = await musterbook.list('?q=e2e-picked-&sort=name');
    await expect(list.selection).toBeHidden();
    await list.pick(first).check();
    await list.pick(second).check();
    await expect(list.selection).toContainText('2 selected');
    await list.nextPage();
    await list.pick(last).check();
    await expect(list.selection).toContainText('3 selected');
    await list.sortBy('Pods');
    await expect(list.pick(second)).toBeChecked();
    await musterbook.page.getByRole('button', { name: 'Refresh' }).click();
    await list.search(last);
    await expect(list.pick(last)).toBeChecked();
    await expect(list.selection).toContainText('3 selected');
    await list.pick(last).uncheck();
    await expect(list.selection).toContainText('2 selected');
    await list.search('e2e-picked-');
    await expect(list.pick(second)).toBeChecked();
    const address = new URL((await list.deleteSelected.getAttribute('href')) ?? '', musterbook.page.url());
    expect(address.pathname).toBe(listPath());
    expect(address.searchParams.has('delete-selected')).toBe(true);
    expect(address.searchParams.getAll('pick')).toEqual([`${PROJECT}/${first}`, `${PROJECT}/${second}`]);
    await list.selection.getByRole('button', { name: 'Clear the selection' }).click();
    await expect(list.selection).toBeHidden();
    await expect(list.pick(second)).not.toBeChecked();
  });

  test('L5 all that match can be selected, which ends with another search', async ({ as, accounts }) => {
    const [first, , beforeLast, last] = await makePages(accounts, 'matched');
    const musterbook = await as('project-regular');
    await musterbook.hasHeardOf([last]);
    const list = await musterbook.list('?q=e2e-matched-&sort=name');
    await list.pickPage.check();
    await expect(list.selection).toContainText('10 selected');
    await list.selection.getByRole('button', { name: 'Select all 12 matching' }).click();
    await expect(list.selection).toContainText('All 12 matching are selected');
    await list.nextPage();
    await expect(list.names).toHaveText([beforeLast, last]);
    await expect(list.pick(last)).toBeChecked();
    await expect(list.deleteSelected).toHaveAttribute('href', /[?&]delete-selected&matching$/);
    // Without one of them, what is left is what can be seen.
    await list.pick(last).uncheck();
    await expect(list.selection).toContainText('1 selected');
    await list.selection.getByRole('button', { name: 'Select all 12 matching' }).click();
    await list.search(first);
    await expect(list.pick(first)).not.toBeChecked();
    await expect(list.selection).toBeHidden();
  });

  test('E4 L5 a federated account can’t be selected, and says why', async ({ as, accounts, admin }) => {
    const [other, name] = [await accounts.make('fed'), await accounts.make('fed')];
    const patch = { metadata: { labels: { 'kubefed.io/managed': 'true' } } };
    const path = `/api/v1/namespaces/${PROJECT}/serviceaccounts/${name}`;
    await admin.must('PATCH', path, patch, 'application/merge-patch+json');
    const list = await (await as('project-regular')).list('?q=e2e-fed-');
    await expect(list.pick(name)).toBeDisabled();
    await expect(list.pick(name)).toHaveAttribute('title', /managed by a federation/);
    await list.pickPage.check();
    await expect(list.pick(other)).toBeChecked();
    await expect(list.pick(name)).not.toBeChecked();
  });

  test('A7 L5 who may delete nothing has nothing to select', async ({ as }) => {
    const list = await (await as('project-viewer')).list('?q=default');
    await expect(list.row('default')).toBeVisible();
    await expect(list.table.getByRole('checkbox')).toHaveCount(0);
  });

  test('L5 what was ticked before the page was live stays so', async ({ as }) => {
    const musterbook = await as('project-regular');
    const release = await hold(musterbook.page, '**/*.wasm');
    await musterbook.page.goto(`${listPath()}?sort=name`);
    await musterbook.page.getByRole('checkbox', { name: 'Select default' }).check();
    release();
    await musterbook.settle();
    await expect(musterbook.page.getByRole('checkbox', { name: 'Select default' })).toBeChecked();
    await expect(musterbook.page.getByText('1 selected')).toBeVisible();
  });

  for (const way of ['without scripts', 'without wasm'] as const) {
    test(`L5 ${way}, the boxes are a form`, async ({ as }) => {
      const musterbook = await as('project-regular', { way });
      const list = await musterbook.list('?sort=name');
      await expect(list.selection).toBeHidden();
      await list.pick('backup-runner').check();
      await list.pick('default').check();
      await list.deleteSelected.click();
      await expect(musterbook.page).toHaveURL(/[?&]delete-selected/);
      const query = new URL(musterbook.page.url()).searchParams;
      expect(query.getAll('pick')).toEqual([`${PROJECT}/backup-runner`, `${PROJECT}/default`]);
      expect(query.get('sort')).toBe('name');
    });
  }
});

test('L7 what is listed can be exported: as it is searched and sorted, whatever the page', async ({ as }) => {
  const musterbook = await as('project-regular');
  await musterbook.list('?q=e&sort=name&page=2');
  await musterbook.page.getByRole('button', { name: 'Export' }).click();
  for (const kind of ['csv', 'yaml']) {
    const link = musterbook.page.getByRole('link', { name: new RegExp(`as ${kind}$`, 'i') });
    await expect(link).toHaveAttribute('href', `${listPath()}/export.${kind}?q=e&sort=name`);
    await expect(link).toHaveAttribute('download');
  }
});

test.describe('lists of several projects', () => {
  test('L8 a workspace’s list says which project each account is of, and leads there', async ({ as }) => {
    const musterbook = await as('workspace-admin');
    const list = await musterbook.wideList('?q=ci-dep&sort=name', WORKSPACE);
    await expect(list.names).toHaveText(['ci-deployer', 'ci-deployer']);
    const rows = list.table.getByRole('row').filter({ hasText: 'ci-deployer' });
    await expect(rows.nth(0)).toContainText(PROJECT);
    await rows.nth(1).getByRole('link', { name: STAGING, exact: true }).click();
    await expect(musterbook.page).toHaveURL(listPath(STAGING));
    await musterbook.page.goBack();
    await rows.nth(1).getByRole('link', { name: 'ci-deployer', exact: true }).click();
    await expect(musterbook.page).toHaveURL(`${detailsPath('ci-deployer', STAGING)}?q=ci-dep&sort=name`);
  });

  for (const way of ['live', 'without scripts'] as const) {
    test(`L8 what is done with a row is done in its project, ${way}`, async ({ as, accounts, admin }) => {
      const name = await accounts.make('wide');
      const musterbook = await as('project-regular', { way });
      const list = await musterbook.wideList(`?q=${name}`);
      const dialog = await list.edit(name);
      await expect(musterbook.page).toHaveURL(`${wideListPath()}?q=${name}&edit=${name}&in=${PROJECT}`);
      await dialog.field('Alias').fill('From afar');
      await dialog.submitAndClose();
      await expect(musterbook.page).toHaveURL(`${wideListPath()}?q=${name}`);
      await expect(list.row(name)).toContainText('From afar');
      await (await list.changeRole(name)).cancel();
      await (await list.delete(name)).submitAndClose();
      expect(await admin.accountExists(name)).toBe(false);
    });
  }

  test('A7 L8 each row offers what may be done in its project', async ({ as }) => {
    // Operator of the one, viewer of the other.
    const list = await (await as('project-regular')).wideList('?q=ci-dep', WORKSPACE);
    const row = (project: string) => list.row('ci-deployer').filter({ hasText: project });
    await expect(row(PROJECT).getByRole('button')).toBeVisible();
    await expect(row(PROJECT).getByRole('checkbox')).toBeEnabled();
    await expect(row(STAGING).getByRole('button')).toBeHidden();
    await expect(row(STAGING).getByRole('checkbox')).toBeDisabled();
  });

  for (const way of ['live', 'without scripts'] as const) {
    test(`L8 creating asks for the project first, ${way}`, async ({ as, accounts, admin }) => {
      const name = accounts.name('placed');
      const musterbook = await as('workspace-admin', { way });
      const list = await musterbook.wideList(`?q=${name}`, WORKSPACE);
      const dialog = await list.create();
      await expect(dialog.submitButton).toBeHidden();
      const search = dialog.box.getByRole('searchbox', { name: 'Project' });
      await search.fill('DEMO-PRO');
      if (way === 'live') await expect(dialog.box.getByRole('link', { name: STAGING })).toBeHidden();
      else await dialog.box.getByRole('button', { name: 'Search' }).click();
      await dialog.box.getByRole('link', { name: PROJECT, exact: true }).click();
      await dialog.fill({ name, role: 'Role/viewer' });
      await dialog.submitAndClose();
      await expect(list.row(name)).toContainText(PROJECT);
      expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
    });
  }

  test('L8 another project clears the role, and keeps what was typed', async ({ as }) => {
    const musterbook = await as('workspace-admin');
    const dialog = await (await musterbook.wideList('', WORKSPACE)).create();
    await dialog.box.getByRole('link', { name: PROJECT, exact: true }).click();
    await expect(dialog.field('Name')).toBeFocused();
    await dialog.fill({ name: 'kept', alias: 'Kept', role: 'Role/viewer' });
    await dialog.box.getByRole('link', { name: 'Change' }).click();
    await dialog.box.getByRole('link', { name: STAGING, exact: true }).click();
    await expect(dialog.field('Name')).toHaveValue('kept');
    await expect(dialog.field('Alias')).toHaveValue('Kept');
    await expect(dialog.roles).toHaveValue('');
  });

  test('L8 C1 another project takes the YAML along', async ({ as, accounts, admin }) => {
    const name = accounts.name('moved', STAGING);
    const musterbook = await as('workspace-admin');
    const dialog = await (await musterbook.wideList('', WORKSPACE)).create();
    await dialog.box.getByRole('link', { name: PROJECT, exact: true }).click();
    await dialog.fill({ name });
    const yaml = await dialog.toYaml();
    await yaml.replace('metadata:\n', 'metadata:\n  labels:\n    team: a # mine\n');
    await dialog.box.getByRole('link', { name: 'Change' }).click();
    await dialog.box.getByRole('link', { name: STAGING, exact: true }).click();
    await expect(yaml.field).toHaveValue(new RegExp(`team: a # mine\n[^]*namespace: ${STAGING}\n`));
    await dialog.submitAndClose();
    expect((await admin.account(name, STAGING)).metadata.labels).toEqual({ team: 'a' });

    // What names a third one is the person's own, and is told.
    await musterbook.goto(`${wideListPath(WORKSPACE)}?create=yaml`);
    await dialog.box.getByRole('link', { name: PROJECT, exact: true }).click();
    await expect(yaml.field).toHaveValue(new RegExp(`namespace: ${PROJECT}\n`));
    await yaml.replace(`namespace: ${PROJECT}`, 'namespace: other-project');
    await dialog.box.getByRole('link', { name: 'Change' }).click();
    await dialog.box.getByRole('link', { name: STAGING, exact: true }).click();
    await expect(dialog.submitButton).toBeVisible();
    await expect(yaml.field).toHaveValue(/namespace: other-project\n/);
  });

  test('L8 C5 the chosen project goes along to creating several, and back', async ({ as }) => {
    const musterbook = await as('workspace-admin');
    const { page } = musterbook;
    const dialog = await (await musterbook.wideList('', WORKSPACE)).create();
    await dialog.box.getByRole('link', { name: PROJECT, exact: true }).click();
    await dialog.box.getByRole('link', { name: 'Create several at once' }).click();
    const many = await CreateManyDialog.opened(musterbook);
    await expect(many.text).toBeVisible();
    expect(new URL(page.url()).searchParams.get('in')).toBe(PROJECT);
    await many.box.getByRole('link', { name: 'Change' }).click();
    await many.box.getByRole('link', { name: STAGING, exact: true }).click();
    await many.box.getByRole('link', { name: 'Create a single one' }).click();
    await expect(dialog.field('Name')).toBeVisible();
    expect(new URL(page.url()).searchParams.get('in')).toBe(STAGING);
  });

  test('L8 a project that is being deleted is not offered for a new account', async ({ as, admin }) => {
    const name = `e2e-going-${Date.now().toString(36)}`;
    const stays = { metadata: { name: 'stays', finalizers: ['musterbook.dev/e2e'] } };
    await admin.must('POST', '/api/v1/namespaces', { metadata: { name, labels: { 'kubesphere.io/workspace': WORKSPACE } } });
    try {
      await admin.must('POST', `/api/v1/namespaces/${name}/configmaps`, stays);
      await admin.whoMayListNamespaces('workspace-viewer', async () => {
        const musterbook = await as('workspace-viewer');
        // An older answer to whether they may is kept for a while, and what others do is heard of a moment later.
        await expect(async () => {
          const projects = await musterbook.projects(`?q=${name}`);
          await expect(projects.names).toHaveText([name], { timeout: 1_000 });
        }).toPass({ timeout: 40_000 });
        await musterbook.wideList(`?create&find=${name}`, WORKSPACE);
        const dialog = musterbook.dialog('Create Service Account');
        await expect(dialog.getByRole('link', { name })).toBeVisible();
        await admin.must('DELETE', `/api/v1/namespaces/${name}`);
        await expect(async () => {
          await musterbook.projects(`?q=${name}`);
          await expect(musterbook.page.getByText('Being deleted')).toBeVisible({ timeout: 1_000 });
        }).toPass();
        await musterbook.wideList(`?create&find=${name}`, WORKSPACE);
        await expect(dialog).toContainText('Nothing matches.');
      });
    } finally {
      const free = { metadata: { finalizers: null } };
      await admin.ask('DELETE', `/api/v1/namespaces/${name}`);
      await admin.ask('PATCH', `/api/v1/namespaces/${name}/configmaps/stays`, free, 'application/merge-patch+json');
    }
  });

  test('L8 the cluster’s list has what one may look into, and no more', async ({ as }) => {
    const musterbook = await as('outsider');
    const list = await musterbook.wideList('?q=default');
    await expect(list.row('default')).toHaveCount(1);
    await expect(await list.cell('default', 'Project')).toHaveText('other-project');
    await expect(musterbook.page.getByRole('main')).not.toContainText('demo-');
  });

  test('A6 L8 a workspace of others looks like one that isn’t there, and nothing is not found', async ({ as, trouble }) => {
    trouble.expect(/status of 404/);
    const outsider = await as('outsider');
    const texts: string[] = [];
    for (const workspace of [WORKSPACE, 'no-such-workspace']) {
      const response = await outsider.goto(wideListPath(workspace));
      expect(response?.status()).toBe(404);
      texts.push((await outsider.page.getByRole('main').innerText()).trim());
    }
    expect(texts[0]).toContain('Not found');
    expect(texts[1]).toBe(texts[0]);
    const newcomer = await as('newcomer');
    expect((await newcomer.goto(wideListPath()))?.status()).toBe(404);
  });
});

test('P3 a page of ten rows has as many elements however many accounts there are', async ({ as, accounts }) => {
  const make = (count: number) => Promise.all(Array.from({ length: count }, () => accounts.make('elements')));
  const list = await (await as('project-regular')).list('?q=e2e-elements-');
  const elements = () => list.table.evaluate(() => document.querySelectorAll('*').length);
  // Until a row's credentials have come, there is something else in their place.
  const isWhole = async (accounts: number) => {
    await expect(list.pages).toContainText(`of ${accounts}`);
    await expect(list.table.locator('td.credentials')).toHaveText(Array<string>(10).fill('None'));
  };
  await make(12);
  await isWhole(12);
  const few = await elements();
  await make(100);
  await isWhole(112);
  expect(await elements()).toBe(few);
});
