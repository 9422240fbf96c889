// All contacts whom a rule means, part after part, as their columns hold them: for files, which want every one of them.
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Workspace } from '../workspace.ts';
import type { StoredAttribute } from './attributes.ts';
import { contactsMatching } from './rules.ts';

/** What a column holds. */
export type Stored = string | number | null;
/** Some contacts: their ids, and of each its values in the order of the attributes that were asked for. */
export type ContactPart = { ids: number[]; rows: Stored[][] };

/** Whom: these ids, or else all whom the rule (null: everybody) and the search mean. */
type Meant = { rule: Rule | null; search?: string; ids?: readonly number[] | null };

/** The newest first, `size` at a time. Contacts that are removed meanwhile are left out; inside one read transaction none is. */
export function* contactParts(workspace: Pick<Workspace, 'db' | 'clock'>, { rule, search = '', ids: named = null }: Meant, attributes: readonly StoredAttribute[], size: number): Generator<ContactPart> {
  const columns = attributes.map(({ column }) => `, c.${column}`).join('');
  if (named === null && rule === null && search.trim() === '') {
    const next = workspace.db.prepare(`SELECT c.id${columns} FROM contacts c WHERE c.id < ? ORDER BY c.id DESC LIMIT ?`).raw();
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const part = partOf(next.all(before, size) as Stored[][]);
      if (part.ids.length > 0) yield part;
      if (part.ids.length < size) return;
      before = part.ids.at(-1)!;
    }
  }
  const ids = named === null ? contactsMatching(workspace, rule, { search, limit: Number.MAX_SAFE_INTEGER }) : [...new Set(named)].sort((a, b) => b - a);
  const those = workspace.db.prepare(`SELECT c.id${columns} FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value`).raw();
  for (let at = 0; at < ids.length; at += size) yield partOf(those.all(JSON.stringify(ids.slice(at, at + size))) as Stored[][]);
}

function partOf(rows: Stored[][]): ContactPart {
  return { ids: rows.map((row) => row.shift() as number), rows };
}
