// The pages of the audit that a screen has read, as one list. Entries are never changed and never taken away: the newest page is
// read again and again, older ones are added at the end.
import type { AuditEntry } from '../../shared/api.ts';

export const PAGE = 100;

/** The latest first, without a gap. `more`: there may be older ones. */
export type Pages = { entries: readonly AuditEntry[]; more: boolean };

export function withNewest(known: Pages | null, newest: readonly AuditEntry[]): Pages {
  const first = newest.at(-1);
  if (first === undefined || newest.length < PAGE) return { entries: newest, more: false };
  const top = known?.entries[0];
  // So much has happened meanwhile that it no longer reaches down to what was known.
  if (known === null || top === undefined || first.id > top.id) return { entries: newest, more: true };
  return { entries: [...newest, ...known.entries.filter(({ id }) => id < first.id)], more: known.more };
}

/** `older` are those before the last one that is known. */
export function withOlder(known: Pages, older: readonly AuditEntry[]): Pages {
  return { entries: [...known.entries, ...older], more: older.length === PAGE };
}
