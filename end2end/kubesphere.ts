// KubeSphere's controllers, played by end2end/control-plane.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { Admin } from './cluster.ts';
import { environment } from './environment.ts';
import { PATIENCE, ended } from './replica.ts';

export class KubeSphere {
  readonly #controllers: ChildProcess;

  private constructor(controllers: ChildProcess) {
    this.#controllers = controllers;
  }

  /** Looks after the accounts of one project. */
  static async start(version: 'v3' | 'v4', project: string): Promise<KubeSphere> {
    const flags = ['--kubeconfig', environment.adminKubeconfig, '--version', version, '--project', project];
    const controllers = spawn(environment.controlPlaneProgram, ['kubesphere', ...flags, '--stop-with-stdin'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface(controllers.stdout!), 'line', {
      signal: AbortSignal.timeout(PATIENCE),
    })) as [string];
    if (line !== `KubeSphere ${version} is played`) throw new Error(`KubeSphere's stand-in said ${line}`);
    return new KubeSphere(controllers);
  }

  /** Nothing is bound while `act` runs. */
  async paused(act: () => Promise<void>): Promise<void> {
    this.#controllers.kill('SIGSTOP');
    try {
      await act();
    } finally {
      this.#controllers.kill('SIGCONT');
    }
  }

  stop(): Promise<void> {
    return ended(this.#controllers);
  }

  /** Takes away what KubeSphere is known by. */
  static async forget(admin: Admin): Promise<void> {
    await admin.ask('DELETE', '/apis/apps/v1/namespaces/kubesphere-system/deployments/ks-controller-manager');
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/roles.iam.kubesphere.io';
    for (let gone = false; !gone; gone = (await admin.ask('GET', definition)).status === 404) {
      await admin.ask('DELETE', definition);
    }
  }
}
