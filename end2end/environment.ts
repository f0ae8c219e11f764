// What `cargo verify` tells the tests.

import { readFileSync } from 'node:fs';

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with \`cargo verify --only e2e\``);
  return value;
}

export const environment = {
  /** Of the console, without a slash at its end. */
  get url() {
    return given('BASE_URL').replace(/\/$/, '');
  },
  get adminKubeconfig() {
    return given('KUBECONFIG_ADMIN');
  },
  get auditLog() {
    return given('AUDIT_LOG');
  },
  get serverLog() {
    return given('SERVER_LOG');
  },
  get chromium() {
    return process.env.CHROMIUM ?? '/usr/bin/chromium';
  },
  /** The server's program. The flags of the console that is tested are in the environment, too. */
  get serverProgram() {
    return given('SERVER_PROGRAM');
  },
  /** The program that is the API server, and kubectl. */
  get controlPlaneProgram() {
    return given('CONTROL_PLANE');
  },
  /** The process that is the API server, for the tests that make it hang. */
  get controlPlane() {
    return Number(given('CONTROL_PLANE_PID'));
  },
};

/** The sample's people; xtask/src/people.rs says what each is. */
export const PEOPLE = [
  'project-admin',
  'project-regular',
  'project-viewer',
  'project-auditor',
  'token-issuer',
  'outsider',
  'newcomer',
  'workspace-admin',
  'workspace-viewer',
] as const;

export type Person = (typeof PEOPLE)[number];

export function passwordOf(person: Person): string {
  const list = JSON.parse(readFileSync(given('PEOPLE_FILE'), 'utf8')) as { name: string; password: string }[];
  const found = list.find(({ name }) => name === person);
  if (!found) throw new Error(`${person} is not in the file of people`);
  return found.password;
}
