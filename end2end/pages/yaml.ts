import { expect, type Download, type Locator } from '@playwright/test';

import type { Musterbook } from './musterbook.ts';

export class YamlPage {
  readonly #console: Musterbook;
  readonly name: string;

  constructor(console: Musterbook, name: string) {
    this.#console = console;
    this.name = name;
  }

  static async opened(console: Musterbook, name: string): Promise<YamlPage> {
    const page = new YamlPage(console, name);
    await expect(page.editor).toBeVisible();
    await console.settle();
    return page;
  }

  get editor(): Locator {
    return this.#console.page.getByRole('textbox', { name: /YAML/ });
  }

  /** Replaces a part of the text. */
  async replace(what: string | RegExp, by: string): Promise<void> {
    const text = await this.editor.inputValue();
    expect(text).toMatch(what);
    await this.editor.fill(text.replace(what, by));
  }

  async #press(name: string): Promise<void> {
    const answer = this.#console.page.waitForResponse(response => response.request().method() === 'POST');
    await this.#console.page.getByRole('button', { name, exact: true }).click();
    await answer;
  }

  async check(): Promise<void> {
    await this.#press('Check');
  }

  async save(): Promise<void> {
    await this.#press('Save');
  }

  async download(): Promise<Download> {
    const started = this.#console.page.waitForEvent('download');
    await this.#console.page.getByRole('main').getByText('Download', { exact: true }).click();
    return started;
  }
}
