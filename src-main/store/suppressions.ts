// Addresses never to be written to, whatever a contact, a flow or an import says. They outlive contacts (FAULTS F12, F41).
import type { Channel } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { findByEmail } from './contacts.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';

export type NewSuppression = { channel: Channel; /** Normalised (shared/contacts/address.ts). */ address: string; reason: string; source: string; at?: number };

/** Suppresses an address for good, with a `suppressed` event where a contact has it. Answers false when it was suppressed already. */
export function addSuppression(workspace: Workspace, suppression: NewSuppression): boolean {
  return transaction(workspace.db, () => {
    const { channel, address, reason, source } = suppression;
    const at = suppression.at ?? workspace.clock.now();
    const added = run(workspace.db, 'INSERT INTO suppressions (channel, address, reason, source, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING', channel, address, reason, source, at);
    if (added.changes === 0) return false;
    for (const contactId of contactsWith(workspace, channel, address)) recordEvent(workspace, { contactId, type: 'suppressed', at, source, data: { channel, reason } });
    return true;
  });
}

function contactsWith(workspace: Workspace, channel: Channel, address: string): number[] {
  if (channel === 'sms') return rows<{ id: number }>(workspace.db, 'SELECT id FROM contacts WHERE phone = ?', address).map(({ id }) => id);
  const id = findByEmail(workspace, address);
  return id === undefined ? [] : [id];
}

/** Whether nothing may be sent to this normalised address. */
export function isSuppressed(workspace: Pick<Workspace, 'db'>, channel: Channel, address: string): boolean {
  return row(workspace.db, 'SELECT 1 FROM suppressions WHERE channel = ? AND address = ?', channel, address) !== undefined;
}

/** Which of these normalised addresses are suppressed. One query. */
export function suppressedAmong(workspace: Pick<Workspace, 'db'>, channel: Channel, addresses: readonly string[]): Set<string> {
  const found = rows<{ address: string }>(
    workspace.db,
    'SELECT s.address AS address FROM json_each(?) j CROSS JOIN suppressions s ON s.channel = ? AND s.address = j.value',
    JSON.stringify(addresses),
    channel,
  );
  return new Set(found.map(({ address }) => address));
}

/** Why and since when an address is suppressed. */
export function suppressionsOf(workspace: Pick<Workspace, 'db'>, channel: Channel, address: string): { reason: string; at: number }[] {
  return rows(workspace.db, 'SELECT reason, at FROM suppressions WHERE channel = ? AND address = ?', channel, address);
}
