// The dialogs over the list and the details.

import { expect, type Locator } from '@playwright/test';

import type { Musterbook } from './musterbook.ts';

/** As they are in the list to choose from: a Role of the project, a ClusterRole, or none. */
export type Role = '' | `Role/${string}` | `ClusterRole/${string}`;

class Dialog {
  readonly console: Musterbook;
  readonly box: Locator;
  readonly #submit: string;

  protected constructor(console: Musterbook, title: RegExp, submit: string) {
    this.console = console;
    this.box = console.page.getByRole('dialog', { name: title });
    this.#submit = submit;
  }

  /** Open, live, and with what it shows of the cluster: a test that changes the cluster next doesn't race with that. */
  protected async shown(): Promise<void> {
    await expect(this.box).toBeVisible();
    await this.console.settle();
    await expect(this.box.getByText('Loading…', { exact: true })).toBeHidden();
  }

  field(label: string): Locator {
    return this.box.getByRole('textbox', { name: label, exact: true });
  }

  /** What is said about something that is wrong, in the dialog. */
  problem(text: string | RegExp): Locator {
    return this.box.getByRole('alert').filter({ hasText: text });
  }

  get submitButton(): Locator {
    return this.box.getByRole('button', { name: this.#submit, exact: true });
  }

  /** Posts, and comes back with the answer. */
  async submit(): Promise<void> {
    const answer = this.console.page.waitForResponse(response => response.request().method() === 'POST');
    await this.submitButton.click();
    await answer;
  }

  async submitAndClose(): Promise<void> {
    await this.submit();
    await expect(this.box).toBeHidden();
    await this.console.settle();
  }

  async cancel(): Promise<void> {
    await this.box.getByRole('link', { name: 'Cancel', exact: true }).click();
    await expect(this.box).toBeHidden();
  }
}

class WithRole extends Dialog {
  get roles(): Locator {
    return this.box.getByRole('combobox', { name: 'Project Role' });
  }

  /** An entry of the list, with what it says about itself. */
  role(role: Role): Locator {
    return this.roles.locator(`option[value="${role}"]`);
  }

  async chooseRole(role: Role): Promise<void> {
    await this.roles.selectOption(role);
  }
}

export class CreateDialog extends WithRole {
  static async opened(console: Musterbook): Promise<CreateDialog> {
    const dialog = new CreateDialog(console, /^Create Service Account$/, 'Create');
    await dialog.shown();
    return dialog;
  }

  async fill(account: { name?: string; alias?: string; description?: string; role?: Role }): Promise<void> {
    if (account.name !== undefined) await this.field('Name').fill(account.name);
    if (account.alias !== undefined) await this.field('Alias').fill(account.alias);
    if (account.description !== undefined) await this.field('Description').fill(account.description);
    if (account.role !== undefined) await this.chooseRole(account.role);
  }
}

export class EditDialog extends Dialog {
  /** After a conflict: the version that was saved meanwhile, and the one that was typed. */
  version(title: 'In the cluster now' | 'What you typed'): Locator {
    return this.box.locator('section').filter({ has: this.console.page.getByRole('heading', { name: title }) });
  }

  static async opened(console: Musterbook): Promise<EditDialog> {
    const dialog = new EditDialog(console, /^Edit Information: /, 'Save');
    await dialog.shown();
    return dialog;
  }
}

export class ChangeRoleDialog extends WithRole {
  /** What the chosen role means for the account, and for those who may act as it. */
  get consequences(): Locator {
    return this.box.locator('.role-field').getByRole('status');
  }

  static async opened(console: Musterbook): Promise<ChangeRoleDialog> {
    const dialog = new ChangeRoleDialog(console, /^Change Role: /, 'Change Role');
    await dialog.shown();
    return dialog;
  }
}

export class DeleteDialog extends Dialog {
  static async opened(console: Musterbook): Promise<DeleteDialog> {
    const dialog = new DeleteDialog(console, /^Delete .*\?$/, 'Delete');
    await dialog.shown();
    return dialog;
  }

  /** Asked for only where something goes with the account. */
  get confirmation(): Locator {
    return this.box.getByRole('textbox', { name: /^Type .* to confirm$/ });
  }
}

/** The plan of deleting many, then the results. */
export class BulkDeleteDialog {
  readonly console: Musterbook;
  readonly box: Locator;

  private constructor(console: Musterbook) {
    this.console = console;
    this.box = console.page.getByRole('dialog', { name: 'Delete service accounts' });
  }

  static async opened(console: Musterbook): Promise<BulkDeleteDialog> {
    const dialog = new BulkDeleteDialog(console);
    await expect(dialog.box).toBeVisible();
    return dialog;
  }

  /** An account of the plan or of the results. */
  row(name: string): Locator {
    return this.box.getByRole('listitem').filter({ has: this.console.page.getByText(name, { exact: true }) });
  }

  get names(): Locator {
    return this.box.locator('.plan code');
  }

  get confirmation(): Locator {
    return this.box.getByRole('textbox', { name: /^Type \d+ to confirm/ });
  }

  get bindings(): Locator {
    return this.box.getByRole('checkbox', { name: /^Also delete/ });
  }

  button(name: string | RegExp): Locator {
    return this.box.getByRole('button', { name });
  }

  get progress(): Locator {
    return this.box.getByRole('progressbar');
  }

  /** How it ended. */
  async ended(summary: string): Promise<void> {
    await expect(this.box.getByRole('status').filter({ hasText: summary })).toBeVisible();
  }

  get closeButton(): Locator {
    return this.box.getByRole('link', { name: 'Close', exact: true }).last();
  }

  async close(): Promise<void> {
    await this.closeButton.click();
    await expect(this.box).toBeHidden();
  }
}

export class IssueDialog extends Dialog {
  static async opened(console: Musterbook): Promise<IssueDialog> {
    const dialog = new IssueDialog(console, /^Issue kubeconfig: /, 'Issue');
    await dialog.shown();
    return dialog;
  }

  /** The file, once it is there. */
  get kubeconfig(): Locator {
    return this.box.locator('pre');
  }

  async close(): Promise<void> {
    await this.box.getByRole('link', { name: 'Close', exact: true }).last().click();
    await expect(this.box).toBeHidden();
  }
}
