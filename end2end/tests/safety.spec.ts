// Headers, cookies, secrets that stay where they belong, and what a first visit costs.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { APIResponse } from '@playwright/test';

import { expect, test } from '../checks.ts';
import { PROJECT, parseKubeconfig } from '../cluster.ts';
import { environment, passwordOf, type Person } from '../environment.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const KB = 1000;
/** A first visit, all files together: the WebAssembly is most of it. */
const FIRST_VISIT = 300_000;
/** What has to be there before the rows can be painted. */
const FIRST_PAINT = 30 * KB;

const PAGES: { who: Person | null; path: string; status: number }[] = [
  { who: null, path: '/sign-in', status: 200 },
  { who: 'project-regular', path: '/projects', status: 200 },
  { who: 'project-regular', path: listPath(), status: 200 },
  { who: 'project-regular', path: `${listPath()}?create`, status: 200 },
  { who: 'project-regular', path: `${listPath()}?edit=ci-deployer`, status: 200 },
  { who: 'project-regular', path: `${listPath()}?role=ci-deployer`, status: 200 },
  { who: 'project-regular', path: `${listPath()}?delete=ci-deployer`, status: 200 },
  { who: 'project-regular', path: detailsPath('legacy-bot'), status: 200 },
  { who: 'project-regular', path: `${detailsPath('legacy-bot')}?issue`, status: 200 },
  { who: 'project-regular', path: `${detailsPath('legacy-bot')}/yaml`, status: 200 },
  { who: 'outsider', path: listPath(), status: 404 },
  { who: 'outsider', path: '/no/such/page', status: 404 },
];

/** A Content-Security-Policy, taken apart. */
function policyOf(answer: APIResponse): Map<string, string[]> {
  const policy = answer.headers()['content-security-policy'] ?? '';
  const directives = policy.split(';').map(directive => directive.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...values]) => [name, values]));
}

for (const { who, path, status } of PAGES) {
  test(`Z3 the headers of ${path} as ${who ?? 'nobody'}`, async ({ as }) => {
    const answer = await (await as(who)).page.request.get(path, { maxRedirects: 0 });
    expect(answer.status()).toBe(status);
    const headers = answer.headers();
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('content-security-policy-report-only');
    const policy = policyOf(answer);
    const all = [...policy.values()].flat();
    expect(all).not.toContain("'unsafe-inline'");
    expect(all).not.toContain("'unsafe-eval'");
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('object-src')).toEqual(["'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    expect(policy.get('form-action')).toEqual(["'self'"]);
    expect(policy.get('require-trusted-types-for')).toEqual(["'script'"]);
    const nonce = policy.get('script-src')?.find(source => source.startsWith("'nonce-"))?.slice(7, -1);
    expect(nonce?.length).toBeGreaterThanOrEqual(20);
    const html = (await answer.text()).replace(/(<script\b[^>]*>).*?<\/script>/gs, '$1');
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThanOrEqual(2);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  });
}

test('Z3 each page has a nonce of its own', async ({ as }) => {
  const { request } = (await as('project-regular')).page;
  const nonces = [];
  for (let page = 0; page < 3; page++) nonces.push(policyOf(await request.get(listPath())).get('script-src')?.join());
  expect(new Set(nonces).size).toBe(3);
});

test('Z1 the session’s cookie is out of reach for scripts and other sites', async ({ as }) => {
  const musterbook = await as(null);
  await (await musterbook.signIn()).as('project-viewer');
  const cookies = await musterbook.page.context().cookies();
  const session = cookies.find(({ name }) => name === 'musterbook');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 });
  expect(await musterbook.page.evaluate(() => document.cookie)).not.toContain('musterbook');
  const text = Buffer.from(decodeURIComponent(session?.value ?? ''), 'base64').toString('latin1');
  expect(text).not.toContain('project-viewer');
});

test('Z1 signing in gives a new session, whatever cookie was there', async ({ as }) => {
  // A session of its own: it is ended by the next one.
  const musterbook = await as(null);
  await (await musterbook.signIn()).as('project-viewer');
  const session = async () => {
    const cookies = await musterbook.page.context().cookies();
    return cookies.find(({ name }) => name === 'musterbook')?.value;
  };
  const before = await session();
  await (await musterbook.signIn()).with('project-regular', passwordOf('project-regular'));
  expect(await session()).not.toBe(before);
});

for (const way of ['live', 'without scripts'] as const) {
  test(`Z1 a link from another site arrives though the cookie is Strict (${way})`, async ({ as }) => {
    const musterbook = await as('project-regular', { way });
    const wanted = `${environment.url}${listPath()}?q=ci`;
    const elsewhere = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html');
      answer.end(`<!doctype html><link rel="icon" href="data:,"><a href="${wanted}">the accounts</a>`);
    });
    await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      await musterbook.page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
      await musterbook.page.getByRole('link', { name: 'the accounts' }).click();
      await expect(musterbook.heading('Service Accounts')).toBeVisible();
      expect(musterbook.page.url()).toBe(wanted);
      await musterbook.settle();
    } finally {
      elsewhere.close();
    }
  });
}

test('K3 an issued token is in no page, no address and no log', async ({ as, accounts }) => {
  const name = await accounts.make('secret');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const addresses: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on('request', request => addresses.push(request.url(), request.headers()['referer'] ?? ''));
  page.on('response', response => {
    if (response.request().resourceType() === 'document') bodies.push(response.text());
  });
  const dialog = await (await musterbook.details(name)).issue();
  await dialog.submit();
  await expect(dialog.kubeconfig).toContainText('apiVersion: v1');
  const token = parseKubeconfig((await dialog.kubeconfig.textContent()) ?? '').users[0]?.user.token ?? '';
  expect(token.length).toBeGreaterThan(100);

  page.once('dialog', question => question.accept());
  await dialog.close();
  await expect.poll(() => page.content()).not.toContain(token);
  await musterbook.reload();
  await musterbook.list(`?q=${name}`);
  await musterbook.yaml(name);
  await page.goBack();
  const signature = token.split('.')[2] ?? '';
  expect(signature.length).toBeGreaterThan(20);
  for (const body of await Promise.all(bodies)) expect(body).not.toContain(signature);
  for (const address of addresses) expect(address).not.toContain(signature);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(signature);
  expect(readFileSync(environment.serverLog, 'utf8')).not.toContain(signature);
  expect(readFileSync(environment.auditLog, 'utf8')).not.toContain(signature);
});

test('E3 K3 a revealed value is in no page and no log', async ({ as, admin }) => {
  const { data } = await admin.must<{ data: { token: string } }>(
    'GET',
    `/api/v1/namespaces/${PROJECT}/secrets/legacy-bot-token`,
  );
  const signature = Buffer.from(data.token, 'base64').toString().split('.')[2] ?? '';
  const musterbook = await as('project-regular');
  for (const path of [detailsPath('legacy-bot'), `${listPath()}?delete=legacy-bot`, `${detailsPath('legacy-bot')}/yaml`]) {
    expect(await (await musterbook.page.request.get(path)).text(), path).not.toContain(signature);
  }
  expect(readFileSync(environment.serverLog, 'utf8')).not.toContain(signature);
});

test('P1 the rows are in the first HTML', async ({ as }) => {
  const answer = await (await as('project-regular')).page.request.get(`${listPath()}?sort=name&size=100`);
  const html = (await answer.text()).replace(/<script\b.*?<\/script>/gs, '');
  for (const text of ['backup-runner', 'CI deployer', 'Rolls out releases from the pipeline', '预览环境', 'operator']) {
    expect(html).toContain(text);
  }
});

test('P4 static files have hashed names, are immutable and come compressed', async ({ as }) => {
  const { request } = (await as('project-regular')).page;
  const html = await (await request.get(listPath())).text();
  const files = new Set(html.match(/\/pkg\/[^'"\s<>]+\.(?:css|js|wasm|svg)/g));
  expect(files.size).toBeGreaterThanOrEqual(4);
  for (const file of files) {
    expect(file).toMatch(/^\/pkg\/[0-9a-f]{16}\//);
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip, deflate', 'gzip'],
      ['zstd', 'zstd'],
    ] as const) {
      const answer = await request.head(file, { headers: { 'accept-encoding': accepted } });
      expect(answer.status(), file).toBe(200);
      expect(answer.headers(), file).toMatchObject({
        'content-encoding': encoding,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
    }
  }
  expect((await request.get('/pkg/0123456789abcdef/musterbook.js')).status()).toBe(404);
});

test('P3 a first visit of the list stays within its budget of bytes', async ({ as }) => {
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const files = new Map<string, { url: string; bytes: number }>();
  network.on('Network.requestWillBeSent', ({ requestId, request }) => files.set(requestId, { url: request.url, bytes: 0 }));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes = encodedDataLength;
  });
  // What comes last: the stream, which has no end, and the credentials. However long the WebAssembly takes to begin.
  // By name from the end, where the rows are the sample's: those of other tests would be bytes that nobody's budget has.
  await expect((await musterbook.list('?sort=-name')).live).toHaveText('Live');
  await expect(page.locator('td[aria-busy=true]')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  // Icons are in the style sheet.
  const asked = () => [...files.values()].filter(({ url }) => !url.includes('/api/live') && !url.startsWith('data:'));
  await expect.poll(() => asked().filter(({ bytes }) => bytes === 0)).toEqual([]);
  const list = asked();
  const sum = (of: typeof list) => of.reduce((all, { bytes }) => all + bytes, 0);
  const first = list.filter(({ url }) => url.endsWith('.css') || !url.includes('/pkg/'));
  const told = list.map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`).join('\n');
  console.log(`first visit: ${sum(list)} bytes, before the rows: ${sum(first)}\n${told}`);
  expect(sum(first), told).toBeLessThanOrEqual(FIRST_PAINT);
  expect(sum(list), told).toBeLessThanOrEqual(FIRST_VISIT);
});
