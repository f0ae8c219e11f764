// The YAML editor: CodeMirror in front of a text area, which stays the form's field. Whatever is typed is in the text
// area at once, so that the form and the page's own code need to know nothing of this.

import { autocompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { codeFolding, foldGutter, foldKeymap, syntaxHighlighting } from '@codemirror/language';
import { diagnosticCount, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';

import { about, completions, keyOf, type Field } from './fields.ts';
import { colours, look } from './look.ts';

/** Something wrong with the text; line and column start at 1. Without a line it is about the whole. */
interface Problem {
  line?: number;
  column?: number;
  message: string;
  /** It would be stored all the same. */
  warning: boolean;
}

/** As much of a file is read as shows that it is too large. */
const MOST_BYTES = 1024 * 1024 + 1;

/**
 * Puts the editor into `place` and hides `area`. `words` is JSON: CodeMirror's own words in the visitor's language.
 * Arguments come from WebAssembly, whose objects are JSON here.
 */
export function open(area: HTMLTextAreaElement, place: HTMLElement, words: string): Editor {
  return new Editor(area, place, JSON.parse(words) as Record<string, string>);
}

class Editor {
  readonly #area: HTMLTextAreaElement;
  readonly #place: HTMLElement;
  readonly #view: EditorView;
  #fields: Field[] = [];
  /** Tab indents once something was typed; before that it leads on, so that nobody is caught on the way through. */
  #typing = false;

  constructor(area: HTMLTextAreaElement, place: HTMLElement, words: Record<string, string>) {
    this.#area = area;
    this.#place = place;
    const fields = () => this.#fields;
    const state = EditorState.create({
      doc: area.value,
      extensions: [
        EditorState.phrases.of(words),
        EditorState.readOnly.of(area.readOnly),
        // Of any script of the page: the same policy holds for styles (SPEC Z3).
        EditorView.cspNonce.of(document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''),
        EditorView.contentAttributes.of(view => this.#attributes(view.state)),
        EditorView.updateListener.of(update => {
          if (!update.docChanged) return;
          if (update.transactions.some(change => change.isUserEvent('input') || change.isUserEvent('delete'))) {
            this.#typing = true;
          }
          this.#pass(update.state.doc);
        }),
        EditorView.domEventHandlers({
          blur: () => {
            this.#typing = false;
          },
          // The browser would keep the look of what is replaced, in style attributes, which the policy refuses.
          beforeinput: (event, view) => {
            const { state } = view;
            if (event.inputType !== 'insertText' || event.data === null) return false;
            if (state.readOnly || state.selection.main.empty || view.composing) return false;
            view.dispatch(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
            return true;
          },
        }),
        lineNumbers(),
        codeFolding(),
        foldGutter(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        yaml(),
        syntaxHighlighting(colours),
        look,
        autocompletion({ override: [completions(fields)], icons: false }),
        about(fields),
        search({ top: true }),
        keymap.of([
          ...searchKeymap,
          ...lintKeymap,
          { key: 'Enter', run: goBelow },
          // In a dialog it closes that, as long as Tab leads on.
          { key: 'Escape', run: () => (this.#typing || !area.closest('dialog')) && this.#leave() },
          { key: 'Tab', run: view => this.#typing && indentMore(view), shift: view => this.#typing && indentLess(view) },
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
        ]),
      ],
    });
    this.#view = new EditorView({ state, parent: place });
    for (const label of area.labels) label.addEventListener('click', () => this.#view.focus());
    const { selectionStart, selectionEnd } = area;
    const hadFocus = document.activeElement === area;
    area.hidden = true;
    if (!hadFocus) return;
    this.#view.dispatch({ selection: { anchor: selectionStart, head: selectionEnd } });
    this.#view.focus();
  }

  /** Puts another text into the editor; it can be undone. */
  set(text: string): void {
    const { doc } = this.#view.state;
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  }

  /** What is wrong, as JSON; shown at its line. */
  mark(problems: string): void {
    const { doc } = this.#view.state;
    const marks = (JSON.parse(problems) as Problem[]).map(({ line = 1, column = 1, message, warning }) => {
      const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      // Columns count characters, and a character may be two units long.
      const units = [...doc.sliceString(from, to)].slice(0, column - 1).join('').length;
      const start = Math.min(from + units, to);
      return { from: start, to, message, severity: warning ? ('warning' as const) : ('error' as const) };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
  }

  /** What Kubernetes says about the fields, as JSON: for completion and hover. */
  describe(fields: string): void {
    this.#fields = JSON.parse(fields) as Field[];
  }

  goTo(line: number, column: number): void {
    const { from, to } = this.#view.state.doc.line(Math.min(line, this.#view.state.doc.lines));
    const anchor = Math.min(from + column - 1, to);
    this.#view.dispatch({
      selection: { anchor, head: to },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    });
    this.#view.focus();
  }

  find(): void {
    openSearchPanel(this.#view);
  }

  /** Asks for a file and takes its text. */
  upload(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.yaml,.yml,.json,application/yaml,text/*';
    input.addEventListener('change', () => {
      const file = input.files?.[0]?.slice(0, MOST_BYTES);
      file?.text().then(
        text => this.set(text),
        (error: unknown) => console.error(error),
      );
    });
    input.click();
  }

  /** Lets go of the document's events. */
  close(): void {
    this.#view.destroy();
  }

  #pass(doc: Text): void {
    this.#area.value = doc.toString();
    this.#area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #attributes(state: EditorState): Record<string, string> {
    const attributes: Record<string, string> = {
      'aria-invalid': String(diagnosticCount(state) > 0),
      'aria-readonly': String(state.readOnly),
    };
    const label = this.#area.labels[0]?.id;
    if (label) attributes['aria-labelledby'] = label;
    const description = this.#area.getAttribute('aria-describedby');
    if (description) attributes['aria-describedby'] = description;
    return attributes;
  }

  /** To the next thing that can have the focus. */
  #leave(): boolean {
    const all = document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex="0"]');
    const next = [...all].find(
      element =>
        !this.#place.contains(element) &&
        element.checkVisibility() &&
        this.#place.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    next?.focus();
    return next !== undefined;
  }
}

/** A line behind `key:` begins below it, whatever comes after. */
function goBelow(view: EditorView): boolean {
  const { state } = view;
  const { head, empty } = state.selection.main;
  const line = state.doc.lineAt(head);
  const key = keyOf(line.text);
  if (!key || !empty || state.readOnly || head !== line.to || !line.text.endsWith(':')) return false;
  const below = `\n${' '.repeat(key.column + 2)}`;
  view.dispatch(state.replaceSelection(below), { userEvent: 'input', scrollIntoView: true });
  return true;
}
