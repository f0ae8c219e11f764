// The editor's look, in the page's own colours (style/tokens.css): so both themes are right.

import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.bool, tags.null, tags.number, tags.keyword, tags.typeName, tags.labelName], color: 'var(--brass)' },
  { tag: [tags.comment, tags.meta], color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

const control = {
  border: '1px solid var(--edge)',
  borderRadius: '6px',
  background: 'var(--surface)',
  color: 'var(--ink)',
  font: '13px var(--sans)',
  padding: '3px 8px',
};

export const look = EditorView.theme({
  '&': {
    maxHeight: '76vh',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--radius)',
    background: 'var(--surface)',
    color: 'var(--ink)',
    overflow: 'hidden',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { font: '13px/1.55 var(--mono)', overflow: 'auto' },
  '.cm-content, .cm-gutter': { minHeight: '52vh' },
  '.dialog & .cm-content, .dialog & .cm-gutter': { minHeight: '16em' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '10px 0' },
  '.cm-gutters': { background: 'var(--sunken)', color: 'var(--muted)', border: '0', borderRight: '1px solid var(--line)' },
  '.cm-specialChar': { color: 'var(--danger)' },
  '.cm-foldPlaceholder': { background: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--muted)' },
  '.cm-tooltip': {
    background: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    maxWidth: 'min(480px, calc(100vw - 24px))',
  },
  '.cm-about': { padding: '8px 12px', '& p': { marginTop: '4px' } },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--brass)' },
  '.cm-panels': { background: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-panel.cm-search': { padding: '8px 32px 4px 10px', '& label': { fontSize: '13px' } },
  '.cm-panel.cm-search [name=close]': { color: 'var(--ink)', fontSize: '18px', width: '24px', height: '24px' },
  '.cm-textfield': { ...control, minHeight: '28px', maxWidth: '100%' },
  '.cm-button': { ...control, backgroundImage: 'none', minHeight: '28px', cursor: 'pointer' },
  '.cm-searchMatch': { background: 'var(--brass-soft)', outline: '1px solid var(--brass)' },
  '.cm-searchMatch-selected': { background: 'var(--accent-soft)', outline: '2px solid var(--accent)' },
});
