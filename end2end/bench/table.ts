// The table: each figure, what it is compared with, and the bar that it is held to.

import type { Figures } from './job.ts';
import { FORMATS, type Unit } from './units.ts';

/** Looks a figure up; one that was not measured makes its line say so. */
type Find = (name: string) => number;

interface Rule {
  figure: string;
  unit: Unit;
  ours: (find: Find) => number;
  /** What it is compared with: its name, and its value in the same unit. */
  against?: [string, (find: Find) => number];
  /** Of the ratio, where there is something to compare with, else of the figure itself. */
  atMost?: number;
  atLeast?: number;
}

export const NOT_MEASURED = 'not measured';

export interface Line {
  figure: string;
  measured: string;
  against: string;
  ratio: string;
  bar: string;
  /** Nothing where there is no bar, or no figure. */
  held: boolean | null;
  /** How much of what the bar allows is used; 1 is all of it. */
  used: number | null;
}

const figure = (name: string) => (find: Find) => find(name);
const RAW_TEN = 'LIST ?limit=10';
const HEADLAMP = 'Headlamp';

function besideHeadlamp(scene: string, about: string, name: string, unit: Unit, atMost: number, prefix = ''): Rule {
  return {
    figure: about,
    unit,
    ours: figure(`${scene}/${prefix}musterbook.${name}`),
    against: [HEADLAMP, figure(`${scene}/${prefix}headlamp.${name}`)],
    atMost,
  };
}

const RULES: Rule[] = [
  {
    figure: 'List page, time on the server, p50',
    unit: 'ms',
    ours: figure('20000/list.p50'),
    against: [RAW_TEN, figure('20000/raw.p50')],
    atMost: 1,
  },
  {
    figure: 'List page, time on the server, p99',
    unit: 'ms',
    ours: figure('20000/list.p99'),
    against: [RAW_TEN, figure('20000/raw.p99')],
    atMost: 1.5,
  },
  {
    figure: 'The same with cold reviews, p50',
    unit: 'ms',
    ours: figure('20000/cold.p50'),
    against: [RAW_TEN, figure('20000/raw.p50')],
  },
  {
    figure: 'Credentials of the rows in view, p50',
    unit: 'ms',
    ours: figure('20000/credentials.p50'),
    against: [RAW_TEN, figure('20000/credentials.raw.p50')],
    atMost: 2.5,
  },
  {
    figure: 'List page at 100,000 accounts, p50',
    unit: 'ms',
    ours: figure('100000/list.p50'),
    against: ['at 100', figure('100/list.p50')],
    atMost: 1.3,
  },
  {
    figure: 'Search and sort over 20,000 accounts in a project, p50',
    unit: 'ms',
    ours: find => Math.max(...['text', 'role', 'name'].map(name => find(`one-20000/search.${name}.p50`))),
    against: ['LIST of the project', figure('one-20000/search.raw.p50')],
    atMost: 1 / 20,
  },
  {
    figure: 'Full pages a second, on one core',
    unit: 'perSecond',
    ours: figure('20000/page.perSecond'),
    against: [RAW_TEN, figure('20000/raw.perSecond')],
    atLeast: 1,
  },
  {
    figure: 'Calls of the list’s server function a second, on one core',
    unit: 'perSecond',
    ours: figure('20000/call.perSecond'),
    against: [RAW_TEN, figure('20000/raw.perSecond')],
    atLeast: 4,
  },
  {
    figure: 'Project switcher: 50 of 10,000 namespaces, p95',
    unit: 'ms',
    ours: figure('namespaces/switcher.ms'),
    atMost: 300,
  },
  {
    figure: 'Project switcher: reviews',
    unit: 'count',
    ours: figure('namespaces/switcher.reviews'),
    atMost: 60,
  },
  {
    figure: 'Server memory for an account',
    unit: 'bytes',
    ours: find => (find('accounts-20000/rss') - find('accounts-100/rss')) / (20_000 - 100),
    atMost: 1_024,
  },
  {
    figure: 'Server memory: 20,000 accounts, 50,000 bindings, 20,000 pods',
    unit: 'megabytes',
    ours: figure('20000/rss'),
    atMost: 160e6,
  },
  {
    figure: 'On the wire, cold, before rows are painted',
    unit: 'kilobytes',
    ours: figure('one-1000/musterbook.cold.bytesToRow'),
    atMost: 30e3,
  },
  {
    figure: 'On the wire, cold, in all',
    unit: 'kilobytes',
    ours: figure('one-1000/musterbook.cold.bytes'),
    atMost: 300e3,
  },
  {
    figure: 'On the wire, warm',
    unit: 'kilobytes',
    ours: figure('one-1000/musterbook.warm.bytes'),
    atMost: 15e3,
  },
  besideHeadlamp('one-1000', 'Beside Headlamp, 1,000 accounts: first row visible', 'cold.row', 'ms', 1 / 8),
  besideHeadlamp('one-1000', 'Beside Headlamp, 1,000 accounts: Create answers a click', 'create', 'ms', 1 / 3),
  besideHeadlamp('one-1000', 'Beside Headlamp, 1,000 accounts: script time', 'cold.script', 'ms', 1 / 8),
  besideHeadlamp('one-1000', 'Beside Headlamp, 1,000 accounts: blocking time', 'cold.blocked', 'ms', 1 / 10),
  besideHeadlamp('one-1000', 'Beside Headlamp, 4× slower and Fast 4G: first row visible', 'cold.row', 'ms', 1 / 8, 'slow.'),
  besideHeadlamp('one-1000', 'Beside Headlamp, 4× slower and Fast 4G: Create answers a click', 'create', 'ms', 1 / 4, 'slow.'),
  besideHeadlamp('one-20000', 'Beside Headlamp, 20,000 accounts: first row visible', 'cold.row', 'ms', 1 / 12),
  besideHeadlamp('one-20000', 'Beside Headlamp, 20,000 accounts: heap and WebAssembly’s memory', 'cold.heap', 'megabytes', 1 / 8),
  {
    figure: 'Beside Headlamp, 20,000 accounts: change → row, median',
    unit: 'ms',
    ours: figure('one-20000/change.musterbook.idle.median'),
    against: [HEADLAMP, figure('one-20000/change.headlamp.idle.median')],
    atMost: 1 / 3,
  },
  {
    figure: 'Change → row in the page, p95',
    unit: 'ms',
    ours: figure('one-20000/change.musterbook.idle.p95'),
    atMost: 150,
  },
  {
    figure: 'The same at 200 changes a second in the project, p95',
    unit: 'ms',
    ours: figure('one-20000/change.musterbook.busy.p95'),
    atMost: 1_200,
  },
  {
    figure: 'Heap and WebAssembly’s memory, 20,000 accounts',
    unit: 'megabytes',
    ours: figure('one-20000/musterbook.cold.heap'),
    against: ['10 accounts', figure('one-20000/ten.musterbook.cold.heap')],
    atMost: 1.1,
  },
  {
    figure: 'DOM elements, 20,000 accounts',
    unit: 'count',
    ours: figure('one-20000/musterbook.cold.nodes'),
    against: ['10 accounts', figure('one-20000/ten.musterbook.cold.nodes')],
    atMost: 1.1,
  },
  {
    figure: 'Script time to a usable page, 4× slower',
    unit: 'ms',
    ours: figure('one-1000/slow.musterbook.cold.script'),
    atMost: 250,
  },
  {
    figure: 'Start to ready at 100,000 accounts, beyond LIST time',
    unit: 'seconds',
    ours: find => {
      const lists = ['namespaces', 'accounts', 'bindings', 'roles', 'pods'];
      return find('100000/start.seconds') - lists.reduce((sum, name) => sum + find(`100000/start.list.${name}.seconds`), 0);
    },
    atMost: 10,
  },
  {
    figure: '2,000 idle tabs of 20 people: reviews a second',
    unit: 'perSecond',
    ours: figure('one-1000/idle.reviewsPerSecond'),
    atMost: 10,
  },
  { figure: '2,000 idle tabs of 20 people: of a core', unit: 'percent', ours: figure('one-1000/idle.cpu'), atMost: 0.05 },
  { figure: '2,000 idle tabs of 20 people: memory', unit: 'megabytes', ours: figure('one-1000/idle.rss'), atMost: 100e6 },
];

export function lines(figures: Figures): Line[] {
  return RULES.map(rule => line(rule, figures));
}

function line(rule: Rule, figures: Figures): Line {
  const say = FORMATS[rule.unit];
  const value = (of: (find: Find) => number): number | null => {
    // NaN, when something is missing that it is made of.
    const found = of(name => figures[name] ?? NaN);
    return Number.isNaN(found) ? null : found;
  };
  const ours = value(rule.ours);
  const theirs = rule.against ? value(rule.against[1]) : null;
  const ratio = ours !== null && theirs !== null && theirs > 0 ? ours / theirs : null;
  const judged = rule.against ? ratio : ours;
  const limit = rule.atMost ?? rule.atLeast;
  const used = judged === null || limit === undefined ? null : rule.atMost ? judged / limit : limit / judged;
  return {
    figure: rule.figure,
    measured: ours === null ? NOT_MEASURED : say(ours),
    against: rule.against ? `${rule.against[0]}: ${theirs === null ? NOT_MEASURED : say(theirs)}` : '',
    ratio: ratio === null ? '' : times(ratio),
    bar: bar(rule),
    held: used === null ? null : used <= 1,
    used,
  };
}

function bar({ against, atMost, atLeast, unit }: Rule): string {
  const sign = atMost === undefined ? '≥' : '≤';
  const limit = atMost ?? atLeast;
  if (limit === undefined) return '';
  return `${sign} ${against ? times(limit) : FORMATS[unit](limit)}`;
}

/** A small ratio as a fraction, as the bars are said. */
function times(ratio: number): string {
  if (ratio === 0) return '0';
  if (ratio >= 0.5) return `${ratio.toFixed(2).replace(/\.?0+$/, '')}×`;
  return `1/${(1 / ratio).toFixed(1).replace(/\.0$/, '')}`;
}
