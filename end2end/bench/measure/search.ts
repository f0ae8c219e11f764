// A search and two sorts in a project with very many accounts, beside the LIST that a console without a server of its own
// has to wait for.

import type { Bench } from '../job.ts';
import { LARGE, LIST, PERSON, callHeaders, listCall } from '../musterbook.ts';
import { accountsPath, rawList } from '../tools/api-server.ts';
import { median } from '../tools/stats.ts';
import { inTurn, session } from './list.ts';

const QUERIES = {
  'search.text': { search: 'part 5 of the pipeline', sort: 'Name', descending: true },
  'search.role': { search: '', sort: 'Role', page: 3 },
  'search.name': { search: 'sa-0', sort: 'Name', size: 100 },
};

export async function search(bench: Bench): Promise<void> {
  const cookie = await session(bench);
  const whole = rawList(bench, PERSON, accountsPath(LARGE));
  const all: number[] = [];
  for (const [name, query] of Object.entries(QUERIES)) {
    const call = {
      url: bench.job.url + LIST,
      method: 'POST' as const,
      headers: callHeaders(bench.job.url, cookie),
      body: listCall(LARGE, query),
    };
    const [ours, theirs] = await inTurn(bench, call, whole, [3, 10]);
    bench.record(`${name}.p50`, median(ours));
    all.push(...theirs);
  }
  bench.record('search.raw.p50', median(all));
}
