import { expect, type Locator, type Page } from '@playwright/test';

/** A text area for code, and the editor in front of it where WebAssembly runs. */
export class Code {
  /** The form's field, which holds the text, whether it is seen or not. */
  readonly field: Locator;
  /** What is typed into: the editor, or the text area where there are no scripts. */
  readonly editor: Locator;
  /** The editor with its gutters and panels. */
  readonly box: Locator;
  readonly #page: Page;
  readonly #live: boolean;

  /** `within` has no other editor. */
  constructor(page: Page, live: boolean, within: Locator, name: string | RegExp) {
    this.#page = page;
    this.#live = live;
    this.field = within.locator('textarea[name=text]');
    this.editor = within.getByRole('textbox', { name });
    this.box = within.locator('.cm-editor');
  }

  async shown(): Promise<void> {
    if (this.#live) await expect(this.box).toBeVisible();
    await expect(this.editor).toBeVisible();
  }

  /** Lines of the text that are drawn. */
  get lines(): Locator {
    return this.box.locator('.cm-line');
  }

  text(): Promise<string> {
    return this.field.inputValue();
  }

  async fill(text: string): Promise<void> {
    if (this.#live) {
      await this.editor.click();
      await this.#page.keyboard.press('ControlOrMeta+a');
      await this.#page.keyboard.insertText(text);
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
    await this.#page.keyboard.press('End');
  }
}
