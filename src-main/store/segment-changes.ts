// Who has come into a segment and left it, and who is meant by lists of addresses.
import type { SegmentChange } from '../../shared/api.ts';
import type { Workspace } from '../workspace.ts';
import { getContacts } from './contacts.ts';
import { rows } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** Comings and goings, the latest first, before the event `before`. Read from the index events_segment alone. */
export function segmentChanges(workspace: WithDatabase, segment: string, before: number | null, limit: number): SegmentChange[] {
  const found = rows<{ id: number; contact: number; type: string; at: number; flow: string | null }>(
    workspace.db,
    `SELECT e.id, e.contact_id AS contact, e.type, e.at, (SELECT name FROM flows f WHERE f.id = e.flow_id) AS flow FROM events e
     WHERE e.data ->> 'segment' = ? AND e.type IN ('segment_entered', 'segment_left') AND e.id < ? ORDER BY e.id DESC LIMIT ?`,
    segment,
    before ?? Number.MAX_SAFE_INTEGER,
    limit,
  );
  const contacts = getContacts(workspace, [...new Set(found.map(({ contact }) => contact))]);
  return found.map(({ type, ...each }) => ({ ...each, entered: type === 'segment_entered', values: contacts.get(each.contact)?.values ?? {} }));
}

/** The contacts with these normalised addresses, or into which those were merged that had them, by address. Addresses that nobody has are absent. */
export function contactsByEmail(workspace: WithDatabase, addresses: readonly string[]): Map<string, number> {
  const found = rows<{ email: string; id: number }>(
    workspace.db,
    `SELECT f.value AS email, f.contact_id AS id FROM json_each(?) j CROSS JOIN former_addresses f ON f.kind = 'email' AND f.value = j.value
     UNION ALL SELECT c.email AS email, c.id AS id FROM json_each(?) j CROSS JOIN contacts c ON c.email = j.value`,
    JSON.stringify(addresses),
    JSON.stringify(addresses),
  );
  return new Map(found.map(({ email, id }) => [email, id]));
}
