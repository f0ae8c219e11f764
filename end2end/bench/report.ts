// Puts the figures of all clusters together: on the terminal, as JSON, and in docs.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import type { Figures } from './job.ts';
import { picture } from './picture.ts';
import { NOT_MEASURED, lines, type Line } from './table.ts';

const COLUMNS = ['figure', 'measured', 'compared with', 'ratio', 'bar', 'held'];
const [BEGIN, END] = ['<!-- bench:begin -->\n', '<!-- bench:end -->'];

export function report(folder: string, docs?: string): void {
  const figures: Figures = {};
  for (const name of readdirSync(join(folder, 'figures'))) {
    Object.assign(figures, JSON.parse(readFileSync(join(folder, 'figures', name), 'utf8')) as Figures);
  }
  const table = lines(figures);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB`;
  const date = new Date().toISOString().slice(0, 10);
  // A part of the bench says nothing of the rest.
  const told = docs ? table : table.filter(({ measured }) => measured !== NOT_MEASURED);
  console.log(`\n${inColumns(told)}\n${machine}, ${date}`);
  writeFileSync(join(folder, 'result.json'), JSON.stringify({ machine, date, lines: table, figures }, null, 1));
  if (!docs) return;
  writeFileSync(join(docs, 'performance.svg'), picture(table, date));
  const document = join(docs, 'performance.md');
  const text = readFileSync(document, 'utf8');
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${document} has no place for the table`);
  const part = `Measured on ${date}, with ${machine}.\n\n${asMarkdown(table)}`;
  writeFileSync(document, text.slice(0, before + BEGIN.length) + part + text.slice(after));
}

function cells({ figure, measured, against, ratio, bar, held }: Line): string[] {
  return [figure, measured, against, ratio, bar, held === null ? '' : held ? 'yes' : '**no**'];
}

function asMarkdown(table: Line[]): string {
  const row = (of: string[]) => `| ${of.join(' | ')} |\n`;
  return row(COLUMNS) + row(COLUMNS.map(() => '---')) + table.map(line => row(cells(line))).join('');
}

function inColumns(table: Line[]): string {
  const rows = [COLUMNS, ...table.map(line => cells(line).map(cell => cell.replaceAll('*', '')))];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
  return rows.map(row => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd()).join('\n');
}
