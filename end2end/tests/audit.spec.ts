// The oracle of A5: what the API server wrote down while all the other tests drove the console.

import { readFileSync } from 'node:fs';

import { expect, test } from '../checks.ts';
import { PROJECT } from '../cluster.ts';
import { environment, PEOPLE } from '../environment.ts';

interface Event {
  stage: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  impersonatedUser?: { username: string; groups?: string[]; uid?: string; extra?: Record<string, string[]> };
  objectRef?: { resource: string; subresource?: string; apiGroup?: string; namespace?: string; name?: string };
  responseStatus?: { code?: number };
  annotations?: Record<string, string>;
}

const MUSTERBOOK = 'system:serviceaccount:musterbook:musterbook';
/** Of the sample's people, as xtask/src/people.rs gives them. */
const GROUPS: Record<string, string[]> = {
  'workspace-admin': ['demo-workspace-admins'],
  'workspace-viewer': ['demo-workspace-viewers'],
};

/**
 * Musterbook may not act as this person there: the API server refused before it looked at what was asked, so it noted
 * neither the person nor a decision. What Musterbook is refused as itself has a decision.
 */
function isRefusedImpersonation({ impersonatedUser, responseStatus, annotations }: Event): boolean {
  return !impersonatedUser && responseStatus?.code === 403 && !annotations?.['authorization.k8s.io/decision'];
}

const events = readEvents().filter(({ user }) => user.username === MUSTERBOOK);
const asItself = events.filter(({ impersonatedUser }) => !impersonatedUser);
const asPeople = events.filter(({ impersonatedUser }) => impersonatedUser);

function readEvents(): Event[] {
  const lines = readFileSync(environment.auditLog, 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Event);
}

/** `list rolebindings.rbac.authorization.k8s.io`, as the table of docs/PERMISSIONS.md writes it. */
function callOf({ verb, requestURI, objectRef: object }: Event): string {
  if (!object) return `${verb} ${new URL(requestURI, 'https://api').pathname}`;
  const resource = [object.resource, ...(object.subresource ? [object.subresource] : [])].join('/');
  return `${verb} ${resource}${object.apiGroup ? `.${object.apiGroup}` : ''}`;
}

/** What the caches are made of (SPEC P2), in all namespaces at once. */
const WATCHED = [
  'serviceaccounts',
  'namespaces',
  'pods',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
];

/** What A5 lets Musterbook do as itself. */
function isAllowedAsItself(event: Event): boolean {
  const { objectRef: object, requestURI } = event;
  if (isRefusedImpersonation(event)) return true;
  if (!object) return /^\/(readyz|livez|healthz|version|openapi|apis?)([/?]|$)/.test(requestURI);
  const call = callOf(event);
  if (WATCHED.some(resource => call === `list ${resource}` || call === `watch ${resource}`)) {
    return object.namespace === undefined;
  }
  switch (call) {
    case 'get deployments.apps':
      return object.namespace === 'kubesphere-system' && object.name === 'ks-controller-manager';
    case 'get configmaps':
      return object.namespace === 'kube-system' && object.name === 'kube-apiserver-legacy-service-account-token-tracking';
    default:
      return false;
  }
}

test('A5 each request was made as one of the people, or is one that Musterbook makes as itself', () => {
  const others = asItself.filter(event => !isAllowedAsItself(event));
  expect(others.map(event => `${callOf(event)} ${event.requestURI}`)).toEqual([]);
  expect(asPeople.length).toBeGreaterThan(100);
});

test('A1 who is impersonated is one of the people, with their own groups and nothing else', () => {
  const people = new Map<string, Set<string>>();
  for (const { impersonatedUser: who } of asPeople) {
    if (!who) continue;
    const groups = (who.groups ?? []).filter(group => group !== 'system:authenticated').sort();
    const seen = people.get(who.username) ?? new Set();
    people.set(who.username, seen.add(JSON.stringify([groups, who.uid ?? '', who.extra ?? {}])));
  }
  const wanted = new Map(
    PEOPLE.filter(person => people.has(person)).map(person => [
      person as string,
      new Set([JSON.stringify([GROUPS[person] ?? [], '', {}])]),
    ]),
  );
  expect(people).toEqual(wanted);
});

test('A5 every person of the sample was at the console', () => {
  const seen = new Set(asPeople.map(({ impersonatedUser }) => impersonatedUser?.username));
  expect(PEOPLE.filter(person => !seen.has(person))).toEqual([]);
});

test('A1 the accounts of the tests were made, changed and deleted by the person who did so', () => {
  const done = asPeople
    .filter(({ objectRef, responseStatus }) => objectRef?.namespace === PROJECT && (responseStatus?.code ?? 500) < 300)
    .filter(({ impersonatedUser }) => impersonatedUser?.username === 'project-regular')
    .map(callOf);
  expect(done).toEqual(
    expect.arrayContaining([
      'create serviceaccounts',
      'patch serviceaccounts',
      'update serviceaccounts',
      'delete serviceaccounts',
      'create serviceaccounts/token',
      'create rolebindings.rbac.authorization.k8s.io',
      'delete rolebindings.rbac.authorization.k8s.io',
    ]),
  );
});

test('A5 Musterbook as itself reads no Secret and writes nothing', () => {
  const writes = asItself
    .filter(event => !isRefusedImpersonation(event))
    .filter(({ verb, objectRef }) => !['get', 'list', 'watch'].includes(verb) || objectRef?.resource === 'secrets');
  expect(writes.map(callOf)).toEqual([]);
});

test('A8 the calls are those of the table, and each of its rows is used', () => {
  const document = readFileSync(new URL('../../docs/PERMISSIONS.md', import.meta.url), 'utf8');
  const rows = document.matchAll(/^\| (the person|Musterbook) \| (\w+) \| `([^`]+)`/gm);
  const table = new Set([...rows].map(([, , verb, resource]) => `${verb} ${resource}`));
  // What is no resource, as itself, is A5's.
  const used = new Set(events.filter(event => event.objectRef ?? event.impersonatedUser).map(callOf));
  expect([...used].filter(call => !table.has(call)), 'calls outside the table').toEqual([]);
  expect([...table].filter(call => !used.has(call)), 'rows that are never used').toEqual([]);
});
