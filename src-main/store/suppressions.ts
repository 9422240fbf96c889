// Addresses and domains never to be written to, whatever a contact, a flow or an import says. They outlive contacts (FAULTS
// F12, F41). A row holds an address, "@" and a domain, or "#" and the keyed hash of an address that was erased: none of the
// three can be mistaken for another, since an address has something before its "@".
import type { SuppressionRow } from '../../shared/api.ts';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { BARRED_BY, type BarredBy } from '../../shared/contacts/privacy.ts';
import type { Workspace } from '../workspace.ts';
import { findByEmail } from './contacts.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { addressHash, identityOf } from './identity.ts';
import { teachFolding, textTest } from './rule-sql.ts';
import { tellLater, tellSuppressed } from './telling-suppressed.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/**
 * `address`: normalised (shared/contacts/address.ts), or "@example.com" for a whole domain, or a hash (`hashedAddress`). `tellsHash`: there
 * may be contacts here with the address behind a hash; of somebody who was just erased there are none.
 */
export type NewSuppression = { channel: BarredBy; address: string; reason: string; source: string; at?: number; tellsHash?: boolean };

/** The reason of those whose contact was erased; of them only the hash is kept. */
export const REASON_ERASED = 'erased';

/** Suppresses an address for good, with a `suppressed` event where a contact has it; the people of a domain get theirs soon after. Answers false when it was suppressed already. */
export function addSuppression(workspace: Workspace, suppression: NewSuppression): boolean {
  return transaction(workspace.db, () => {
    const { channel, address, reason, source } = suppression;
    const at = suppression.at ?? workspace.clock.now();
    const added = run(workspace.db, 'INSERT INTO suppressions (channel, address, reason, source, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING', channel, address, reason, source, at);
    if (added.changes === 0) return false;
    for (const contactId of contactsWith(workspace, channel, address)) tellSuppressed(workspace, contactId, channel, { reason, source, at });
    if (isDomain(address) || suppression.tellsHash === true) tellLater(workspace, added.id, isHash(address));
    workspace.guard?.soon();
    return true;
  });
}

/** The contacts that have this very address; a domain's people are not looked for here, because they may be many. */
function contactsWith(workspace: Workspace, channel: BarredBy, address: string): number[] {
  if (isDomain(address) || isHash(address)) return [];
  if (channel === 'external_id') return [];
  if (channel === 'sms') return rows<{ id: number }>(workspace.db, 'SELECT id FROM contacts WHERE phone = ?', address).map(({ id }) => id);
  const id = findByEmail(workspace, address);
  return id === undefined ? [] : [id];
}

const isDomain = (address: string): boolean => address.startsWith('@');
const isHash = (address: string): boolean => address.startsWith('#');

/** How a suppression names an address that nobody may keep: by the workspace's own key. */
export function hashedAddress(workspace: WithDatabase, channel: BarredBy, address: string): string {
  return `#${addressHash(identityOf(workspace).keys[0]!, channel, address)}`;
}

/** The keys of rows under which an address is suppressed: itself, its domain, and its hash where any is kept. */
function namesOf(workspace: WithDatabase, channel: BarredBy): (address: string) => string[] {
  const keys = hasHashes(workspace, channel) ? identityOf(workspace).keys : [];
  return (address) => {
    const at = address.lastIndexOf('@');
    return [address, ...(at < 0 ? [] : [address.slice(at)]), ...keys.map((key) => `#${addressHash(key, channel, address)}`)];
  };
}

/** A step in the index, so that workspaces in which nobody was erased pay for no hash. */
function hasHashes(workspace: WithDatabase, channel: BarredBy): boolean {
  return row(workspace.db, `SELECT 1 FROM suppressions WHERE channel = ? AND address >= '#' AND address < '$' LIMIT 1`, channel) !== undefined;
}

/** Whether nothing may be sent to this normalised address. */
export function isSuppressed(workspace: WithDatabase, channel: Channel, address: string): boolean {
  return suppressedAmong(workspace, channel, [address]).size > 0;
}

/** Whether anything at all is suppressed on a channel, or by external id. */
export function anySuppressions(workspace: WithDatabase, channel: BarredBy): boolean {
  return row(workspace.db, 'SELECT 1 FROM suppressions WHERE channel = ? LIMIT 1', channel) !== undefined;
}

/** Which of these normalised addresses are suppressed, themselves or with their domain. One query. */
export function suppressedAmong(workspace: WithDatabase, channel: Channel, addresses: readonly string[]): Set<string> {
  if (addresses.length === 0) return new Set();
  const names = namesOf(workspace, channel);
  const byName = new Map<string, string[]>();
  for (const address of addresses) {
    for (const name of names(address)) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [address]);
      else known.push(address);
    }
  }
  const found = rows<{ address: string }>(
    workspace.db,
    'SELECT s.address AS address FROM json_each(?) j CROSS JOIN suppressions s ON s.channel = ? AND s.address = j.value',
    JSON.stringify([...byName.keys()]),
    channel,
  );
  return new Set(found.flatMap(({ address }) => byName.get(address)!));
}

/** Whether somebody with this normalised address, or external id, was erased: then no import, event or form makes a contact of it (FAULTS F41). */
export function isErased(workspace: WithDatabase, by: BarredBy, value: string): boolean {
  return erasedAmong(workspace, by, [value]).size > 0;
}

/** Which of these normalised addresses, or external ids, are those of people who were erased. Nothing is hashed, and nothing asked, where nobody was. */
export function erasedAmong(workspace: WithDatabase, by: BarredBy, values: readonly string[]): Set<string> {
  if (values.length === 0 || !hasHashes(workspace, by)) return new Set();
  const { keys } = identityOf(workspace);
  const byName = new Map<string, string>(values.flatMap((value) => keys.map((key) => [`#${addressHash(key, by, value)}`, value] as const)));
  const found = rows<{ name: string }>(
    workspace.db,
    'SELECT s.address AS name FROM json_each(?) j CROSS JOIN suppressions s ON s.channel = ? AND s.address = j.value WHERE s.reason = ?',
    JSON.stringify([...byName.keys()]),
    by,
    REASON_ERASED,
  );
  return new Set(found.map(({ name }) => byName.get(name)!));
}

/** Why and since when an address is suppressed, itself or with its domain (then `domain` names it). */
export function suppressionsOf(workspace: WithDatabase, channel: Channel, address: string): { reason: string; at: number; domain: string | null }[] {
  return rows<{ reason: string; at: number; name: string }>(
    workspace.db,
    'SELECT s.reason AS reason, s.at AS at, s.address AS name FROM json_each(?) j CROSS JOIN suppressions s ON s.channel = ? AND s.address = j.value',
    JSON.stringify(namesOf(workspace, channel)(address)),
    channel,
  ).map(({ reason, at, name }) => ({ reason, at, domain: isDomain(name) ? name.slice(1) : null }));
}

type Stored = { id: number; channel: BarredBy; address: string; reason: string; source: string; at: number; contact: number | null };

const COLUMNS = `SELECT s.id, s.channel, s.address, s.reason, s.source, s.at, c.id AS contact FROM suppressions s
  LEFT JOIN contacts c ON s.channel = 'email' AND c.email = s.address`;

function fromStored({ address, ...rest }: Stored): SuppressionRow {
  if (isHash(address)) return { ...rest, kind: 'erased', address: null };
  return isDomain(address) ? { ...rest, kind: 'domain', address: `*${address}` } : { ...rest, kind: 'address', address };
}

/**
 * Suppressions, the newest first: those with the search in their address, domain, reason or source. A whole address also finds
 * the domain that it is in, and the hash that is left of it.
 */
export function listSuppressions(workspace: WithDatabase, search: string, offset: number, limit: number): { total: number; rows: SuppressionRow[] } {
  const word = search.trim().toLowerCase().replace(/^\*/, '');
  const names = BARRED_BY.flatMap((by) => namesOf(workspace, by)(by === 'external_id' ? search.trim() : word));
  teachFolding(workspace.db);
  const said = textTest('(s.address || char(10) || s.reason || char(10) || s.source)', 'contains', word);
  const where = word === '' ? '' : `WHERE ${said.sql} OR s.address IN (SELECT value FROM json_each(?))`;
  const values = word === '' ? [] : [...said.values, JSON.stringify(names)];
  const total = row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM suppressions s ${where}`, ...values)!.n;
  const found = rows<Stored>(workspace.db, `${COLUMNS} ${where} ORDER BY s.id DESC LIMIT ? OFFSET ?`, ...values, limit, offset);
  return { total, rows: found.map(fromStored) };
}

/** The next of them behind an id (0: the first), the oldest first: for going through all, whatever is added meanwhile. */
export function suppressionsAfter(workspace: WithDatabase, id: number, limit: number): SuppressionRow[] {
  return rows<Stored>(workspace.db, `${COLUMNS} WHERE s.id > ? ORDER BY s.id LIMIT ?`, id, limit).map(fromStored);
}

/** One suppression as lists show it; `undefined` when there is none with this id. */
export function getSuppression(workspace: WithDatabase, id: number): SuppressionRow | undefined {
  const found = row<Stored>(workspace.db, `${COLUMNS} WHERE s.id = ?`, id);
  return found === undefined ? undefined : fromStored(found);
}

/** Takes a suppression off the list, with a `suppression_removed` event where a contact has the address. Whether that may be is the caller's to decide. */
export function removeSuppression(workspace: Workspace, id: number, source: string): void {
  transaction(workspace.db, () => {
    const found = row<Stored>(workspace.db, `${COLUMNS} WHERE s.id = ?`, id);
    if (found === undefined) return;
    const { channel, address, reason } = found;
    run(workspace.db, 'DELETE FROM suppressions WHERE id = ?', id);
    for (const contactId of contactsWith(workspace, channel, address)) recordEvent(workspace, { contactId, type: 'suppression_removed', at: workspace.clock.now(), source, data: { channel, reason } });
    workspace.guard?.lifted(channel, address);
  });
}

/** Puts the hash in the place of an address, also where that was suppressed before: from now on nothing here says whose it was. */
export function suppressErased(workspace: Workspace, channel: BarredBy, address: string, source: string): void {
  run(workspace.db, 'DELETE FROM suppressions WHERE channel = ? AND address = ?', channel, address);
  addSuppression(workspace, { channel, address: hashedAddress(workspace, channel, address), reason: REASON_ERASED, source });
}

/** All hashes of erased people under the workspace's own key, for other workspaces (FEATURES B14); not of external ids, which mean somebody else there. */
export function erasedHashes(workspace: WithDatabase): { channel: Channel; hash: string; at: number }[] {
  return rows(workspace.db, `SELECT channel, substr(address, 2) AS hash, at FROM suppressions WHERE address >= '#' AND address < '$' AND channel IN (SELECT value FROM json_each(?)) ORDER BY id`, JSON.stringify(CHANNELS));
}
