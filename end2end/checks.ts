// What holds for every test: the pages say nothing bad on the console, and nothing is left in the cluster.

import { randomBytes } from 'node:crypto';

import {
  test as base,
  expect,
  request,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';

import { Admin, PROJECT } from './cluster.ts';
import { environment, passwordOf, type Person } from './environment.ts';
import { Musterbook } from './pages/musterbook.ts';

export { expect };

/** How the pages are used: as usual, with JavaScript turned off, or with WebAssembly kept away. */
export type Way = 'live' | 'without scripts' | 'without wasm';

type Options = BrowserContextOptions & { way?: Way };

/** Errors and warnings of all pages of a test. */
export class Trouble {
  readonly #found: string[] = [];
  readonly #expected: RegExp[] = [];

  /** A test that makes something fail says here what the browser will say about it. */
  expect(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  watch(context: BrowserContext): void {
    context.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#found.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', error => this.#found.push(`page error: ${error.error().stack ?? error.error().message}`));
  }

  unexpected(): string[] {
    return this.#found.filter(line => !this.#expected.some(pattern => pattern.test(line)));
  }
}

/** The names that a test uses for its accounts; they are removed after it. */
export class Accounts {
  readonly #names: { name: string; project: string }[] = [];
  readonly #admin: Admin;

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** A new name. The account itself is made by whoever wants it. */
  name(about: string, project = PROJECT): string {
    const name = `e2e-${about}-${randomBytes(3).toString('hex')}`;
    this.#names.push({ name, project });
    return name;
  }

  /** An account that somebody else made. */
  async make(about: string, annotations: Record<string, string> = {}, project = PROJECT): Promise<string> {
    const name = this.name(about, project);
    await this.#admin.createAccount(name, annotations, project);
    return name;
  }

  async removeAll(): Promise<void> {
    for (const { name, project } of this.#names) await this.#admin.cleanUp(name, project);
  }
}

/** Holds answers back until the returned function is called. */
export async function hold(page: Page, url: string, which: (body: string) => boolean = () => true): Promise<() => void> {
  let release = () => {};
  const gate = new Promise<void>(resolve => (release = resolve));
  await page.route(url, async route => {
    if (which(route.request().postData() ?? '')) await gate;
    await route.continue();
  });
  return release;
}

/** What the page does with its next frame is done: a dialog whose content has just come gives it the focus then. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(drawn => requestAnimationFrame(drawn)));
}

interface Fixtures {
  trouble: Trouble;
  admin: Admin;
  accounts: Accounts;
  /** The way of a whole file; a single call of `as` may choose another. */
  way: Way;
  /** The console in a browser of its own, signed in as a person or (`null`) not at all. */
  as: (person: Person | null, options?: Options) => Promise<Musterbook>;
}

interface WorkerFixtures {
  /** Cookie of a session, one for each person and worker: signing in itself has its own tests. */
  sessionOf: (person: Person) => Promise<Awaited<ReturnType<BrowserContext['storageState']>>>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  way: ['live', { option: true }],

  trouble: [
    async ({}, use) => {
      const trouble = new Trouble();
      await use(trouble);
      expect(trouble.unexpected(), 'errors and warnings on the browser’s console').toEqual([]);
    },
    { auto: true },
  ],

  admin: async ({}, use) => use(new Admin()),

  accounts: async ({ admin }, use) => {
    const accounts = new Accounts(admin);
    await use(accounts);
    await accounts.removeAll();
  },

  sessionOf: [
    async ({}, use) => {
      const sessions = new Map<Person, Promise<Awaited<ReturnType<BrowserContext['storageState']>>>>();
      await use(person => {
        const session = sessions.get(person) ?? signIn(person);
        sessions.set(person, session);
        return session;
      });
    },
    { scope: 'worker' },
  ],

  // Depends on `accounts` so that pages are closed before what they show is removed.
  as: async ({ accounts: _, browser, contextOptions, sessionOf, trouble, way }, use, info) => {
    const contexts: BrowserContext[] = [];
    await use(async (person, { way: ownWay, ...options } = {}) => {
      const theWay = ownWay ?? way;
      const context = await browser.newContext({
        ...contextOptions,
        ...projectOptions(info.project.use),
        ...(person && { storageState: await sessionOf(person) }),
        javaScriptEnabled: theWay !== 'without scripts',
        ...options,
      });
      trouble.watch(context);
      if (theWay === 'without wasm') await keepWasmAway(context, trouble);
      contexts.push(context);
      return new Musterbook(await context.newPage(), theWay === 'live');
    });
    for (const context of contexts) await context.close();
  },
});

type Use = typeof base extends { use: (options: infer O) => void } ? O : never;

/** `browser.newContext` doesn't know what the configuration says. */
function projectOptions(use: Use): BrowserContextOptions {
  const { baseURL, viewport, locale, timezoneId, colorScheme } = use as BrowserContextOptions;
  return {
    ...(baseURL && { baseURL }),
    ...(viewport && { viewport }),
    ...(locale && { locale }),
    ...(timezoneId && { timezoneId }),
    ...(colorScheme && { colorScheme }),
  };
}

async function keepWasmAway(context: BrowserContext, trouble: Trouble): Promise<void> {
  await context.route(/\.wasm(\?|$)/, route => route.abort());
  trouble.expect(/\.wasm/, /Failed to fetch/);
}

async function signIn(person: Person): ReturnType<BrowserContext['storageState']> {
  const browser = await request.newContext({ baseURL: environment.url });
  const answer = await browser.post('/sign-in', {
    headers: { origin: environment.url },
    form: { _fn: '/api/auth/sign-in', user: person, password: passwordOf(person), next: '/projects' },
    maxRedirects: 0,
  });
  if (answer.status() !== 303) throw new Error(`${person} can't sign in: ${answer.status()}`);
  const session = await browser.storageState();
  await browser.dispose();
  return session;
}
