import { randomBytes } from 'node:crypto';

import type { APIRequestContext } from '@playwright/test';

import { expect, test } from '../checks.ts';
import { environment, passwordOf } from '../environment.ts';
import { listPath } from '../pages/musterbook.ts';

const WRONG = 'User name or password is wrong.';

/** Nobody's name, so that no person of the sample is locked out. */
function nobody(): string {
  return `nobody-${randomBytes(4).toString('hex')}`;
}

function post(request: APIRequestContext, user: string, password: string) {
  return request.post('/sign-in', {
    headers: { origin: environment.url },
    form: { _fn: '/api/auth/sign-in', user, password, next: '/' },
    maxRedirects: 0,
  });
}

test('S1 wrong password and unknown user give the same words', async ({ as, trouble }) => {
  trouble.expect(/status of 401/);
  const musterbook = await as(null);
  const signIn = await musterbook.signIn();
  for (const user of ['workspace-viewer', nobody()]) {
    await signIn.with(user, 'not the password');
    await expect(signIn.problem).toHaveText(WRONG);
    await expect(musterbook.page.getByLabel('User name')).toHaveValue(user);
    await expect(musterbook.page.getByLabel('Password')).toHaveValue('');
  }
  // Takes the failure back.
  await signIn.as('workspace-viewer');
});

test('S1 wrong password and unknown user take the same time', async ({ request }) => {
  const time = async (user: string) => {
    const began = performance.now();
    expect((await post(request, user, 'not the password')).status()).toBe(401);
    return performance.now() - began;
  };
  // By turns, and the quickest of each: what else the machine does is not what is measured.
  let [unknown, known] = [Infinity, Infinity];
  for (let round = 0; round < 4; round++) {
    unknown = Math.min(unknown, await time(nobody()));
    known = Math.min(known, await time('workspace-admin'));
  }
  // Takes the failures back.
  expect((await post(request, 'workspace-admin', passwordOf('workspace-admin'))).status()).toBe(303);
  expect(unknown / known, `unknown ${unknown} ms, known ${known} ms`).toBeGreaterThan(0.4);
  expect(unknown / known, `unknown ${unknown} ms, known ${known} ms`).toBeLessThan(2.5);
});

test('S1 after five failures the source is locked out of that account, and told for how long', async ({
  as,
  request,
  trouble,
}) => {
  trouble.expect(/status of (401|429)/);
  const user = nobody();
  for (let failures = 0; failures < 5; failures++) {
    expect((await post(request, user, 'not the password')).status()).toBe(401);
  }
  const musterbook = await as(null);
  const signIn = await musterbook.signIn();
  await signIn.with(user, 'not the password');
  await expect(signIn.problem).toHaveText('Too many failures. Try again in 30 minutes.');
  await signIn.with(nobody(), 'not the password');
  await expect(signIn.problem).toHaveText(WRONG);
});

test('S1 the page asked for opens after signing in', async ({ as }) => {
  const musterbook = await as(null);
  const wanted = `${listPath()}?q=ci&sort=name`;
  const signIn = await musterbook.signIn(wanted);
  await expect(musterbook.heading('Sign in')).toBeVisible();
  await signIn.as('project-viewer');
  await expect(musterbook.page).toHaveURL(wanted);
});

test('S1 signing in never leads to another site', async ({ as }) => {
  for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
    const musterbook = await as(null);
    const signIn = await musterbook.signIn(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn.as('project-viewer');
    expect(new URL(musterbook.page.url()).origin).toBe(environment.url);
  }
});

test('S1 signing out ends the session, also for a copy of its cookie', async ({ as }) => {
  const musterbook = await as(null);
  await (await musterbook.signIn()).as('project-viewer');
  const [copy] = (await musterbook.page.context().cookies()).filter(({ name }) => name === 'musterbook');
  await musterbook.list();
  await musterbook.signOut();
  await expect(musterbook.page).toHaveURL('/sign-in');

  const thief = await as(null);
  await thief.page.context().addCookies([copy!]);
  await thief.goto(listPath());
  await expect(thief.heading('Sign in')).toBeVisible();
});

test('S2 who comes back is led to the project that was open last', async ({ as }) => {
  const musterbook = await as('project-regular');
  await musterbook.list('', 'demo-staging');
  await musterbook.goto('/');
  await expect(musterbook.page).toHaveURL(listPath('demo-staging'));
});
