import { expect, type Locator } from '@playwright/test';

import { ChangeRoleDialog, DeleteDialog, EditDialog, IssueDialog, SettingsDialog } from './dialogs.ts';
import type { Musterbook } from './musterbook.ts';
import { YamlPage } from './yaml.ts';

export class DetailsPage {
  readonly #console: Musterbook;
  readonly name: string;

  constructor(console: Musterbook, name: string) {
    this.#console = console;
    this.name = name;
  }

  get #page() {
    return this.#console.page;
  }

  /** A fact of the card at the left, by its term. */
  fact(term: string): Locator {
    const terms = this.#page.getByRole('term').filter({ hasText: new RegExp(`^${term}$`) });
    return terms.locator('xpath=following-sibling::dd[1]');
  }

  /** What is wrong with the role, and the buttons that mend it. */
  get repairs(): Locator {
    return this.#page.locator('form#mend');
  }

  /** Comes back with the answer. */
  async mend(button: string): Promise<void> {
    const answer = this.#page.waitForResponse(response => response.request().method() === 'POST');
    await this.repairs.getByRole('button', { name: button, exact: true }).click();
    await answer;
    await this.#console.settle();
  }

  async chooseAnotherRole(): Promise<ChangeRoleDialog> {
    await this.repairs.getByRole('link', { name: 'Choose another role' }).click();
    await this.#console.settle();
    return ChangeRoleDialog.opened(this.#console);
  }

  get editButton(): Locator {
    return this.#page.getByRole('main').getByRole('link', { name: 'Edit Information', exact: true });
  }

  get moreButton(): Locator {
    return this.#page.getByRole('button', { name: 'More', exact: true });
  }

  get issueButton(): Locator {
    return this.#page.getByRole('link', { name: 'Issue kubeconfig', exact: true });
  }

  async edit(): Promise<EditDialog> {
    await this.editButton.click();
    return EditDialog.opened(this.#console);
  }

  async #more(action: string): Promise<void> {
    await this.moreButton.click();
    await this.#page.getByRole('link', { name: action, exact: true }).click();
    await this.#console.settle();
  }

  async settings(): Promise<SettingsDialog> {
    await this.#more('Edit Settings');
    return SettingsDialog.opened(this.#console);
  }

  async changeRole(): Promise<ChangeRoleDialog> {
    await this.#more('Change Role');
    return ChangeRoleDialog.opened(this.#console);
  }

  async delete(): Promise<DeleteDialog> {
    await this.#more('Delete');
    return DeleteDialog.opened(this.#console);
  }

  async editYaml(): Promise<YamlPage> {
    await this.#more('Edit YAML');
    return YamlPage.opened(this.#console, this.name);
  }

  async issue(): Promise<IssueDialog> {
    await this.issueButton.click();
    return IssueDialog.opened(this.#console);
  }

  /** The panel of a token Secret. */
  secret(name: string): Locator {
    return this.#page.getByRole('region', { name: new RegExp(name) });
  }

  async backToList(): Promise<void> {
    await this.#page.getByRole('main').getByRole('link', { name: 'Service Accounts', exact: true }).click();
    await expect(this.#console.heading('Service Accounts')).toBeVisible();
    await this.#console.settle();
  }
}
