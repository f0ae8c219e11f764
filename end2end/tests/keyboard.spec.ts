// The keys of the pages, their help, and the palette (SPEC U4); the main job with them alone (SPEC U3).

import type { Page } from '@playwright/test';
import { parse } from 'yaml';

import { expect, test } from '../checks.ts';
import type { Thing } from '../cluster.ts';
import { detailsPath, listPath, type Musterbook } from '../pages/musterbook.ts';
import { YamlPage } from '../pages/yaml.ts';

const STAGING = 'demo-staging';

const palette = (page: Page) => page.getByRole('dialog', { name: 'Go to…' });
const field = (page: Page) => page.getByRole('combobox', { name: 'Project, account or action' });
/** Not those of the page's own lists. */
const options = (page: Page) => palette(page).getByRole('option');
const option = (page: Page, name: string | RegExp) => palette(page).getByRole('option', { name });
const said = (page: Page, text: string) => page.locator('.toasts').getByRole('status').getByText(text);

test('U4 / searches, and a key that is typed is only typed', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list();
  await page.keyboard.press('/');
  await expect(list.searchField).toBeFocused();
  await page.keyboard.type('jkey?c/');
  await expect(list.searchField).toHaveValue('jkey?c/');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await musterbook.projects();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
});

test('U4 j and k go over the rows, and Enter opens', async ({ as }) => {
  const musterbook = await as('project-admin');
  const { page } = musterbook;
  const list = await musterbook.list('?sort=name', STAGING);
  const names = await list.names.allInnerTexts();
  const at = (place: number) => expect(list.names.nth(place)).toBeFocused();
  await page.keyboard.press('j');
  await at(0);
  await page.keyboard.press('j');
  await at(1);
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await at(0);
  // The focus can be seen.
  expect(await list.names.nth(0).evaluate(link => getComputedStyle(link).outlineStyle)).toBe('solid');
  for (let presses = 0; presses <= names.length; presses++) await page.keyboard.press('j');
  await at(names.length - 1);
  await page.keyboard.press('Enter');
  await expect(musterbook.heading(names.at(-1) ?? '')).toBeVisible();
});

test('U4 e and y edit what the row is about, c creates; the focus returns', async ({ as, accounts }) => {
  const name = await accounts.make('keys');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list(`?q=${name}`);
  await page.keyboard.press('e');
  await expect(said(page, 'Choose a row first, with j or k.')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  const edit = musterbook.dialog(`Edit Information: ${name}`);
  await expect(edit.getByRole('textbox', { name: 'Alias' })).toBeFocused();
  // In a dialog letters are letters, and outside of its fields nothing.
  await edit.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await expect(edit).toBeHidden();
  await expect(list.row(name).getByRole('link', { name, exact: true })).toBeFocused();
  await page.keyboard.press('c');
  await expect(musterbook.dialog('Create Service Account')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('y');
  await expect(musterbook.heading(`Edit YAML: ${name}`)).toBeVisible();
  await musterbook.details(name);
  await page.keyboard.press('e');
  await expect(edit).toBeVisible();
});

test('U4 A7 a key does nothing that the person may not do, and says so', async ({ as }) => {
  const musterbook = await as('project-viewer');
  const { page } = musterbook;
  await musterbook.list();
  for (const key of ['c', 'e', 'y']) {
    await page.keyboard.press('j');
    await page.keyboard.press(key);
    await expect(said(page, 'This page offers nothing for this key, or not to you.')).toHaveCount(1);
    await page.locator('.toasts').getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(musterbook.path).toBe(listPath());
  }
});

test('U4 ? tells the keys, and single ones can be turned off', async ({ as }) => {
  const musterbook = await as('project-admin');
  const { page } = musterbook;
  const list = await musterbook.list('?sort=name', STAGING);
  const help = musterbook.dialog('Keyboard shortcuts');
  await page.keyboard.press('?');
  await expect(help).toContainText('Ctrl K');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  const turn = async (choice: 'Off' | 'On') => {
    await musterbook.openPreferences();
    await page.getByLabel('Single-key shortcuts').selectOption({ label: choice });
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.getByLabel('Single-key shortcuts')).toBeHidden();
    await musterbook.settle();
  };
  await turn('Off');
  expect(musterbook.path).toBe(`${listPath(STAGING)}?sort=name`);
  await page.keyboard.press('j');
  await page.keyboard.press('?');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(field(page)).toBeFocused();
  await expect(page.getByRole('dialog')).toHaveCount(1);
  // The palette tells of the keys as well.
  await field(page).fill('keyboard');
  await page.keyboard.press('Enter');
  await expect(help).toContainText('turned off');
  await page.keyboard.press('Escape');
  await turn('On');
  await page.keyboard.press('j');
  await expect(list.names.first()).toBeFocused();
});

test('U3 U4 Tab reaches the palette’s button where it stands: before the preferences', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await musterbook.list();
  const button = page.getByRole('button', { name: 'Go to…', exact: true });
  await page.getByRole('button', { name: /^Project .*: switch$/ }).focus();
  await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Tab');
  const preferences = page.getByRole('button', { name: /Preferences$/ });
  await expect(preferences).toBeFocused();
  const [left, right] = [await button.boundingBox(), await preferences.boundingBox()];
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
});

test('U4 the palette finds accounts, projects and actions; what was opened last comes first', async ({ as, accounts }) => {
  const name = await accounts.make('palette');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await musterbook.list();
  await page.keyboard.press('ControlOrMeta+k');
  await expect(field(page)).toBeFocused();
  await expect(option(page, 'Create')).toBeVisible();
  await field(page).fill('nothing is called so');
  await expect(palette(page).getByRole('status')).toHaveText('Nothing matches.');
  await field(page).fill(name);
  await expect(option(page, name)).toContainText('demo-project');
  await expect(palette(page).getByRole('status')).toHaveText('1 entry');
  await page.keyboard.press('Enter');
  await expect(musterbook.heading(name)).toBeVisible();
  await musterbook.settle();

  // Of an account's page: its own actions. The account was opened last.
  await page.getByRole('button', { name: 'Go to…' }).click();
  const first = options(page).first();
  await expect(first).toContainText(name);
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(option(page, 'Change Role')).toBeVisible();
  await field(page).fill('edit inf');
  await page.keyboard.press('Enter');
  await expect(musterbook.dialog(`Edit Information: ${name}`)).toBeVisible();
  await page.keyboard.press('Escape');

  await page.keyboard.press('ControlOrMeta+k');
  await field(page).fill('demo-stag');
  await expect(option(page, /demo-staging/)).toContainText('demo-workspace');
  await option(page, /demo-staging/).click();
  await expect(page).toHaveURL(new RegExp(`${listPath(STAGING)}$`));
  await musterbook.settle();

  await page.keyboard.press('ControlOrMeta+k');
  await expect(options(page).first()).toContainText(STAGING);
  await page.keyboard.press('ArrowDown');
  await expect(options(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(field(page)).toHaveAttribute('aria-activedescendant', 'palette-1');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(options(page).last()).toHaveAttribute('aria-selected', 'true');
  // The same keys close it.
  await page.keyboard.press('ControlOrMeta+k');
  await expect(palette(page)).toHaveCount(0);
});

test('U4 the palette offers a viewer no action that is not theirs, and says what fails', async ({ as, trouble }) => {
  trouble.expect(/Failed to load resource/);
  const musterbook = await as('project-viewer');
  const { page } = musterbook;
  await musterbook.list();
  await page.keyboard.press('j');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(option(page, 'Keyboard shortcuts')).toBeVisible();
  for (const action of ['Create', 'Edit Information', 'Delete']) await expect(option(page, action)).toHaveCount(0);
  await page.route('**/api/accounts/list', route => route.abort());
  await field(page).fill('demo');
  await expect(palette(page).getByRole('status')).toContainText('Musterbook can\'t be reached');
  await expect(option(page, /demo-project/)).toBeVisible();
});

/** Presses Tab until `wanted` has the focus. */
async function tabTo(page: Page, wanted: ReturnType<Page['locator']>): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await wanted.evaluate(element => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not lead there');
}

test('U3 U4 the main job with the keys: create, find, edit, YAML, delete', async ({ as, accounts, admin }) => {
  const name = accounts.name('keys-job');
  const musterbook: Musterbook = await as('project-regular');
  const { page } = musterbook;
  const list = await musterbook.list();
  await page.keyboard.press('c');
  const create = musterbook.dialog('Create Service Account');
  await expect(create.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(create).toBeHidden();
  // Until the next frame a field of the closed dialog has the focus, and the keys.
  await expect(page.locator('dialog :focus')).toHaveCount(0);

  await page.keyboard.press('/');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${listPath()}?q=${name}`);
  await expect(page.getByRole('row')).toHaveCount(2);
  // Out of the field; in the lists beside it letters choose.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  const edit = musterbook.dialog(`Edit Information: ${name}`);
  await expect(edit.getByRole('textbox', { name: 'Alias' })).toBeFocused();
  await page.keyboard.type('By keys');
  await page.keyboard.press('Enter');
  await expect(edit).toBeHidden();
  expect((await admin.account(name)).metadata.annotations).toMatchObject({ 'kubesphere.io/alias-name': 'By keys' });
  // A row that is drawn anew loses the focus.
  await expect(list.row(name)).toContainText('By keys');

  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(musterbook.heading(name)).toBeVisible();
  await musterbook.settle();
  await page.keyboard.press('y');
  const yaml = await YamlPage.opened(musterbook, name);
  expect((parse(await yaml.text()) as Thing).metadata.name).toBe(name);

  await musterbook.goto(detailsPath(name));
  await page.keyboard.press('ControlOrMeta+k');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('delete');
  await page.keyboard.press('Enter');
  const confirm = musterbook.dialog(`Delete ${name}?`);
  await expect(confirm.getByRole('link', { name: 'Cancel' })).toBeFocused();
  await tabTo(page, confirm.getByRole('button', { name: 'Delete' }));
  await page.keyboard.press('Enter');
  await expect(musterbook.heading('Service Accounts')).toBeVisible();
  expect(await admin.accountExists(name)).toBe(false);
});
