// One visit of a page in a browser of its own, and what it cost.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type BrowserContext, type CDPSession, type Page } from '@playwright/test';

import { sleep } from '../tools/stats.ts';
import { inPage, type InPage, type Wanted } from './in-page.ts';
import { Network } from './network.ts';

/** A console as the bench sees it. */
export interface Console {
  name: string;
  /** Gives the context what the console asks for before it shows anything. */
  signIn: (context: BrowserContext) => Promise<void>;
  /** The list of a project. */
  address: (project: string) => string;
  wanted: Wanted;
}

/** A slower machine and network, or this one as it is. */
export interface Pace {
  cpu: number;
  network: keyof typeof NETWORKS | null;
}

export const FULL_PACE: Pace = { cpu: 1, network: null };
export const SLOW_PACE: Pace = { cpu: 4, network: 'fast4g' };

/** As the browser's developer tools have it. */
const NETWORKS = {
  fast4g: { latency: 165, downloadThroughput: ((9e6 / 8) * 9) / 10, uploadThroughput: ((1.5e6 / 8) * 9) / 10 },
};

/** As in playwright.config.ts, and with exact figures about memory. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

const PATIENCE = 120_000;
/** What a page does after it is usable belongs to it, too. */
const SETTLING = 2_000;

export interface Visit {
  row: number;
  usable: number;
  /** Script time until the page was usable. */
  script: number;
  blocked: number;
  bytesToRow: number;
  bytes: number;
  /** JavaScript heap after a collection, and the memory of WebAssembly. */
  heap: number;
  nodes: number;
}

export type VisitResult = keyof Visit;

/** Runs with a new profile. */
export async function withBrowser<T>(
  executablePath: string,
  of: Console,
  act: (context: BrowserContext) => Promise<T>,
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'musterbook-bench-'));
  const viewport = { width: 1440, height: 900 };
  const context = await chromium.launchPersistentContext(profile, { executablePath, viewport, args: ARGUMENTS });
  try {
    await of.signIn(context);
    // The browser itself has things to do at its start.
    await sleep(1_000);
    return await act(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

export interface Opened {
  page: Page;
  cdp: CDPSession;
  network: Network;
}

/** Begins a visit in a new tab. */
export async function open(context: BrowserContext, address: string, wanted: Wanted, pace: Pace): Promise<Opened> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await page.addInitScript(inPage, wanted);
  const network = await Network.watch(cdp);
  await cdp.send('Performance.enable');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: pace.cpu });
  if (pace.network) {
    await cdp.send('Network.emulateNetworkConditions', { offline: false, ...NETWORKS[pace.network] });
  }
  await page.goto(address, { waitUntil: 'commit', timeout: PATIENCE });
  return { page, cdp, network };
}

/** Visits the list without a click. */
export async function visit(context: BrowserContext, of: Console, project: string, pace: Pace): Promise<Visit> {
  const { page, cdp, network } = await open(context, of.address(project), { ...of.wanted, create: null }, pace);
  await until(page, 'usable');
  const script = await metric(cdp, 'ScriptDuration');
  await until(page, 'row');
  await sleep(SETTLING * pace.cpu);
  const bytes = network.bytes();
  for (let round = 0; round < 2; round += 1) await cdp.send('HeapProfiler.collectGarbage');
  const seen = await page.evaluate(() => {
    const { row = NaN, usable = NaN, blocked, memories } = (window as unknown as { bench: InPage }).bench;
    const wasm = [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
    return { row, usable, blocked, wasm, origin: performance.timeOrigin };
  });
  const visit = {
    row: seen.row,
    usable: seen.usable,
    script: script * 1_000,
    blocked: seen.blocked,
    bytesToRow: network.bytes(seen.origin + seen.row),
    bytes,
    heap: (await metric(cdp, 'JSHeapUsedSize')) + seen.wasm,
    nodes: await page.evaluate(() => document.getElementsByTagName('*').length),
  };
  await page.close();
  return visit;
}

/** From asking for the list to the answer of a click on *Create*, made as soon as it is visible. */
export async function createAnswers(context: BrowserContext, of: Console, project: string, pace: Pace): Promise<number> {
  const { page } = await open(context, of.address(project), of.wanted, pace);
  await until(page, 'answered');
  const answered = await page.evaluate(() => (window as unknown as { bench: InPage }).bench.answered ?? NaN);
  await page.close();
  return answered;
}

export async function until(page: Page, what: 'row' | 'usable' | 'answered'): Promise<void> {
  const isThere = (name: typeof what) => (window as unknown as { bench?: InPage }).bench?.[name] !== undefined;
  await page.waitForFunction(isThere, what, { timeout: PATIENCE, polling: 50 });
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(metric => metric.name === name)?.value ?? NaN;
}
