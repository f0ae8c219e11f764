import { expect, type Download, type Locator, type Response } from '@playwright/test';

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
    await console.settle();
    if (console.live) await expect(page.box).toBeVisible();
    await expect(page.editor).toBeVisible();
    return page;
  }

  /** What is typed into: the editor, or the text area where there are no scripts. */
  get editor(): Locator {
    return this.#console.page.getByRole('textbox', { name: /^(YAML of|.* 的 YAML)/ });
  }

  /** The form's field, which holds the text, whether it is seen or not. */
  get field(): Locator {
    return this.#console.page.locator('#yaml');
  }

  /** The editor with its gutters and panels. */
  get box(): Locator {
    return this.#console.page.locator('.cm-editor');
  }

  /** Lines of the text that are drawn. */
  get lines(): Locator {
    return this.box.locator('.cm-line');
  }

  /** What the API server says to the text. */
  get verdict(): Locator {
    return this.#console.page.getByRole('main').getByRole('status').filter({ hasText: /cluster/ });
  }

  get merge(): Locator {
    return this.#console.page.getByRole('region', { name: 'Somebody changed this account meanwhile' });
  }

  text(): Promise<string> {
    return this.field.inputValue();
  }

  async fill(text: string): Promise<void> {
    if (this.#console.live) {
      await this.editor.click();
      await this.#console.page.keyboard.press('ControlOrMeta+a');
      await this.#console.page.keyboard.insertText(text);
    } else {
      await this.field.fill(text);
    }
    await expect(this.field).toHaveValue(text);
  }

  /** Replaces a part of the text. */
  async replace(what: string | RegExp, by: string): Promise<void> {
    const text = await this.text();
    expect(text).toMatch(what);
    await this.fill(text.replace(what, by));
  }

  /** Puts the caret behind the first `text`. */
  async goBehind(text: string): Promise<void> {
    const before = (await this.text()).split(text)[0] ?? '';
    const line = before.split('\n').length;
    await this.lines.nth(line - 1).click();
    await this.#console.page.keyboard.press('End');
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
