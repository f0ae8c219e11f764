// What the API server is asked as its administrator. A warm connection: what is measured is what comes after.

import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

import { parseKubeconfig } from '../../cluster.ts';
import type { Bench } from '../job.ts';
import type { Requests } from './load.ts';

export class ApiServer {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(bench: Bench) {
    const kubeconfig = parseKubeconfig(readFileSync(bench.job.adminKubeconfig, 'utf8'));
    const [cluster, user] = [kubeconfig.clusters[0]?.cluster, kubeconfig.users[0]?.user];
    if (!cluster || !user) throw new Error('the kubeconfig is not complete');
    const decoded = (text = '') => Buffer.from(text, 'base64');
    this.#server = cluster.server;
    this.#agent = new Agent({
      keepAlive: true,
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    });
  }

  /** The answer's object; anything but success is an error. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const asked = request(new URL(path, this.#server), { method, headers, agent: this.#agent }, response => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => {
          if ((response.statusCode ?? 0) < 300) resolve(JSON.parse(text) as T);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  end(): void {
    this.#agent.destroy();
  }
}

export function accountsPath(project: string): string {
  return `/api/v1/namespaces/${project}/serviceaccounts`;
}

/** A LIST as JSON, asked by a person with a certificate of their own: nobody stands between them and the API server. */
export function rawList(bench: Bench, person: string, path: string): Requests {
  const headers = { accept: 'application/json', 'accept-encoding': 'gzip' };
  return { url: bench.job.apiServer + path, headers, person: { dir: bench.job.planeFolder, name: person } };
}

/** The same by the administrator, who may list everything. */
export function rawListOfAll(bench: Bench, path: string): Requests {
  const request = rawList(bench, 'control-plane-admin', path);
  return { ...request, person: { dir: bench.job.planeFolder, name: 'control-plane-admin', groups: ['system:masters'] } };
}
