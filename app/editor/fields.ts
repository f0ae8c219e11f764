// Completion and hover text from what Kubernetes says about the fields. Keys are found by their indentation: the text
// that the server gives is written in blocks, and one that is being typed is seldom well formed.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { StateEffect, StateField, type Extension, type Line, type Text } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';

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

/** What Kubernetes says about the key of a line, and where that stands. */
function explained(fields: Field[], doc: Text, line: Line): { field: Field; pos: number; end: number } | undefined {
  const key = keyOf(line.text);
  if (!key) return undefined;
  const field = fieldsAt(fields, above(doc, line.number, key.column)).find(({ name }) => name === key.name);
  const pos = line.from + key.start;
  return field && { field, pos, end: pos + key.name.length };
}

/** What Kubernetes says about the key under the mouse, and with F1 about that of the caret's line. */
export function about(fields: () => Field[]): Extension {
  const tooltip = ({ field, pos, end }: { field: Field; pos: number; end: number }): Tooltip => {
    return { pos, end, above: true, create: () => ({ dom: described(field) }) };
  };
  const show = StateEffect.define<Tooltip | null>();
  const shown = StateField.define<Tooltip | null>({
    create: () => null,
    update(before, { effects, docChanged, selection }) {
      const asked = effects.find(effect => effect.is(show));
      if (asked) return asked.value as Tooltip | null;
      return docChanged || selection ? null : before;
    },
    provide: field => showTooltip.from(field),
  });
  const explain = (view: EditorView): boolean => {
    const { doc, selection } = view.state;
    const found = explained(fields(), doc, doc.lineAt(selection.main.head));
    if (!found) return true;
    const { name, kind, about } = found.field;
    view.dispatch({
      effects: [
        // What is scrolled away has no tooltip.
        EditorView.scrollIntoView(found.pos),
        show.of(tooltip(found)),
        EditorView.announce.of(`${name} ${kind}: ${about}`),
      ],
    });
    return true;
  };
  const hide = (view: EditorView): boolean => {
    if (!view.state.field(shown)) return false;
    view.dispatch({ effects: show.of(null) });
    return true;
  };
  return [
    shown,
    keymap.of([
      { key: 'F1', run: explain },
      { key: 'Escape', run: hide },
    ]),
    hoverTooltip((view, position) => {
      const { doc } = view.state;
      const found = explained(fields(), doc, doc.lineAt(position));
      return found && position >= found.pos && position <= found.end ? tooltip(found) : null;
    }),
  ];
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
