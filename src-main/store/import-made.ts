// What an import has made besides contacts: attributes and a segment. Taking it back removes what nobody uses since.
import type { Workspace } from '../workspace.ts';
import { countFilled, removeAttribute } from './attribute-changes.ts';
import { attributesOf } from './attributes.ts';
import { row, run } from './database.ts';
import { deleteSegment } from './segments.ts';

/** Keys of attributes that were not there before, and of the segment if it was not. */
export type MadeByImport = { attributes: string[]; segment: string | null };

/** Keeps what an import makes, before it makes it. */
export function setMade(workspace: Pick<Workspace, 'db'>, importId: number, made: MadeByImport): void {
  run(workspace.db, 'UPDATE imports SET made = ? WHERE id = ?', JSON.stringify(made), importId);
}

/** Removes the attributes that nobody has a value of, and the segment that nobody is in, unless something names them. Joins the transaction at hand. */
export function removeMade(workspace: Workspace, importId: number): void {
  const text = row<{ made: string | null }>(workspace.db, 'SELECT made FROM imports WHERE id = ?', importId)?.made;
  if (text === null || text === undefined) return;
  const made = JSON.parse(text) as MadeByImport;
  for (const key of made.attributes) {
    const attribute = attributesOf(workspace).get(key);
    if (attribute === undefined || isNamed(workspace, key)) continue;
    const [filled] = countFilled(workspace, [attribute], 0, Number.MAX_SAFE_INTEGER);
    if (filled === 0) removeAttribute(workspace, attribute);
  }
  if (made.segment === null || isNamed(workspace, made.segment)) return;
  const members = row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM segment_members WHERE segment = ?', made.segment)!.n;
  if (members === 0) deleteSegment(workspace, made.segment);
}

/** Whether the key stands anywhere in a flow, a segment's rule or a message: rather one attribute too many than one that is missed. */
function isNamed({ db }: Pick<Workspace, 'db'>, key: string): boolean {
  const found = row<{ named: number }>(
    db,
    `WITH k (key) AS (SELECT ?)
     SELECT EXISTS (SELECT 1 FROM flows WHERE instr(draft, k.key)) OR EXISTS (SELECT 1 FROM segments WHERE instr(rule, k.key))
       OR EXISTS (SELECT 1 FROM flow_versions v JOIN flows f ON f.id = v.flow_id AND (f.live_version = v.number OR EXISTS (SELECT 1 FROM json_each(f.kept_versions) j WHERE j.value = v.number)) WHERE instr(v.flow, k.key) OR instr(v.messages, k.key))
       OR EXISTS (SELECT 1 FROM messages m WHERE instr(m.subject, k.key) OR instr(m.preheader, k.key) OR instr(m.body, k.key)) AS named FROM k`,
    key,
  );
  return found!.named !== 0;
}
