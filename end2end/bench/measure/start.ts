// How long the server took to be ready, and the API server's part in it: one LIST of each kind that is cached.

import type { Bench } from '../job.ts';
import { rawListOfAll } from '../tools/api-server.ts';
import { requests } from '../tools/load.ts';

const CACHED = {
  namespaces: '/api/v1/namespaces',
  accounts: '/api/v1/serviceaccounts',
  bindings: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  roles: '/apis/rbac.authorization.k8s.io/v1/roles',
  pods: '/api/v1/pods',
};

export async function start(bench: Bench): Promise<void> {
  bench.record('start.seconds', bench.job.startSeconds);
  for (const [name, path] of Object.entries(CACHED)) {
    const { millis } = await requests(bench, { ...rawListOfAll(bench, path), count: 1 });
    bench.record(`start.list.${name}.seconds`, (millis[0] ?? 0) / 1_000);
  }
}
