import { expect, type Locator } from '@playwright/test';

import { ListPage } from './list.ts';
import type { Musterbook } from './musterbook.ts';

export class ProjectsPage {
  readonly #console: Musterbook;

  constructor(console: Musterbook) {
    this.#console = console;
  }

  /** Project names, as they stand there. */
  get names(): Locator {
    return this.#console.page.getByRole('main').getByRole('listitem').getByRole('link').locator('b');
  }

  async search(text: string): Promise<void> {
    const { page } = this.#console;
    await page.getByRole('searchbox', { name: 'Search by name, alias or workspace' }).fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(url => url.searchParams.get('q') === text);
    await this.#console.settle();
  }

  async open(project: string): Promise<ListPage> {
    const link = this.#console.page.getByRole('main').getByRole('link', { name: new RegExp(`^${project}\\b`) });
    await link.click();
    await expect(this.#console.heading('Service Accounts')).toBeVisible();
    await this.#console.settle();
    return new ListPage(this.#console);
  }

  /** Where projects can't be looked up: by the name that is typed. */
  async openByName(project: string): Promise<void> {
    const { page } = this.#console;
    await this.nameField.fill(project);
    await page.getByRole('main').getByRole('button', { name: 'Open', exact: true }).click();
    await page.waitForURL(url => url.pathname !== '/projects');
    await this.#console.settle();
  }

  get nameField(): Locator {
    return this.#console.page.getByRole('textbox', { name: 'Project', exact: true });
  }
}
