// The dialogs over the list and the details.

import { expect, type Locator } from '@playwright/test';

import { Code } from './code.ts';
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

  /** Cancels, and says yes to losing what was typed. */
  async discard(): Promise<void> {
    this.console.page.once('dialog', question => question.accept());
    await this.cancel();
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

  /** The other side of the dialog. */
  get yaml(): Code {
    return new Code(this.console.page, this.console.live, this.box, 'The account as YAML');
  }

  /** To the YAML of what is in the form. */
  async toYaml(): Promise<Code> {
    await this.box.getByRole('button', { name: 'Edit YAML' }).click();
    const { yaml } = this;
    await yaml.shown();
    return yaml;
  }

  async toForm(): Promise<void> {
    await this.box.getByRole('button', { name: 'Edit as a form' }).click();
    await expect(this.field('Name')).toBeVisible();
    await this.shown();
  }

  async fill(account: { name?: string; alias?: string; description?: string; role?: Role }): Promise<void> {
    if (account.name !== undefined) await this.field('Name').fill(account.name);
    if (account.alias !== undefined) await this.field('Alias').fill(account.alias);
    if (account.description !== undefined) await this.field('Description').fill(account.description);
    if (account.role !== undefined) await this.chooseRole(account.role);
  }
}

/** A text of several accounts, its plan, and what came of it. */
export class CreateManyDialog extends Dialog {
  static async opened(console: Musterbook): Promise<CreateManyDialog> {
    const dialog = new CreateManyDialog(console, /^Create several service accounts$/, 'Show the plan');
    await dialog.shown();
    return dialog;
  }

  get text(): Locator {
    return this.field('CSV or YAML');
  }

  async plan(text: string): Promise<void> {
    await this.text.fill(text);
    await this.submit();
    await expect(this.rows.first().or(this.box.getByText(/can be created at once|no account in/))).toBeVisible();
  }

  get rows(): Locator {
    return this.box.locator('.plan').getByRole('listitem');
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.console.page.getByText(name, { exact: true }) });
  }

  button(name: string | RegExp): Locator {
    return this.box.getByRole('button', { name });
  }

  /** What the plan or the results say in all. */
  async said(summary: string | RegExp): Promise<void> {
    await expect(this.box.getByRole('status').filter({ hasText: summary })).toBeVisible({ timeout: 30_000 });
  }

  async close(): Promise<void> {
    await this.box.getByRole('link', { name: 'Close', exact: true }).last().click();
    await expect(this.box).toBeHidden();
  }
}

export class EditDialog extends Dialog {
  /** After a conflict: the choice between one's own text and the other one's. */
  clash(text: 'alias' | 'description'): Locator {
    return this.box.locator('fieldset').filter({ has: this.console.page.locator(`[name="input[keep_${text}]"]`) });
  }

  static async opened(console: Musterbook): Promise<EditDialog> {
    const dialog = new EditDialog(console, /^Edit Information: /, 'Save');
    await dialog.shown();
    return dialog;
  }
}

export class SettingsDialog extends Dialog {
  static async opened(console: Musterbook): Promise<SettingsDialog> {
    const dialog = new SettingsDialog(console, /^Edit Settings: /, 'Save');
    await dialog.shown();
    return dialog;
  }

  list(list: 'Labels' | 'Annotations'): Locator {
    return this.box.getByRole('group', { name: list });
  }

  /** Rows that are to be seen, empty ones at the end. */
  rows(list: 'Labels' | 'Annotations'): Locator {
    return this.list(list).locator('.pair:visible');
  }

  /** The row with a key. */
  async row(list: 'Labels' | 'Annotations', key: string): Promise<Locator> {
    const keys = this.rows(list).getByRole('textbox', { name: 'Key' });
    await expect.poll(() => values(keys)).toContain(key);
    return this.rows(list).nth((await values(keys)).indexOf(key));
  }

  async value(list: 'Labels' | 'Annotations', key: string): Promise<Locator> {
    return (await this.row(list, key)).getByRole('textbox', { name: 'Value' });
  }

  /** Into the first row that is empty. */
  async add(list: 'Labels' | 'Annotations', key: string, value: string): Promise<Locator> {
    const keys = this.rows(list).getByRole('textbox', { name: 'Key' });
    const row = this.rows(list).nth((await values(keys)).indexOf(''));
    await row.getByRole('textbox', { name: 'Key' }).fill(key);
    await row.getByRole('textbox', { name: 'Value' }).fill(value);
    return row;
  }

  automount(choice: 'Not set' | 'On' | 'Off'): Locator {
    return this.box.getByRole('radio', { name: new RegExp(`^${choice} —`) });
  }

  get pullSecrets(): Locator {
    return this.box.getByRole('group', { name: 'Secrets for pulling images' });
  }

  pullSecret(name: string): Locator {
    return this.pullSecrets.getByRole('checkbox', { name, exact: true });
  }
}

function values(fields: Locator): Promise<string[]> {
  return fields.evaluateAll(fields => fields.map(field => (field as HTMLInputElement).value));
}

export class ChangeRoleDialog extends WithRole {
  /** What the chosen role means for the account, and for those who may act as it. */
  get consequences(): Locator {
    return this.box.locator('.role-field').getByRole('status');
  }

  /** The bindings that give the account rights now. */
  get held(): Locator {
    return this.box.locator('.held');
  }

  binding(text: string): Locator {
    return this.held.getByRole('listitem').filter({ hasText: text });
  }

  /** What one of the roles would mean, where it unfolds. */
  unfolded(role: string): Locator {
    return this.box.locator('.no-script > details').filter({ has: this.console.page.locator('summary').getByText(role, { exact: true }) });
  }

  async mend(button: string): Promise<void> {
    const answer = this.console.page.waitForResponse(response => response.request().method() === 'POST');
    await this.box.getByRole('button', { name: button, exact: true }).click();
    await answer;
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

  /** Offered where bindings of the account alone would stay. */
  get alsoBindings(): Locator {
    return this.box.getByRole('checkbox', { name: /^Also delete/ });
  }

  /** Asked for only where something goes with the account. */
  get confirmation(): Locator {
    return this.box.getByRole('textbox', { name: /^Type .* to confirm$/ });
  }
}

/** What can be taken back, or what came of it. */
export class UndoDialog extends Dialog {
  static async opened(console: Musterbook): Promise<UndoDialog> {
    const dialog = new UndoDialog(console, /^Undo$/, 'Undo');
    await dialog.shown();
    return dialog;
  }

  get closeLink(): Locator {
    return this.box.getByRole('link', { name: 'Close', exact: true }).last();
  }

  async close(): Promise<void> {
    await this.closeLink.click();
    await expect(this.box).toBeHidden();
    await this.console.settle();
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

  /** The file, once it is there. The commands of the form before it hold one, too. */
  get kubeconfig(): Locator {
    return this.box.getByLabel('kubeconfig', { exact: true });
  }

  async close(): Promise<void> {
    await this.box.getByRole('link', { name: 'Close', exact: true }).last().click();
    await expect(this.box).toBeHidden();
  }
}
