// How the pages look, read and feel: accessibility, both themes, both languages, small screens, the keyboard alone.

import { mkdirSync, readFileSync } from 'node:fs';

import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from '@playwright/test';

import { expect, test } from '../checks.ts';
import { PROJECT } from '../cluster.ts';
import { environment, type Person } from '../environment.ts';
import { WORKSPACE, detailsPath, listPath, wideListPath, type Musterbook } from '../pages/musterbook.ts';

const STAGING = 'demo-staging';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const FOLDER = new URL('../screenshots/', import.meta.url).pathname;

// Half of all the tests' time: both workers share it.
test.describe.configure({ mode: 'parallel' });

type Theme = 'light' | 'dark';
type Language = 'en' | 'zh-CN';

interface Place {
  name: string;
  who: Person | null;
  path: string;
  /** What the browser says about a page that isn't there or that one may not see. */
  trouble?: RegExp;
  /** Something to be done before it is looked at. */
  open?: (page: Page) => Promise<void>;
}

/** Every page and dialog. In demo-staging, where no test makes accounts, so that pictures and words stay the same. */
const PLACES: Place[] = [
  { name: 'sign-in', who: null, path: '/sign-in' },
  { name: 'projects', who: 'project-admin', path: '/projects' },
  { name: 'no-project', who: 'newcomer', path: '/projects' },
  { name: 'list', who: 'project-admin', path: listPath(STAGING) },
  { name: 'list-of-a-viewer', who: 'project-regular', path: listPath(STAGING) },
  { name: 'no-match', who: 'project-admin', path: `${listPath(STAGING)}?q=nothing` },
  { name: 'list-of-a-workspace', who: 'project-regular', path: wideListPath(WORKSPACE) },
  { name: 'create-somewhere', who: 'project-admin', path: `${wideListPath(WORKSPACE)}?create` },
  { name: 'selection', who: 'workspace-admin', path: listPath(STAGING), open: select },
  { name: 'columns', who: 'project-admin', path: listPath(STAGING), open: page => openMenuById(page, 'columns') },
  { name: 'switcher', who: 'project-admin', path: listPath(STAGING), open: page => openMenuById(page, 'switch-project') },
  { name: 'row-menu', who: 'project-admin', path: listPath(STAGING), open: page => openMenu(page, 'seed-data') },
  { name: 'preferences', who: 'project-admin', path: listPath(STAGING), open: openPreferences },
  { name: 'keys', who: 'project-admin', path: listPath(STAGING), open: page => openByKey(page, '?') },
  { name: 'palette', who: 'project-admin', path: listPath(STAGING), open: page => openByKey(page, 'ControlOrMeta+k') },
  { name: 'create', who: 'project-admin', path: `${listPath(STAGING)}?create` },
  { name: 'create-yaml', who: 'project-admin', path: `${listPath(STAGING)}?create=yaml` },
  { name: 'create-copy', who: 'project-admin', path: `${listPath(STAGING)}?create&from=ci-deployer` },
  { name: 'create-many', who: 'project-admin', path: `${listPath(STAGING)}?create=many` },
  { name: 'create-plan', who: 'project-admin', path: `${listPath(STAGING)}?create=many`, open: plan },
  { name: 'edit', who: 'project-admin', path: `${listPath(STAGING)}?edit=ci-deployer` },
  { name: 'settings', who: 'project-admin', path: `${listPath(STAGING)}?settings=ci-deployer` },
  { name: 'settings-with-secrets', who: 'project-regular', path: `${listPath()}?settings=image-puller` },
  { name: 'role', who: 'project-admin', path: `${listPath(STAGING)}?role=ci-deployer` },
  { name: 'role-to-mend', who: 'project-regular', path: `${detailsPath('smoke-tests')}?role=smoke-tests` },
  { name: 'delete', who: 'project-admin', path: `${listPath(STAGING)}?delete=load-generator` },
  { name: 'delete-selected', who: 'project-admin', path: `${listPath(STAGING)}?delete-selected&matching` },
  { name: 'undo', who: 'project-admin', path: `${listPath(STAGING)}?undo` },
  { name: 'details', who: 'project-admin', path: detailsPath('ci-deployer', STAGING) },
  { name: 'details-with-secret', who: 'project-admin', path: detailsPath('legacy-bot') },
  { name: 'details-managed', who: 'project-admin', path: detailsPath('shop-uploader') },
  { name: 'delete-managed', who: 'project-admin', path: `${detailsPath('shop-uploader')}?delete=shop-uploader` },
  { name: 'details-to-mend', who: 'project-regular', path: detailsPath('smoke-tests') },
  { name: 'delete-with-impact', who: 'project-admin', path: `${listPath()}?delete=ci-deployer` },
  { name: 'details-of-a-viewer', who: 'project-regular', path: detailsPath('ci-deployer', STAGING) },
  { name: 'issue', who: 'project-admin', path: `${detailsPath('ci-deployer', STAGING)}?issue` },
  { name: 'yaml', who: 'project-admin', path: `${detailsPath('ci-deployer', STAGING)}/yaml` },
  { name: 'yaml-find', who: 'project-admin', path: `${detailsPath('ci-deployer', STAGING)}/yaml`, open: find },
  { name: 'denied', who: 'outsider', path: listPath(), trouble: /status of 404/ },
];

async function openMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('row').filter({ hasText: name }).getByRole('button').click();
}

async function openMenuById(page: Page, id: string): Promise<void> {
  await page.locator(`[popovertarget=${id}]`).click();
  await page.waitForLoadState('networkidle');
}

/** Over a row that has the focus. */
async function openByKey(page: Page, key: string): Promise<void> {
  await page.keyboard.press('j');
  await page.keyboard.press(key);
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function find(page: Page): Promise<void> {
  await page.locator('.cm-editor').waitFor();
  await page.locator('.cm-content').press('ControlOrMeta+f');
}

/** A plan with every kind of row. */
async function plan(page: Page): Promise<void> {
  await page.locator('#many-text').fill('name,role,pods\nlook-new,viewer,1\ndefault,,\nci-deployer,,\nNo Name,\nlook-new,\n');
  await page.locator('dialog footer button.primary').click();
  await page.locator('.plan li').first().waitFor();
}

async function select(page: Page): Promise<void> {
  const boxes = page.locator('td.pick input');
  // A phone has no boxes.
  if (await boxes.first().isVisible()) await boxes.first().check();
}

async function openPreferences(page: Page): Promise<void> {
  await page.getByRole('button', { name: /(Preferences|偏好设置)$/ }).click();
}

type As = (person: Person | null, options?: BrowserContextOptions) => Promise<Musterbook>;

/** The place, once it is all there. */
async function visit(as: As, place: Place, theme: Theme, language: Language, options: BrowserContextOptions = {}) {
  const musterbook = await as(place.who, options);
  await musterbook.page.context().addCookies([
    { name: 'theme', value: theme, url: environment.url },
    { name: 'lang', value: language, url: environment.url },
  ]);
  await musterbook.goto(place.path);
  await musterbook.page.waitForLoadState('networkidle');
  await place.open?.(musterbook.page);
  return musterbook;
}

for (const place of PLACES) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`U3 axe finds nothing on ${place.name}, ${language}, light and dark`, async ({ as, trouble }) => {
      if (place.trouble) trouble.expect(place.trouble);
      // Without motion: a colour on its way from one theme to the other is no colour.
      const { page } = await visit(as, place, 'light', language, { reducedMotion: 'reduce' });
      for (const theme of ['light', 'dark'] as const) {
        await page.locator('html').evaluate((html, theme) => (html.dataset['theme'] = theme), theme);
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        const found = violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} — ${node.failureSummary}`));
        expect(found, theme).toEqual([]);
      }
    });
  }

  test(`U3 ${place.name} at 360 px: nothing scrolls sideways`, async ({ as, trouble }) => {
    if (place.trouble) trouble.expect(place.trouble);
    const { page } = await visit(as, place, 'light', 'en', { viewport: { width: 360, height: 740 } });
    const wide = await page.evaluate(() => {
      const edges = [...document.querySelectorAll('dialog[open], main, body')].map(element => element.scrollWidth);
      return { document: document.documentElement.scrollWidth, widest: Math.max(...edges), window: innerWidth };
    });
    expect(wide.window).toBe(360);
    expect(wide.document).toBeLessThanOrEqual(360);
    expect(wide.widest).toBeLessThanOrEqual(360);
  });

  test(`U1 ${place.name} is all Chinese in Chinese`, async ({ as, admin, trouble }) => {
    if (place.trouble) trouble.expect(place.trouble);
    const { page } = await visit(as, place, 'light', 'zh-CN');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    // The list is live, and other tests make and delete accounts meanwhile; a word of the page's own stays English.
    await expect(async () => {
      const known = await wordsOfTheData(admin);
      // Who is signed in, and what was searched for.
      for (const word of [...(place.who ?? '').split('-'), 'nothing']) known.add(word);
      const texts = await page.evaluate(readableTexts);
      for (const word of await wordsOfTheData(admin)) known.add(word);
      const english = texts.filter(text =>
        (text.match(/[A-Za-z]{2,}/g) ?? []).some(word => !known.has(word.toLowerCase())),
      );
      expect(english).toEqual([]);
    }).toPass({ timeout: 20_000 });
  });
}

/** Names that are the same in every language. */
const SAME_EVERYWHERE =
  'Musterbook Kubernetes YAML API Pod Secret kubeconfig kubectl Ctrl Role ClusterRole token viewer operator managedFields ' +
  'namespace crt admin edit view local English Tab Esc Helm Argo CD Flux OLM AWS Google Azure CSV RoleBinding ' +
  'KubeSphere Deployment CronJob ClusterRoleBinding clusterrolebindings';

/** Runs in the page: what a person sees or hears, without what is data or code. */
function readableTexts(): string[] {
  const texts: string[] = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node instanceof Element ? node : node.parentElement;
    if (!element || element.closest('script, style, pre, code, textarea, .avatar, [lang="en"], [translate="no"]')) continue;
    if (node instanceof Element) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(node.getAttribute(name) ?? '');
    } else if (element.checkVisibility() || element.closest('.visually-hidden')) {
      texts.push(node.textContent ?? '');
    }
  }
  return texts.map(text => text.trim()).filter(text => text !== '');
}

/** Words of the objects that the pages show: names, aliases, descriptions, people. */
async function wordsOfTheData(admin: { must<T>(method: string, path: string): Promise<T> }): Promise<Set<string>> {
  const known = new Set(SAME_EVERYWHERE.toLowerCase().split(' '));
  const paths = [PROJECT, STAGING].flatMap(project => [
    `/api/v1/namespaces/${project}`,
    `/api/v1/namespaces/${project}/serviceaccounts`,
    `/api/v1/namespaces/${project}/pods`,
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${project}/roles`,
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${project}/rolebindings`,
  ]);
  for (const path of paths) {
    const text = JSON.stringify(await admin.must('GET', path));
    for (const word of text.match(/[A-Za-z]{2,}/g) ?? []) known.add(word.toLowerCase());
  }
  return known;
}

test('U2 the theme is in the first bytes, so that nothing flashes', async ({ as }) => {
  const musterbook = await as('project-viewer', { colorScheme: 'light' });
  const { page } = musterbook;
  await musterbook.list();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await musterbook.choose('Theme', 'Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const dark = await background();
  expect(dark).not.toBe(light);
  const html = await (await page.request.get(listPath())).text();
  expect(html.slice(0, html.indexOf('<head'))).toContain('data-theme="dark"');

  // The first frame that the browser paints is dark already.
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      if (document.body) seen.push(getComputedStyle(document.body).backgroundColor);
      if (seen.length < 5) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await musterbook.reload();
  await page.waitForFunction(() => (window as unknown as { seen: string[] }).seen.length >= 5);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(new Set(seen)).toEqual(new Set([dark]));

  await musterbook.choose('Theme', 'System');
  expect(await background()).toBe(light);
});

test('U1 the language is the browser’s until one is chosen, and switching keeps the page', async ({ as }) => {
  const chinese = await as('project-viewer', { locale: 'zh-CN' });
  await chinese.list();
  await expect(chinese.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(chinese.heading('服务帐户')).toBeVisible();

  const musterbook = await as('project-viewer');
  await musterbook.list('?q=ci&sort=name');
  await expect(musterbook.page.locator('html')).toHaveAttribute('lang', 'en');
  await musterbook.choose('Language', '简体中文');
  await expect(musterbook.heading('服务帐户')).toBeVisible();
  expect(musterbook.path).toBe(`${listPath()}?q=ci&sort=name`);
  await musterbook.reload();
  await expect(musterbook.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});

test('U1 no message is missing in one language', () => {
  const keys = (messages: object, path = ''): string[] =>
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === 'object' ? keys(value as object, `${path}${key}.`) : [`${path}${key}`],
    );
  const read = (language: Language) =>
    JSON.parse(readFileSync(new URL(`../../app/messages/${language}.json`, import.meta.url), 'utf8')) as object;
  expect(keys(read('zh-CN')).toSorted()).toEqual(keys(read('en')).toSorted());
});

/** Presses Tab until `wanted` has the focus. */
async function tabTo(page: Page, wanted: ReturnType<Page['locator']>): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await wanted.evaluate(element => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not lead there');
}

test('U3 the keyboard alone: create, open, edit, delete', async ({ as, accounts, admin }) => {
  const name = accounts.name('keyboard');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list(`?q=${name}`);

  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, list.createButton);
  await page.keyboard.press('Enter');
  const create = musterbook.dialog('Create Service Account');
  await expect(create.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Tab');
  await page.keyboard.type('No mouse was there');
  const roles = create.getByRole('combobox', { name: 'Project Role' });
  await tabTo(page, roles);
  await page.keyboard.type('viewer');
  await expect(roles).toHaveValue('Role/viewer');
  await tabTo(page, create.getByRole('button', { name: 'Create' }));
  await page.keyboard.press('Enter');
  await expect(create).toBeHidden();
  await expect(list.createButton).toBeFocused();
  await expect(list.row(name)).toContainText('By keyboard');

  await tabTo(page, list.row(name).getByRole('link', { name, exact: true }));
  await page.keyboard.press('Enter');
  await expect(musterbook.heading(name)).toBeVisible();
  const edit = page.getByRole('main').getByRole('link', { name: 'Edit Information' });
  await tabTo(page, edit);
  await page.keyboard.press('Enter');
  const dialog = musterbook.dialog(/^Edit Information/);
  await expect(dialog.getByRole('textbox', { name: 'Alias' })).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Changed by keyboard');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(edit).toBeFocused();
  expect((await admin.account(name)).metadata.annotations).toMatchObject({
    'kubesphere.io/alias-name': 'Changed by keyboard',
  });

  // A page that is drawn anew after an act closes its menu.
  await musterbook.reload();
  const more = page.getByRole('button', { name: 'More', exact: true });
  await tabTo(page, more);
  await page.keyboard.press('Enter');
  const remove = page.getByRole('link', { name: 'Delete', exact: true });
  await tabTo(page, remove);
  await page.keyboard.press('Enter');
  const confirm = musterbook.dialog(/^Delete/);
  await expect(confirm.getByRole('link', { name: 'Cancel' })).toBeFocused();
  await tabTo(page, confirm.getByRole('button', { name: 'Delete' }));
  await page.keyboard.press('Enter');
  await expect(musterbook.heading('Service Accounts')).toBeVisible();
  expect(await admin.accountExists(name)).toBe(false);
});

test('U3 Esc closes a dialog, and the focus returns to what opened it', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list('?q=ci-dep');
  await list.create();
  await page.keyboard.press('Escape');
  await expect(musterbook.dialog(/./)).toBeHidden();
  await expect(list.createButton).toBeFocused();
  await expect(page).toHaveURL(`${listPath()}?q=ci-dep`);

  for (const open of [() => list.edit('ci-deployer'), () => list.changeRole('ci-deployer'), () => list.delete('ci-deployer')]) {
    await open();
    await page.keyboard.press('Escape');
    await expect(musterbook.dialog(/./)).toBeHidden();
    await expect(list.menuButton('ci-deployer')).toBeFocused();
  }

  const details = await musterbook.details('ci-deployer');
  await details.issue();
  await page.keyboard.press('Escape');
  await expect(details.issueButton).toBeFocused();
});

test('U3 the focus stays in a dialog', async ({ as }) => {
  const musterbook = await as('project-regular');
  const dialog = await (await musterbook.list()).create();
  await expect(dialog.roles).toBeVisible();
  for (let presses = 0; presses < 20; presses++) {
    await musterbook.page.keyboard.press('Tab');
    const outside = await musterbook.page.evaluate(() => {
      const active = document.activeElement;
      return active !== document.body && !active?.closest('dialog') ? active?.outerHTML : undefined;
    });
    expect(outside).toBeUndefined();
  }
});

test('the pictures', async ({ as, trouble }) => {
  test.slow();
  trouble.expect(/status of 404/);
  mkdirSync(FOLDER, { recursive: true });
  const pictured = [
    'sign-in',
    'projects',
    'list',
    'no-match',
    'create',
    'details-with-secret',
    'issue',
    'yaml',
    'denied',
  ];
  for (const place of PLACES.filter(({ name }) => pictured.includes(name))) {
    for (const theme of ['light', 'dark'] as const) {
      const { page } = await visit(as, place, theme, 'en');
      await page.screenshot({ path: `${FOLDER}${place.name}-${theme}.png` });
      await page.setViewportSize({ width: 360, height: 740 });
      await page.screenshot({ path: `${FOLDER}${place.name}-${theme}-narrow.png` });
      await page.context().close();
    }
  }
});

test('the picture of the README', async ({ as }) => {
  const place: Place = { name: 'readme', who: 'project-regular', path: `${listPath()}?sort=name` };
  const { page } = await visit(as, place, 'light', 'en');
  const path = process.env.UPDATE_SCREENSHOT
    ? new URL('../../docs/screenshot.png', import.meta.url).pathname
    : `${FOLDER}readme.png`;
  await page.screenshot({ path });
});
