import type { Locator } from '@playwright/test';

import { passwordOf, type Person } from '../environment.ts';
import type { Musterbook } from './musterbook.ts';

export class SignInPage {
  readonly #console: Musterbook;

  constructor(console: Musterbook) {
    this.#console = console;
  }

  get problem(): Locator {
    return this.#console.page.getByRole('main').getByRole('alert');
  }

  async as(person: Person): Promise<void> {
    await this.with(person, passwordOf(person));
    await this.#console.page.waitForURL(url => url.pathname !== '/sign-in');
    await this.#console.settle();
  }

  /** Comes back when the answer is there. */
  async with(user: string, password: string): Promise<void> {
    const { page } = this.#console;
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password').fill(password);
    const answer = page.waitForResponse(response => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await answer;
    await page.waitForLoadState();
  }
}
