export type Unit = 'ms' | 'seconds' | 'perSecond' | 'count' | 'bytes' | 'kilobytes' | 'megabytes' | 'percent';

const round = (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0 });

/** How a value is said. Bytes and seconds are kept as such. */
export const FORMATS: Record<Unit, (value: number) => string> = {
  ms: value => `${round(value)} ms`,
  seconds: value => `${round(value)} s`,
  perSecond: value => `${round(value)}/s`,
  count: round,
  bytes: value => `${round(value)} B`,
  kilobytes: value => `${round(value / 1e3)} kB`,
  megabytes: value => `${round(value / 1e6)} MB`,
  percent: value => `${round(value * 100)} %`,
};
