// Takes everything about people out of a workspace for good; sums without names stay (FAULTS 1.6). Their bytes leave with `purge`.
import type { BarredBy } from '../../shared/contacts/privacy.ts';
import type { Workspace } from '../workspace.ts';
import { deleteContactRow } from './contacts.ts';
import { row, rows, run, transaction, type Database } from './database.ts';
import { isInside } from './inside.ts';
import { isSuppressed, suppressErased } from './suppressions.ts';

/** Where contacts are found that are to be erased: everything that names them, or did before they were merged or changed. */
export type Identifiers = { email: string | null; phone: string | null; externalId: string | null; former: { kind: string; value: string }[] };

/** What names a contact; `undefined` when there is none with this id. */
export function identifiersOf(workspace: Workspace, contactId: number): Identifiers | undefined {
  const found = row<Omit<Identifiers, 'former'>>(workspace.db, 'SELECT email, phone, external_id AS externalId FROM contacts WHERE id = ?', contactId);
  if (found === undefined) return undefined;
  return { ...found, former: rows<{ kind: string; value: string }>(workspace.db, `SELECT kind, value FROM former_addresses WHERE contact_id = ? UNION ${ONCE_THEIRS}`, contactId, contactId) };
}

/** What a contact was known by until somebody changed it, unless another one is by now. */
const ONCE_THEIRS = `SELECT k.key, k.value ->> 0 FROM events e CROSS JOIN json_each(e.data, '$.changes') k
  WHERE e.contact_id = ? AND e.type = 'attributes_changed' AND k.key IN ('email', 'phone', 'external_id') AND typeof(k.value ->> 0) = 'text'
    AND NOT EXISTS (SELECT 1 FROM contacts c WHERE (k.key = 'email' AND c.email = k.value ->> 0) OR (k.key = 'phone' AND c.phone = k.value ->> 0) OR (k.key = 'external_id' AND c.external_id = k.value ->> 0))
    AND NOT EXISTS (SELECT 1 FROM former_addresses f WHERE f.kind = k.key AND f.value = k.value ->> 0 AND f.contact_id <> e.contact_id)`;

/** The enrollments of a contact that it has not left yet, with the version by which it goes. */
export function passagesInside(workspace: Workspace, contactId: number): { enrollment: number; flow: number; version: number }[] {
  return rows(
    workspace.db,
    `SELECT e.id AS enrollment, e.flow_id AS flow, coalesce(f.live_version, 1) AS version FROM enrollments e JOIN flows f ON f.id = e.flow_id
     WHERE e.contact_id = ? AND ${isInside('e')} AND e.parent_id IS NULL ORDER BY e.id`,
    contactId,
  );
}

/**
 * Removes a contact with everything that hangs on it, in the transaction at hand. The ledger keeps its rows without address,
 * subject and content; enrollments and visits stay under a number that means nobody; events and orders become sums (D30).
 * `isBarred`: no import and no event may bring them back; who was suppressed stays so in any case.
 * Answers how many messages were taken back, and the texts that must not be found in the file any more.
 */
export function removePerson(workspace: Workspace, contactId: number, identifiers: Identifiers, source: string, isBarred: boolean): { cancelled: number; traces: string[] } {
  const { db } = workspace;
  const { email, phone, externalId, former } = identifiers;
  const cancelled = run(
    db,
    `UPDATE outbox SET state = 'cancelled', reason = 'no-contact', settled_at = ? WHERE contact_id = ? AND state IN ('planned', 'claimed', 'held')`,
    workspace.clock.now(),
    contactId,
  ).changes;
  run(db, 'DELETE FROM outbox_contents WHERE outbox_id IN (SELECT id FROM outbox WHERE contact_id = ?)', contactId);
  run(db, 'UPDATE outbox SET address = NULL, subject = NULL, response = NULL, content_hash = NULL WHERE contact_id = ?', contactId);
  run(db, 'UPDATE enrollments SET failure = NULL WHERE contact_id = ?', contactId);
  keepSums(db, contactId);
  forgetInHistories(db, contactId);
  // Orders point at events, which the cascade might remove first.
  run(db, 'DELETE FROM orders WHERE contact_id = ?', contactId);
  deleteContactRow(workspace, contactId);
  const names: [BarredBy, string | null][] = [['email', email], ['sms', phone], ['external_id', externalId], ...former.map(({ kind, value }): [BarredBy, string] => [kind === 'phone' ? 'sms' : kind === 'external_id' ? kind : 'email', value])];
  for (const [by, name] of names) {
    if (name === null || name === '') continue;
    if (isBarred || (by !== 'external_id' && isSuppressed(workspace, by, name))) suppressErased(workspace, by, name, source);
  }
  const traces = [...new Set([email, phone, externalId, ...former.map(({ value }) => value)])].filter((each): each is string => each !== null && each.length >= SHORTEST_TRACE);
  for (const trace of traces) blankOut(db, trace);
  return { cancelled, traces };
}

/** Shorter texts stand in a file by chance, and blanking them out would hurt others. */
const SHORTEST_TRACE = 6;

function keepSums(db: Database, contactId: number): void {
  const add = 'ON CONFLICT (day, type, flow_id, message, currency) DO UPDATE SET n = n + excluded.n, amount = amount + excluded.amount';
  run(
    db,
    `INSERT INTO erased_counts (day, type, flow_id, message, currency, n, amount)
     SELECT date(at / 1000, 'unixepoch'), type, coalesce(flow_id, 0), CASE WHEN type LIKE 'message!_%' ESCAPE '!' THEN coalesce(data ->> 'message', '') ELSE '' END, '', count(*), 0
     FROM events WHERE contact_id = ? AND type <> 'order_placed' GROUP BY 1, 2, 3, 4 ${add}`,
    contactId,
  );
  run(
    db,
    `INSERT INTO erased_counts (day, type, flow_id, message, currency, n, amount)
     SELECT local_day, 'order_placed', 0, '', currency, count(*), sum(amount) FROM orders WHERE contact_id = ? GROUP BY local_day, currency ${add}`,
    contactId,
  );
}

/** Lists of what was kept when something was taken back name people. */
function forgetInHistories(db: Database, contactId: number): void {
  // A merge that was taken back still says what the contact was called.
  run(db, 'DELETE FROM merges WHERE merged_id = ? AND undone_at IS NOT NULL', contactId);
  for (const table of ['imports', 'bulk_edits']) {
    for (const { id, undo } of rows<{ id: number; undo: string }>(db, `SELECT id, undo FROM ${table} WHERE undo IS NOT NULL AND instr(undo, ?) > 0`, `"contact":${contactId},`)) {
      const kept = JSON.parse(undo, (key, value: unknown) => (key === 'keptList' && Array.isArray(value) ? value.filter((each: { contact?: number }) => each.contact !== contactId) : value)) as unknown;
      run(db, `UPDATE ${table} SET undo = ? WHERE id = ?`, JSON.stringify(kept), id);
    }
  }
}

/** Tables that grow with the people in them, and have been dealt with row by row; to look through them for a word would take long. */
const BY_PERSON = new Set([
  'contacts', 'contact_tags', 'consents', 'suppressions', 'events', 'orders', 'segment_members', 'enrollments', 'visits', 'outbox', 'outbox_contents',
  'former_addresses', 'not_duplicates', 'erased_counts', 'guard_handed', 'step_counts', 'segment_sizes',
]);

/** Wherever else the text stands, in an audit, a rule or a remembered choice, in whatever capitals somebody has typed it, it is taken out of it. */
function blankOut(db: Database, trace: string): void {
  const found = new RegExp(trace.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  db.function('kanal_blank', { deterministic: true }, (text: unknown) => String(text).replaceAll(found, '(erased)'));
  const pattern = `%${trace.replaceAll(/[%_\\]/g, '\\$&')}%`;
  const columns = rows<{ table: string; column: string }>(
    db,
    `SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND c.type = 'TEXT' AND c.pk = 0`,
  ).filter(({ table }) => !BY_PERSON.has(table));
  for (const { table, column } of columns) {
    db.prepare(`UPDATE "${table}" SET "${column}" = kanal_blank("${column}") WHERE "${column}" LIKE ? ESCAPE '\\'`).run(pattern);
  }
}

/** Erasing inside `act` leaves nothing behind in the pages that it frees. */
export function securely<Value>(workspace: Workspace, act: () => Value): Value {
  const { db } = workspace;
  db.pragma('secure_delete = ON');
  try {
    return transaction(db, act);
  } finally {
    db.pragma('secure_delete = OFF');
  }
}
