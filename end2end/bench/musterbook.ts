// What the bench has to know about Musterbook: who signs in, addresses, forms, and what its pages look like.

import { readFileSync } from 'node:fs';

/** An operator of the projects that are measured. */
export const PERSON = 'project-regular';
export const WORKSPACE = 'bench-workspace-00';
/** Fifty accounts, as any project of the bench. */
export const PROJECT = 'bench-0000';
/** As many as the whole cluster's name says. */
export const LARGE = 'bench-large';
export const TEN = 'bench-ten';

export function passwords(file: string): Map<string, string> {
  const people = JSON.parse(readFileSync(file, 'utf8')) as { name: string; password: string }[];
  return new Map(people.map(({ name, password }) => [name, password]));
}

/** The people that xtask adds for the bench. */
export function benchPeople(people: Map<string, string>): string[] {
  return [...people.keys()].filter(name => name.startsWith('bench-'));
}

/** Signs in, and returns the cookie. */
export async function signIn(url: string, person: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _fn: '/api/auth/sign-in', user: person, password, next: '/projects' }),
  });
  const cookies = answer.headers.getSetCookie().map(cookie => cookie.split(';', 1)[0]);
  if (answer.status !== 303 || cookies.length === 0) throw new Error(`${person} can't sign in: ${answer.status}`);
  return cookies.join('; ');
}

export function listPath(project: string): string {
  return `/${WORKSPACE}/clusters/local/projects/${project}/serviceaccounts`;
}

/** As a browser asks for a page. */
export function pageHeaders(cookie: string): Record<string, string> {
  return { accept: 'text/html', 'accept-encoding': 'gzip, deflate, br, zstd', cookie };
}

/** As the page's own code asks. */
export function callHeaders(url: string, cookie: string, type = 'application/json'): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate, br, zstd',
    'content-type': type,
    origin: url,
    cookie,
  };
}

export const LIST = '/api/accounts/list';
export const CREDENTIALS = '/api/accounts/credentials';
export const PROJECTS = '/api/projects/list';

/** `query` has the fields of `ListQuery` in app/core/src/list.rs; those left out have their defaults. */
export function listCall(project: string, query: object = {}): string {
  return JSON.stringify({ scope: { Project: { workspace: WORKSPACE, project } }, query });
}

export function credentialsCall(project: string, accounts: { name: string; uid: string }[]): string {
  return JSON.stringify({ project, accounts: accounts.map(({ name, uid }) => ({ name, uid })) });
}

export function projectsForm(search: string): string {
  return new URLSearchParams({ search }).toString();
}

/** As a page of the console opens its stream. */
export const STREAM_HEADERS = { accept: 'text/event-stream', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };

/** The stream of a list page that is open. */
export function livePath(project: string): string {
  return `/api/live?${new URLSearchParams({ workspace: WORKSPACE, project })}`;
}
