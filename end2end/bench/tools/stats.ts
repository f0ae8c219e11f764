/** The value that a share of them doesn't exceed; of an even number's middle, the lower one. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

export const median = (values: number[]) => quantile(values, 0.5);

export const sleep = (milliseconds: number) => new Promise<void>(done => setTimeout(done, milliseconds));
