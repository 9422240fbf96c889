// Contacts: adding, changing and finding them. Every change is an event in the same transaction, and only real changes are.
import type { AttributeChanges } from '../../shared/contacts/event.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isTimeZone } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, fromColumn, toColumn, type AttributeMap, type StoredAttribute } from './attributes.ts';
import { row, rows, run, transaction, type Database } from './database.ts';
import { recordEvent } from './events.ts';
import { readSettings } from './settings.ts';
import type { Cause, Subject } from './tags.ts';

export type Values = Record<string, AttributeValue>;
type Columns = Record<string, string | number | null>;

/** A contact as it is stored: its attributes that have a value, by key. */
export type StoredContact = { id: number; addedAt: number; importId: number | null; values: Values };

/**
 * Adds a contact, with a `contact_added` event; answers its id. The values have been checked and normalised by the caller
 * (shared/contacts/values.ts); an e-mail address that somebody has already is refused. Give `attributes` when adding many.
 */
export function insertContact(workspace: Workspace, values: Values, cause: Cause, attributes: AttributeMap = attributesOf(workspace)): number {
  return transaction(workspace.db, () => {
    const columns = Object.entries(values).map(([key, value]) => [attributeNamed(attributes, key), value] as const);
    refuseTakenEmail(workspace, values.email, null);
    const at = cause.at ?? workspace.clock.now();
    const names = columns.map(([attribute]) => `${attribute.column}, `).join('');
    const { id } = run(
      workspace.db,
      `INSERT INTO contacts (${names}added_at, import_id) VALUES (${'?, '.repeat(columns.length)}?, ?)`,
      ...columns.map(([attribute, value]) => toColumn(attribute, value)),
      at,
      cause.importId ?? null,
    );
    recordEvent(workspace, { contactId: id, type: 'contact_added', at, source: cause.source, flowId: cause.flowId, importId: cause.importId });
    return id;
  });
}

/**
 * Changes attributes of a contact, with one `attributes_changed` event that carries [old, new] of each that really changed;
 * answers those changes. Attributes that are not named stay as they are; `null` empties. Refuses an unknown contact and an
 * e-mail address of somebody else.
 */
export function updateContact(workspace: Workspace, id: number, values: Values, cause: Cause & { enrollmentId?: number | null }, attributes: AttributeMap = attributesOf(workspace)): AttributeChanges {
  return transaction(workspace.db, () => {
    const wanted = Object.entries(values).map(([key, value]) => [attributeNamed(attributes, key), value] as const);
    if (wanted.length === 0) return {};
    const before = row<Columns>(workspace.db, `SELECT ${wanted.map(([{ column }]) => column).join(', ')} FROM contacts WHERE id = ?`, id);
    if (before === undefined) refuseUnknownContact(id);
    const changed = wanted.filter(([attribute, value]) => toColumn(attribute, value) !== before[attribute.column]);
    if (changed.length === 0) return {};
    if (changed.some(([{ key }]) => key === 'email')) refuseTakenEmail(workspace, values.email, id);
    run(
      workspace.db,
      `UPDATE contacts SET ${changed.map(([{ column }]) => `${column} = ?`).join(', ')} WHERE id = ?`,
      ...changed.map(([attribute, value]) => toColumn(attribute, value)),
      id,
    );
    const changes: AttributeChanges = Object.fromEntries(
      changed.map(([attribute, value]) => [attribute.key, [fromColumn(attribute, before[attribute.column]!), fromColumn(attribute, toColumn(attribute, value))]]),
    );
    recordEvent(workspace, {
      contactId: id,
      type: 'attributes_changed',
      at: cause.at ?? workspace.clock.now(),
      source: cause.source,
      flowId: cause.flowId,
      enrollmentId: cause.enrollmentId,
      importId: cause.importId,
      bulkEditId: cause.bulkEditId,
      data: { changes },
    });
    return changes;
  });
}

/**
 * Gives many contacts the same value of one attribute, with an event for each whose value it changes; answers how many.
 * The identifying e-mail address cannot be set this way.
 */
export function setAttributeFor(workspace: Workspace, subjects: readonly Subject[], key: string, value: AttributeValue, cause: Cause): number {
  return transaction(workspace.db, () => {
    const attribute = attributeNamed(attributesOf(workspace), key);
    if (key === 'email') refuse('email-not-settable', say('A flow cannot change the e-mail address of a contact: it says who the contact is.'), { field: key });
    const stored = toColumn(attribute, value);
    const now = fromColumn(attribute, stored);
    const at = cause.at ?? workspace.clock.now();
    let changed = 0;
    for (const { contactId, enrollmentId } of subjects) {
      const before = row<{ value: string | number | null }>(workspace.db, `SELECT ${attribute.column} AS value FROM contacts WHERE id = ?`, contactId);
      if (before === undefined || before.value === stored) continue;
      run(workspace.db, `UPDATE contacts SET ${attribute.column} = ? WHERE id = ?`, stored, contactId);
      const changes: AttributeChanges = { [key]: [fromColumn(attribute, before.value), now] };
      recordEvent(workspace, { contactId, type: 'attributes_changed', at, source: cause.source, flowId: cause.flowId, enrollmentId, importId: cause.importId, bulkEditId: cause.bulkEditId, data: { changes } });
      changed++;
    }
    return changed;
  });
}

/** One contact; `undefined` when there is none with this id. */
export function getContact(workspace: Pick<Workspace, 'db'>, id: number, attributes: AttributeMap = attributesOf(workspace)): StoredContact | undefined {
  return getContacts(workspace, [id], attributes).get(id);
}

/** Many contacts by id, in one query. Ids without a contact are absent. */
export function getContacts(workspace: Pick<Workspace, 'db'>, ids: readonly number[], attributes: AttributeMap = attributesOf(workspace)): Map<number, StoredContact> {
  const found = rows<Columns>(
    workspace.db,
    `SELECT c.id, c.added_at, c.import_id, ${columnsOf(attributes, 'c')} FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value`,
    JSON.stringify(ids),
  );
  return new Map(found.map((columns) => [columns.id as number, contactFrom(columns, attributes)]));
}

/** The columns of all attributes, for a SELECT over contacts under an alias. */
export function columnsOf(attributes: AttributeMap, alias: string): string {
  return [...attributes.values()].map(({ column }) => `${alias}.${column}`).join(', ');
}

/** A row with `id`, `added_at`, `import_id` and the columns of all attributes, as a contact. */
export function contactFrom(columns: Columns, attributes: AttributeMap): StoredContact {
  const values: Values = {};
  for (const attribute of attributes.values()) {
    const stored = columns[attribute.column];
    if (stored !== null && stored !== undefined) values[attribute.key] = fromColumn(attribute, stored);
  }
  return { id: columns.id as number, addedAt: columns.added_at as number, importId: columns.import_id as number | null, values };
}

/** The values of one attribute for many contacts; those without a value are absent. One query. */
export function attributeValuesFor(workspace: Pick<Workspace, 'db'>, contactIds: readonly number[], key: string, attributes: AttributeMap = attributesOf(workspace)): Map<number, AttributeValue> {
  const attribute = attributeNamed(attributes, key);
  const found = rows<{ id: number; value: string | number }>(
    workspace.db,
    `SELECT c.id AS id, c.${attribute.column} AS value FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value WHERE c.${attribute.column} IS NOT NULL`,
    JSON.stringify(contactIds),
  );
  return new Map(found.map(({ id, value }) => [id, fromColumn(attribute, value)]));
}

/** The contact with a normalised e-mail address, or into which the one that had it was merged; `undefined` when there is none. */
export function findByEmail(workspace: Pick<Workspace, 'db'>, email: string): number | undefined {
  return (
    row<{ id: number }>(workspace.db, 'SELECT id FROM contacts WHERE email = ?', email)?.id ??
    row<{ id: number }>(workspace.db, `SELECT contact_id AS id FROM former_addresses WHERE kind = 'email' AND value = ?`, email)?.id
  );
}

/** The highest id of a contact, 0 without any: there are no more contacts than that, and it costs nothing to find. */
export function highestContact(workspace: Pick<Workspace, 'db'>): number {
  return row<{ id: number | null }>(workspace.db, 'SELECT max(id) AS id FROM contacts')!.id ?? 0;
}

/** How many contacts there are. It looks through an index of all of them. */
export function countContacts(workspace: Pick<Workspace, 'db'>): number {
  return counted(workspace, null).count;
}

/** How many contacts there are up to the one with the id `last`. */
export type CountedContacts = { count: number; last: number };

/** Counts contacts, those that have been counted before not again: which is right as long as `contactsOutOfTurn` is the same. */
export function counted({ db }: Pick<Workspace, 'db'>, before: CountedContacts | null): CountedContacts {
  // Each in one statement, so that both numbers are of the same moment.
  if (before === null) return row<CountedContacts>(db, 'SELECT (SELECT count(*) FROM contacts) AS count, (SELECT coalesce(max(id), 0) FROM contacts) AS last')!;
  const { count, last } = row<CountedContacts>(db, 'SELECT count(*) AS count, coalesce(max(id), 0) AS last FROM contacts WHERE id > ?', before.last)!;
  return { count: before.count + count, last: Math.max(before.last, last) };
}

const outOfTurn = new WeakMap<Database, number>();

/**
 * How often a contact was taken out, or put back under its own id, since the workspace was opened on this connection. As long as
 * this stays the same, contacts have only come after all others, and whoever has counted them need not count those again.
 */
export function contactsOutOfTurn({ db }: Pick<Workspace, 'db'>): number {
  return outOfTurn.get(db) ?? 0;
}

/** Call it before a contact's row is taken out or put back. */
export function noteOutOfTurn({ db }: Pick<Workspace, 'db'>): void {
  outOfTurn.set(db, (outOfTurn.get(db) ?? 0) + 1);
}

/** Removes a contact's row, and with it everything that cannot be without it. */
export function deleteContactRow(workspace: Pick<Workspace, 'db'>, id: number): void {
  noteOutOfTurn(workspace);
  run(workspace.db, 'DELETE FROM contacts WHERE id = ?', id);
}

/** The zone in which a contact lives: its own where that is a real one, or the workspace's. */
export function contactZone(contact: { time_zone?: AttributeValue }, workspaceZone: string): string {
  return typeof contact.time_zone === 'string' && isTimeZone(contact.time_zone) ? contact.time_zone : workspaceZone;
}

/** The zones of many contacts, each with the workspace's as fallback. One query. */
export function contactZonesFor(workspace: Pick<Workspace, 'db'>, contactIds: readonly number[]): Map<number, string> {
  const fallback = readSettings(workspace).timeZone;
  const own = attributeValuesFor(workspace, contactIds, 'time_zone');
  return new Map(contactIds.map((id) => [id, contactZone({ time_zone: own.get(id) ?? null }, fallback)]));
}

/** Stops with a problem: the contact is gone, or never was. */
export function refuseUnknownContact(id: number): never {
  refuse('contact-unknown', say('There is no contact number {id}. It may have been removed.', { id: String(id) }));
}

/** The attribute with a key; refuses one that does not exist, so that no foreign text ever becomes a column's name. */
export function attributeNamed(attributes: AttributeMap, key: string): StoredAttribute {
  const found = attributes.get(key);
  if (found === undefined) refuse('attribute-unknown', say('There is no attribute {key}. Add it under Contacts, or choose another one.', { key }), { field: key });
  return found;
}

function refuseTakenEmail(workspace: Workspace, email: AttributeValue | undefined, self: number | null): void {
  if (typeof email !== 'string' || email === '') return;
  const owner = findByEmail(workspace, email);
  if (owner !== undefined && owner !== self) refuse('email-taken', say('There is a contact with the address {email} already. Change that one instead.', { email }), { field: 'email' });
}
