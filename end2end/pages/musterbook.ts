// The console in a browser: where its pages are, and what all of them have.

import { expect, type APIResponse, type Locator, type Page, type Response } from '@playwright/test';

import { PROJECT } from '../cluster.ts';
import { environment } from '../environment.ts';
import { DetailsPage } from './details.ts';
import { ChangeRoleDialog } from './dialogs.ts';
import { ListPage } from './list.ts';
import { ProjectsPage } from './projects.ts';
import { SignInPage } from './sign-in.ts';
import { YamlPage } from './yaml.ts';

export const WORKSPACE = 'demo-workspace';

export function listPath(project = PROJECT, workspace = WORKSPACE): string {
  return `/${workspace}/clusters/local/projects/${project}/serviceaccounts`;
}

/** The list of all projects of a workspace, or of all workspaces. */
export function wideListPath(workspace?: string): string {
  return `${workspace ? `/${workspace}` : ''}/clusters/local/serviceaccounts`;
}

export function detailsPath(name: string, project = PROJECT, workspace = WORKSPACE): string {
  return `${listPath(project, workspace)}/${name}`;
}

export class Musterbook {
  readonly page: Page;
  /** WebAssembly takes the pages over. */
  readonly live: boolean;

  constructor(page: Page, live: boolean) {
    this.page = page;
    this.live = live;
  }

  /** In the same browser, with the same session. */
  async anotherTab(): Promise<Musterbook> {
    return new Musterbook(await this.page.context().newPage(), this.live);
  }

  async goto(path: string): Promise<Response | null> {
    const response = await this.page.goto(path);
    await this.settle();
    return response;
  }

  /** A click before the page is live would be lost to tests, though not to people: links and forms work at once. */
  async settle(): Promise<void> {
    if (this.live) await expect(this.page.locator('html')).toHaveAttribute('data-live', '');
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.settle();
  }

  async signIn(next = '/sign-in'): Promise<SignInPage> {
    await this.goto(next);
    return new SignInPage(this);
  }

  async projects(query = ''): Promise<ProjectsPage> {
    await this.goto(`/projects${query}`);
    return new ProjectsPage(this);
  }

  async list(query = '', project = PROJECT): Promise<ListPage> {
    await this.goto(`${listPath(project)}${query}`);
    return new ListPage(this);
  }

  async wideList(query = '', workspace?: string): Promise<ListPage> {
    await this.goto(`${wideListPath(workspace)}${query}`);
    return new ListPage(this);
  }

  /** A switcher of the breadcrumb, opened. */
  async openSwitcher(kind: 'Workspace' | 'Project'): Promise<Locator> {
    const button = this.page.getByRole('button', { name: new RegExp(`^${kind} .*: switch$`) });
    await button.click();
    const menu = this.page.locator(`#${await button.getAttribute('popovertarget')}`);
    await expect(menu).toBeVisible();
    return menu;
  }

  async details(name: string, query = '', project = PROJECT): Promise<DetailsPage> {
    await this.goto(`${detailsPath(name, project)}${query}`);
    return new DetailsPage(this, name);
  }

  /** By its address, over the list: a row that is just being drawn anew takes its menu along. */
  async changeRole(name: string): Promise<ChangeRoleDialog> {
    await this.goto(`${listPath()}?q=${name}&role=${name}`);
    return ChangeRoleDialog.opened(this);
  }

  async yaml(name: string, project = PROJECT): Promise<YamlPage> {
    await this.goto(`${detailsPath(name, project)}/yaml`);
    return YamlPage.opened(this, name);
  }

  /** A string is all of it: the page of an account's YAML has the account's name in its own. */
  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name });
  }

  alert(text: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: text });
  }

  async openPreferences(): Promise<void> {
    await this.page.getByRole('button', { name: /(Preferences|偏好设置)$/ }).click();
  }

  /** Loads the page anew. */
  async choose(preference: 'Language' | 'Theme', value: string): Promise<void> {
    await this.openPreferences();
    const chinese = { Language: '语言', Theme: '主题' }[preference];
    await this.page.getByLabel(new RegExp(`^(${preference}|${chinese})$`)).selectOption({ label: value });
    await this.page.getByRole('button', { name: /^(Apply|应用)$/ }).click();
    await this.settle();
  }

  async signOut(): Promise<void> {
    await this.openPreferences();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(this.heading('Sign in')).toBeVisible();
  }

  /**
   * What others make comes to the console's caches a moment later, and plans and exports are read from there: comes back
   * when all these words are in them.
   */
  async hasHeardOf(words: string[], list = listPath()): Promise<void> {
    const missing = async () => {
      const answer = await this.page.request.get(`${list}/export.csv`);
      const text = await answer.text();
      return words.filter(word => !text.includes(word));
    };
    await expect.poll(missing).toEqual([]);
  }

  /** Posts to a page as its form would, with fields and headers that no form has. */
  post(
    page: string,
    fields: Record<string, string>,
    headers: Record<string, string> = { origin: environment.url },
  ): Promise<APIResponse> {
    return this.page.request.post(page, { form: fields, headers, maxRedirects: 0 });
  }

  /** The address without its origin. */
  get path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }
}
