// What holds for every dialog: the keyboard reaches all of it and gets out again, and it needs no WebAssembly.

import type { Locator } from '@playwright/test';

import { expect, test, type Accounts } from '../checks.ts';
import type { Person } from '../environment.ts';
import { DeleteDialog, UndoDialog } from '../pages/dialogs.ts';
import { WORKSPACE, detailsPath, listPath, wideListPath, type Musterbook } from '../pages/musterbook.ts';

const STAGING = 'demo-staging';

interface Dialog {
  name: string;
  /** The page under it. */
  page: string;
  /** What names the dialog in the address. */
  query: string;
  who?: Person;
  /** It holds an editor, which is loaded when it is opened. */
  editor?: true;
  /** What has to be done before there is anything in it. Without WebAssembly the answer to that is the dialog. */
  before?: (musterbook: Musterbook, accounts: Accounts) => Promise<void>;
}

/** In demo-staging, where no test makes accounts. look.spec.ts looks at the same dialogs. */
const DIALOGS: Dialog[] = [
  { name: 'create', page: listPath(STAGING), query: 'create' },
  { name: 'create somewhere', page: wideListPath(WORKSPACE), query: 'create' },
  { name: 'create from YAML', page: listPath(STAGING), query: 'create=yaml', editor: true },
  { name: 'create a copy', page: listPath(STAGING), query: 'create&from=ci-deployer' },
  { name: 'create several', page: listPath(STAGING), query: 'create=many' },
  { name: 'edit', page: listPath(STAGING), query: 'edit=ci-deployer' },
  { name: 'edit settings', page: listPath(STAGING), query: 'settings=ci-deployer' },
  { name: 'change role', page: listPath(STAGING), query: 'role=ci-deployer' },
  { name: 'delete', page: listPath(STAGING), query: 'delete=load-generator' },
  { name: 'delete selected', page: listPath(STAGING), query: 'delete-selected&matching' },
  { name: 'undo', page: listPath(), query: 'undo', before: deleteOne },
  { name: 'issue', page: detailsPath('ci-deployer', STAGING), query: 'issue' },
];

async function deleteOne(musterbook: Musterbook, accounts: Accounts): Promise<void> {
  const name = await accounts.make('undo-dialog');
  await musterbook.goto(`${listPath()}?delete=${name}`);
  const dialog = await DeleteDialog.opened(musterbook);
  if (musterbook.live) return dialog.submitAndClose();
  await dialog.submit();
  await UndoDialog.opened(musterbook);
}

const TABBABLE = 'a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, summary, [tabindex="0"], [contenteditable=true]';

/** What the Tab key should reach: of a group of radio buttons one is enough, the arrows lead on. */
async function tabbable(box: Locator): Promise<string[]> {
  return box.evaluate((dialog, selector) => {
    const groups = new Set<string>();
    const reached = (element: Element) => {
      if (!element.checkVisibility({ visibilityProperty: true }) || (element as HTMLElement).tabIndex < 0) return false;
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
      if (groups.has(element.name)) return false;
      return groups.add(element.name);
    };
    return [...dialog.querySelectorAll(selector)].filter(reached).map(element => {
      const known = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : undefined;
      element.setAttribute('data-tab', known ?? crypto.randomUUID());
      return element.getAttribute('data-tab') ?? '';
    });
  }, TABBABLE);
}

for (const { name, page: under, query, who = 'project-admin', editor, before } of DIALOGS) {
  test(`U3 ${name}: Tab reaches every control and stays inside, Esc leads back`, async ({ as, accounts }) => {
    const musterbook = await as(who);
    const { page } = musterbook;
    await before?.(musterbook, accounts);
    await musterbook.goto(`${under}?${query}`);
    await musterbook.settle();
    const box = page.getByRole('dialog');
    await expect(box).toBeVisible();
    await expect(box.getByText('Loading…', { exact: true })).toBeHidden();
    if (editor) await expect(box.locator('.cm-editor')).toBeVisible();
    const wanted = await tabbable(box);
    expect(wanted.length).toBeGreaterThan(2);
    const reached = new Set<string>();
    for (let presses = 0; presses < 2 * wanted.length + 4; presses += 1) {
      await page.keyboard.press('Tab');
      const active = await page.evaluate(() => {
        const element = document.activeElement;
        const radio = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : undefined;
        const outside = element !== document.body && !element?.closest('dialog') ? element?.outerHTML : undefined;
        return { tab: radio ?? element?.getAttribute('data-tab') ?? '', outside };
      });
      expect(active.outside).toBeUndefined();
      reached.add(active.tab);
    }
    expect(wanted.filter(tab => !reached.has(tab))).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(box).toBeHidden();
    await expect(page).toHaveURL(under);
  });

  test(`C4 ${name} without WebAssembly: its form posts, and closing leads back`, async ({ as, accounts }) => {
    const musterbook = await as(who, { way: 'without wasm' });
    const { page } = musterbook;
    if (before) await before(musterbook, accounts);
    else await page.goto(`${under}?${query}`);
    const box = page.getByRole('dialog');
    await expect(box).toBeVisible();
    await expect(box.locator('form[method=post]')).not.toHaveCount(0);
    await box.getByRole('link', { name: 'Close', exact: true }).first().click();
    await expect(page).toHaveURL(under);
    await expect(page.getByRole('dialog')).toBeHidden();
  });
}
