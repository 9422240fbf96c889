// The undo history of one flow: whole documents before and after each edit. Flows share their unchanged parts, so two hundred
// of them cost little. Pure: values in, values out.
import type { Flow } from '../../shared/flow/flow.ts';
import type { Text } from '../../shared/text.ts';
import type { Selection } from './selection.ts';

/** How many edits can be taken back (UX 2.1). */
export const HISTORY_LENGTH = 200;
/** Edits of the same field that follow each other within this many milliseconds are one (UX 2.1). */
export const BURST = 1000;

/** What an edit changed, what it is called, and what was selected on either side of it. */
export type Entry = {
  label: Text;
  before: Flow;
  after: Flow;
  selectedBefore: Selection;
  selectedAfter: Selection;
  /** Set for typing: the field that was typed into. */
  burst: string | null;
  /** Instant of the last edit in this entry. */
  at: number;
};

/** `past` ends with the newest edit; `future` begins with the next one to redo. */
export type History = { past: readonly Entry[]; future: readonly Entry[] };

export const emptyHistory: History = { past: [], future: [] };

/** The history after an edit. It clears what could be redone; typing into the same field joins the entry before it. */
export function record(history: History, entry: Entry): History {
  const last = history.past.at(-1);
  const joins =
    last !== undefined && entry.burst !== null && last.burst === entry.burst && entry.at - last.at <= BURST && history.future.length === 0;
  if (joins)
    return { past: [...history.past.slice(0, -1), { ...entry, before: last.before, selectedBefore: last.selectedBefore }], future: [] };
  return { past: [...history.past, entry].slice(-HISTORY_LENGTH), future: [] };
}

/** Takes the newest edit back: the entry that was undone and the history after it; `null` when there is none. */
export function undo(history: History): { entry: Entry; history: History } | null {
  const entry = history.past.at(-1);
  if (entry === undefined) return null;
  return { entry, history: { past: history.past.slice(0, -1), future: [entry, ...history.future] } };
}

/** Does the edit that was undone last again. A redone entry is closed: later typing begins its own. */
export function redo(history: History): { entry: Entry; history: History } | null {
  const entry = history.future[0];
  if (entry === undefined) return null;
  return { entry, history: { past: [...history.past, { ...entry, burst: null }], future: history.future.slice(1) } };
}
