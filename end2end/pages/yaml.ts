import { expect, type Download, type Locator, type Response } from '@playwright/test';

import { Code } from './code.ts';
import type { Musterbook } from './musterbook.ts';

export class YamlPage extends Code {
  readonly #console: Musterbook;
  readonly name: string;

  constructor(console: Musterbook, name: string) {
    super(console.page, console.live, console.page.getByRole('main'), /^(YAML of|.* 的 YAML)/);
    this.#console = console;
    this.name = name;
  }

  static async opened(console: Musterbook, name: string): Promise<YamlPage> {
    const page = new YamlPage(console, name);
    await console.settle();
    await page.shown();
    return page;
  }

  /** What the API server says to the text. */
  get verdict(): Locator {
    return this.#console.page.getByRole('main').getByRole('status').filter({ hasText: /cluster/ });
  }

  get merge(): Locator {
    return this.#console.page.getByRole('region', { name: 'Somebody changed this account meanwhile' });
  }

  button(name: string): Locator {
    return this.#console.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  async #press(name: string, asked: string): Promise<Response> {
    const answer = this.#console.page.waitForResponse(
      response => response.request().method() === 'POST' && (!this.#console.live || response.url().includes(asked)),
    );
    await this.button(name).click();
    return answer;
  }

  async review(): Promise<void> {
    await this.#press('Review', 'yaml-check');
  }

  async save(): Promise<void> {
    await this.#press('Save', 'yaml-save');
  }

  async takeMerged(): Promise<void> {
    await this.button('Take the merged text').click();
    await expect(this.merge).toBeHidden();
  }

  async download(): Promise<Download> {
    const started = this.#console.page.waitForEvent('download');
    await this.button('Download').click();
    return started;
  }
}
