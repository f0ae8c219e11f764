// The consoles in the browser: how to sign in, and what their lists look like.

import type { Bench } from '../job.ts';
import { PERSON, listPath } from '../musterbook.ts';
import type { Console } from './visit.ts';

/** The newest accounts come first, and all are of the same second: any of them is a row. */
const ANY_ACCOUNT = 'sa-';

export function musterbook(bench: Bench): Console {
  const { url } = bench.job;
  return {
    name: 'musterbook',
    address: project => url + listPath(project),
    signIn: async context => {
      const answer = await context.request.post(`${url}/sign-in`, {
        headers: { origin: url },
        form: { _fn: '/api/auth/sign-in', user: PERSON, password: bench.passwords.get(PERSON) ?? '', next: '/projects' },
        maxRedirects: 0,
      });
      if (answer.status() !== 303) throw new Error(`${PERSON} can't sign in: ${answer.status()}`);
    },
    wanted: {
      row: 'td.name a',
      rowText: ANY_ACCOUNT,
      usable: 'html[data-live]',
      create: { button: 'main a', buttonText: 'Create', answer: 'dialog[open]' },
    },
  };
}

export function headlamp(address: string): Console {
  return {
    name: 'headlamp',
    address: project => `${address}/c/bench/serviceaccounts?namespace=${project}`,
    signIn: async () => {},
    wanted: {
      row: 'table td',
      rowText: ANY_ACCOUNT,
      usable: null,
      create: { button: 'main button[aria-label*="Create"], main button', buttonText: '', answer: '[role=dialog]' },
    },
  };
}
