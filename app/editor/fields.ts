// Completion and hover text from what Kubernetes says about the fields. Keys are found by their indentation: the text
// that the server gives is written in blocks, and one that is being typed is seldom well formed.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Text } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';

export interface Field {
  name: string;
  /** `string`, `boolean`, `[]OwnerReference`, `map[string]string`… */
  kind: string;
  about: string;
  required: boolean;
  /** Of the object, or of the list's elements. */
  fields: Field[];
}

interface Key {
  name: string;
  /** Where it begins, and where its name does: behind a quote. */
  column: number;
  start: number;
  /** The first of an element of a list. */
  isFirst: boolean;
}

const KEY = /^((?:- |\s)*)(["']?)([\w./-]+)\2\s*:(?=\s|$)/;

export function keyOf(line: string): Key | undefined {
  const [, before = '', quote = '', name] = KEY.exec(line) ?? [];
  if (name === undefined) return undefined;
  const column = before.length;
  return { name, column, start: column + quote.length, isFirst: before.trimEnd().endsWith('-') };
}

/** The keys that a line is below, if what stands on it begins at `column`. */
function above(doc: Text, line: number, column: number): string[] {
  const path: string[] = [];
  for (let number = line - 1, left = column; number > 0 && left > 0; number--) {
    const key = keyOf(doc.line(number).text);
    if (!key || key.column >= left) continue;
    path.unshift(key.name);
    left = key.column;
  }
  return path;
}

/** The other keys of the same object. */
function beside(doc: Text, line: number, column: number): Set<string> {
  const names = new Set<string>();
  const look = (step: 1 | -1) => {
    for (let number = line + step; number > 0 && number <= doc.lines; number += step) {
      const key = keyOf(doc.line(number).text);
      if (!key || key.column > column) continue;
      if (key.column < column || (step === 1 && key.isFirst)) return;
      names.add(key.name);
      if (key.isFirst) return;
    }
  };
  look(1);
  if (!/^\s*- /.test(doc.line(line).text)) look(-1);
  return names;
}

function fieldsAt(fields: Field[], path: string[]): Field[] {
  return path.reduce((level, name) => level.find(field => field.name === name)?.fields ?? [], fields);
}

export function completions(fields: () => Field[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const { doc } = context.state;
    const line = doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const value = /^((?:- |\s)*)([\w./-]+):\s+(\w*)$/.exec(before);
    if (value) {
      const [, indent = '', name, typed = ''] = value;
      const siblings = fieldsAt(fields(), above(doc, line.number, indent.length));
      if (siblings.find(field => field.name === name)?.kind !== 'boolean') return null;
      return { from: context.pos - typed.length, options: [{ label: 'true' }, { label: 'false' }] };
    }
    const key = /^((?:- |\s)*)([\w-]*)$/.exec(before);
    const [, indent = '', typed = ''] = key ?? [];
    if (!key || (typed === '' && !context.explicit)) return null;
    const there = beside(doc, line.number, indent.length);
    const options = fieldsAt(fields(), above(doc, line.number, indent.length))
      .filter(field => !there.has(field.name))
      .map(field => completion(field, ' '.repeat(indent.length), line.text.slice(before.length)));
    return { from: context.pos - typed.length, options, validFor: /^[\w-]*$/ };
  };
}

function completion(field: Field, indent: string, after: string): Completion {
  const { name, kind } = field;
  let start = `${name}: `;
  if (kind.startsWith('[]')) start = `${name}:\n${indent}- `;
  else if (kind.startsWith('map[') || field.fields.length > 0) start = `${name}:\n${indent}  `;
  return { label: name, detail: kind, info: field.about, apply: after.startsWith(':') ? name : start };
}

/** What Kubernetes says about the key under the mouse. */
export function about(fields: () => Field[]) {
  return hoverTooltip((view, position) => {
    const line = view.state.doc.lineAt(position);
    const key = keyOf(line.text);
    if (!key) return null;
    const from = line.from + key.start;
    const end = from + key.name.length;
    if (position < from || position > end) return null;
    const siblings = fieldsAt(fields(), above(view.state.doc, line.number, key.column));
    const field = siblings.find(({ name }) => name === key.name);
    if (!field) return null;
    return { pos: from, end, above: true, create: () => ({ dom: described(field) }) };
  });
}

function described({ name, kind, about: text }: Field): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-about';
  box.lang = 'en';
  const title = document.createElement('strong');
  title.textContent = name;
  const type = document.createElement('code');
  type.textContent = ` ${kind}`;
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  box.append(title, type, paragraph);
  return box;
}
