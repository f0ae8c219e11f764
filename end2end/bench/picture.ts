// The table as a picture: how much of what each bar allows is used. Its colours follow the system's, light or dark.

import type { Line } from './table.ts';

const [WIDTH, ROW, TOP] = [1010, 26, 56];
const [LABELS, VALUES] = [480, 850];
/** Where the bars' limit is drawn, and how far a figure beyond it reaches. */
const LIMIT = 750;
const MOST = (VALUES - 10 - LABELS) / (LIMIT - LABELS);

const STYLE = `
  svg { color-scheme: light dark; }
  text { font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: #14202e; }
  .muted { fill: #526070; }
  .ground { fill: #ffffff; }
  .track { fill: #eef1f4; }
  .held { fill: #0a6f62; }
  .missed { fill: #b3261e; }
  .limit { stroke: #526070; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eef4; }
    .muted { fill: #94a3b3; }
    .ground { fill: #141c25; }
    .track { fill: #27323e; }
    .held { fill: #4fd0b8; }
    .missed { fill: #ff8d85; }
    .limit { stroke: #94a3b3; }
  }`;

export function picture(lines: Line[], when: string): string {
  const drawn = lines.filter(({ used }) => used !== null);
  const height = TOP + drawn.length * ROW + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">What Musterbook uses of each bar, ${escaped(when)}</title>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>
<text x="20" y="28" font-weight="600">Measured, as a part of what is allowed</text>
<text class="muted" x="${LIMIT}" y="46" text-anchor="middle">the bar</text>
${drawn.map(row).join('\n')}
<line class="limit" x1="${LIMIT}" x2="${LIMIT}" y1="${TOP - 4}" y2="${height - 14}"/>
</svg>
`;
}

function row({ figure, measured, ratio, bar, held, used }: Line, at: number): string {
  const y = TOP + at * ROW;
  const length = Math.max(2, Math.min(used ?? 0, MOST) * (LIMIT - LABELS));
  const label = figure.length > 66 ? `${figure.slice(0, 64)}…` : figure;
  return `<text x="20" y="${y + 17}">${escaped(label)}</text>
<rect class="track" x="${LABELS}" y="${y + 6}" width="${VALUES - 10 - LABELS}" height="14" rx="3"/>
<rect class="${held ? 'held' : 'missed'}" x="${LABELS}" y="${y + 6}" width="${length.toFixed(1)}" height="14" rx="3"/>
<text x="${VALUES}" y="${y + 17}">${escaped(ratio || measured)} <tspan class="muted">${escaped(bar)}</tspan></text>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
