import { expect, type Locator } from '@playwright/test';

import { DetailsPage } from './details.ts';
import { ChangeRoleDialog, CreateDialog, DeleteDialog, EditDialog, SettingsDialog } from './dialogs.ts';
import type { Musterbook } from './musterbook.ts';
import { YamlPage } from './yaml.ts';

export type Column = 'Name' | 'Project' | 'Project role' | 'Credentials' | 'Pods' | 'Created';
export type Action = 'Edit Information' | 'Edit Settings' | 'Edit YAML' | 'Change Role' | 'Clone' | 'Delete';

export class ListPage {
  readonly #console: Musterbook;

  constructor(console: Musterbook) {
    this.#console = console;
  }

  get #page() {
    return this.#console.page;
  }

  get table(): Locator {
    return this.#page.getByRole('table');
  }

  /** The links with the accounts' names, row by row. */
  get names(): Locator {
    return this.table.locator('td.name').getByRole('link');
  }

  /** Whether the list follows what changes, in a word. */
  get live(): Locator {
    return this.#page.locator('.live');
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name, exact: true }) });
  }

  /** The row's cell in a column. */
  async cell(name: string, column: Column): Promise<Locator> {
    const headers = (await this.table.getByRole('columnheader').allInnerTexts()).map(text => text.replace(/[↑↓]/, '').trim());
    return this.row(name).getByRole('cell').nth(headers.indexOf(column));
  }

  /** The box that picks an account. */
  pick(name: string): Locator {
    return this.row(name).getByRole('checkbox');
  }

  get pickPage(): Locator {
    return this.#page.getByRole('checkbox', { name: 'Select all on this page' });
  }

  /** What is said of the selection, and done with it. */
  get selection(): Locator {
    return this.#page.locator('form.selection');
  }

  get deleteSelected(): Locator {
    return this.selection.getByText('Delete selected…').filter({ visible: true });
  }

  get createButton(): Locator {
    return this.#page.getByRole('main').getByRole('link', { name: 'Create', exact: true });
  }

  menuButton(name: string): Locator {
    return this.#page.getByRole('button', { name: `More actions for ${name}`, exact: true });
  }

  get searchField(): Locator {
    return this.#page.getByRole('searchbox', { name: 'Search by name, alias or description' });
  }

  async search(text: string): Promise<void> {
    await this.searchField.fill(text);
    await this.#page.getByRole('button', { name: 'Search' }).click();
    await this.#page.waitForURL(url => (url.searchParams.get('q') ?? '') === text);
    await this.#console.settle();
  }

  async filterBy(field: 'Project role' | 'State', choice: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: field }).selectOption(choice);
    await this.#page.waitForURL(url => [...url.searchParams.values()].some(value => value !== ''));
    await this.#console.settle();
  }

  /** The filter that is on, as the link that takes it away. */
  chip(filter: string): Locator {
    return this.#page.locator('.chips').getByRole('link', { name: filter });
  }

  async toggleColumn(choice: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'Columns' }).click();
    await this.#page.getByRole('link', { name: choice }).click();
    await this.#console.settle();
  }

  async sortBy(column: Column): Promise<void> {
    await this.sorted(column).getByRole('link').click();
    await this.#console.settle();
  }

  sorted(column: Column): Locator {
    return this.#page.getByRole('columnheader', { name: new RegExp(`^${column}( [↑↓])?$`) });
  }

  get pages(): Locator {
    return this.#page.getByRole('navigation', { name: 'Pages' });
  }

  async nextPage(): Promise<void> {
    await this.pages.getByRole('link', { name: 'Next page' }).click();
    await this.#console.settle();
  }

  async rowsOnAPage(size: 10 | 20 | 50 | 100): Promise<void> {
    await this.pages.getByRole('link', { name: String(size), exact: true }).click();
    await this.#console.settle();
  }

  async open(name: string): Promise<DetailsPage> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
    await expect(this.#console.heading(name)).toBeVisible();
    await this.#console.settle();
    return new DetailsPage(this.#console, name);
  }

  async create(): Promise<CreateDialog> {
    await this.createButton.click();
    return CreateDialog.opened(this.#console);
  }

  /** The menu's entries are links. */
  action(action: Action): Locator {
    return this.#page.getByRole('link', { name: action, exact: true });
  }

  async #choose(name: string, action: Action): Promise<void> {
    await this.menuButton(name).click();
    await this.action(action).click();
    await this.#console.settle();
  }

  async edit(name: string): Promise<EditDialog> {
    await this.#choose(name, 'Edit Information');
    return EditDialog.opened(this.#console);
  }

  async settings(name: string): Promise<SettingsDialog> {
    await this.#choose(name, 'Edit Settings');
    return SettingsDialog.opened(this.#console);
  }

  async changeRole(name: string): Promise<ChangeRoleDialog> {
    await this.#choose(name, 'Change Role');
    return ChangeRoleDialog.opened(this.#console);
  }

  async clone(name: string): Promise<CreateDialog> {
    await this.#choose(name, 'Clone');
    return CreateDialog.opened(this.#console);
  }

  async delete(name: string): Promise<DeleteDialog> {
    await this.#choose(name, 'Delete');
    return DeleteDialog.opened(this.#console);
  }

  async editYaml(name: string): Promise<YamlPage> {
    await this.#choose(name, 'Edit YAML');
    return YamlPage.opened(this.#console, name);
  }
}
