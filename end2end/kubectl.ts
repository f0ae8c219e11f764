// Commands as a person runs them: in a POSIX shell that finds kubectl, in a folder of its own.

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, type Locator } from '@playwright/test';

import { nextFrame } from './checks.ts';
import { environment, type Person } from './environment.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export class Shell {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** With the rights of a person: what is asked is asked as them. */
  static of(person: Person): Promise<Shell> {
    return Shell.#make({ TEST_KUBECONFIG: environment.adminKubeconfig, TEST_AS: person });
  }

  /** With a kubeconfig as it is. */
  static async with(kubeconfig: string): Promise<Shell> {
    const shell = await Shell.#make({});
    const path = join(shell.#folder, 'given.yaml');
    await writeFile(path, kubeconfig);
    shell.#env.KUBECONFIG = path;
    return shell;
  }

  static async #make(env: Record<string, string>): Promise<Shell> {
    const folder = await mkdtemp(join(tmpdir(), 'musterbook-kubectl-'));
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const kubectl = join(bin, 'kubectl');
    await writeFile(
      kubectl,
      '#!/bin/sh\nexec "$TEST_KUBECTL" kubectl ${TEST_KUBECONFIG:+--kubeconfig="$TEST_KUBECONFIG"} ${TEST_AS:+--as="$TEST_AS"} "$@"\n',
    );
    await chmod(kubectl, 0o755);
    const path = `${bin}:${process.env.PATH ?? ''}`;
    return new Shell(folder, { ...env, PATH: path, HOME: folder, TEST_KUBECTL: environment.controlPlaneProgram });
  }

  run(script: string): Promise<Ran> {
    return new Promise(resolve => {
      const options = { cwd: this.#folder, env: this.#env, timeout: 30_000 };
      execFile('sh', ['-c', script], options, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err });
      });
    });
  }

  /** What the commands wrote; anything but success is an error. */
  async must(script: string): Promise<string> {
    const { code, out, err } = await this.run(script);
    expect(code, `${script}\n${err}`).toBe(0);
    return out;
  }

  /** A file that the commands made. */
  file(name: string): Promise<string> {
    return readFile(join(this.#folder, name), 'utf8');
  }

  /** Who may do what with it, as `600`. */
  async modeOf(name: string): Promise<string> {
    return ((await stat(join(this.#folder, name))).mode & 0o777).toString(8);
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

/** The part of a dialog that tells its commands, as they are beside KubeSphere or without it. */
export function commandsOf(box: Locator): Locator {
  const summary = box.page().locator('summary', { hasText: 'As a kubectl command' });
  return box.locator('details').filter({ has: summary, visible: true });
}

/** Copies them, as a person does. Needs a browser that lets the clipboard be read. */
export async function copyCommands(box: Locator): Promise<string> {
  const part = commandsOf(box);
  await nextFrame(box.page());
  // By key: a note that comes when a field is left moves what was to be clicked.
  await part.locator('summary').press('Enter');
  await part.getByRole('button', { name: 'Copy' }).click();
  await expect(part.getByText('Copied')).toBeVisible();
  const copied = await box.page().evaluate(() => navigator.clipboard.readText());
  await expect(part.locator('pre')).toHaveText(copied, { useInnerText: true });
  return copied;
}
