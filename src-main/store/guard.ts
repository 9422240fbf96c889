// What the guard file is written from, and what of it a workspace does not know: an older one, or a copy that others have gone
// beyond (FAULTS F12).
import { SUPPRESSION_REASONS } from '../../shared/contacts/blocked-address.ts';
import type { Channel } from '../../shared/contacts/contact.ts';
import type { BarredBy } from '../../shared/contacts/privacy.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { guardText, type GuardLine } from './guard-file.ts';
import { addressHash, identityOf } from './identity.ts';
import { SENT_AT } from './outbox.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** How far this workspace and its guard are known to agree: bytes of the file, and ids of the last rows that it was told of. */
export type GuardMark = { bytes: number; suppression: number; consent: number; /** Something could not be written. */ broken: boolean };

/** "#" and the keyed hash of an address; what is a hash or a domain already stays as it is. */
export function guardName(key: string, channel: BarredBy, address: string): string {
  return /^[#@]/.test(address) ? address : `#${addressHash(key, channel, address)}`;
}

const CODES: ReadonlySet<string> = new Set(SUPPRESSION_REASONS);

/** Suppressions and withdrawals behind the mark as text of the guard file, and how far they go. Reasons in a user's own words may name somebody: they stay here. */
export function newsSince(workspace: WithDatabase, { suppression, consent }: Pick<GuardMark, 'suppression' | 'consent'>): { text: string; suppression: number; consent: number } {
  const key = identityOf(workspace).keys[0]!;
  const suppressions = rows<{ id: number; at: Instant; channel: BarredBy; address: string; reason: string }>(workspace.db, 'SELECT id, at, channel, address, reason FROM suppressions WHERE id > ? ORDER BY id', suppression);
  const suppressed = suppressions.map(({ at, channel, address, reason }): GuardLine => ({ kind: 'suppressed', at, channel, address: guardName(key, channel, address), reason: CODES.has(reason) ? reason : 'user' }));
  return {
    text: guardText(suppressed) + guardText(withdrawalsSince(workspace, key, consent)),
    suppression: suppressions.at(-1)?.id ?? suppression,
    consent: row<{ id: number | null }>(workspace.db, 'SELECT max(id) AS id FROM consents')!.id ?? consent,
  };
}

/** So many withdrawals are read at a time. */
const SOME = 500;

/** Some at a time: an import may bring very many. */
function* withdrawalsSince(workspace: WithDatabase, key: string, consent: number): Generator<GuardLine> {
  type Withdrawal = { id: number; at: Instant; channel: Channel; topic: string; address: string | null };
  for (let last = consent; ; ) {
    const some = rows<Withdrawal>(
      workspace.db,
      `SELECT k.id, k.at, k.channel, k.topic, CASE k.channel WHEN 'sms' THEN c.phone ELSE c.email END AS address
       FROM consents k JOIN contacts c ON c.id = k.contact_id WHERE k.id > ? AND k.state = 'withdrawn' ORDER BY k.id LIMIT ${SOME}`,
      last,
    );
    for (const { at, channel, topic, address } of some) {
      if (address !== null) yield { kind: 'withdrawn', at, channel, topic, address: guardName(key, channel, address) };
    }
    if (some.length < SOME) return;
    last = some.at(-1)!.id;
  }
}

/** How many statements about consent there are behind the mark; most of them are no withdrawals. */
export function consentsSince({ db }: WithDatabase, { consent }: Pick<GuardMark, 'consent'>): number {
  return (row<{ id: number | null }>(db, 'SELECT max(id) AS id FROM consents')!.id ?? consent) - consent;
}

/** Every message whose body has left, or may have, as lines: for a guard that must be written anew. */
export function allHanded(workspace: WithDatabase): GuardLine[] {
  const key = identityOf(workspace).keys[0]!;
  const sent = rows<{ key: string; at: Instant; handover: number; address: string | null }>(
    workspace.db,
    `SELECT key, ${SENT_AT} AS at, handovers AS handover, address FROM outbox WHERE handovers > 0 AND state IN ('handed', 'sent', 'unknown', 'failed')`,
  );
  return sent.map(({ address, ...each }): GuardLine => ({ kind: 'handed', ...each, address: guardName(key, 'email', address ?? '') }));
}

export type HandedLine = Extract<GuardLine, { kind: 'handed' }>;

/** Of messages that have left by the guard, those of which this workspace does not know it. */
export function unknownHanded(workspace: WithDatabase, lines: readonly HandedLine[]): HandedLine[] {
  const unknown: HandedLine[] = [];
  for (let at = 0; at < lines.length; at += 1000) {
    const some = lines.slice(at, at + 1000);
    const known = new Set(
      rows<{ at: number }>(
        workspace.db,
        `SELECT j.key AS at FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.key = j.value ->> 0 AND o.handovers >= j.value ->> 1)
         OR EXISTS (SELECT 1 FROM guard_handed g WHERE g.key = j.value ->> 0)`,
        JSON.stringify(some.map(({ key, handover }) => [key, handover])),
      ).map((each) => each.at),
    );
    unknown.push(...some.filter((_, index) => !known.has(index)));
  }
  return unknown;
}

/** The suppressions that this workspace knows, as "channel name" with the names that guards use. */
export function knownSuppressions(workspace: WithDatabase): Set<string> {
  const key = identityOf(workspace).keys[0]!;
  return new Set(rows<{ channel: BarredBy; address: string }>(workspace.db, 'SELECT channel, address FROM suppressions').map(({ channel, address }) => `${channel} ${guardName(key, channel, address)}`));
}

/** The contacts behind these hashes, as far as they are here. Reads every address once. */
export function contactsBehind(workspace: WithDatabase, channel: BarredBy, names: ReadonlySet<string>): Map<string, { contactId: number; address: string }> {
  const found = new Map<string, { contactId: number; address: string }>();
  if (names.size === 0) return found;
  const key = identityOf(workspace).keys[0]!;
  const column = ({ email: 'email', sms: 'phone', external_id: 'external_id' } as const)[channel];
  for (const { id, address } of rows<{ id: number; address: string }>(workspace.db, `SELECT id, ${column} AS address FROM contacts WHERE ${column} IS NOT NULL`)) {
    const name = guardName(key, channel, address);
    if (names.has(name)) found.set(name, { contactId: id, address });
  }
  return found;
}

/** Whether the ledger of consent has this withdrawal. */
export function knowsWithdrawal(workspace: WithDatabase, contactId: number, channel: Channel, topic: string, at: Instant): boolean {
  return row(workspace.db, `SELECT 1 FROM consents WHERE contact_id = ? AND channel = ? AND topic = ? AND state = 'withdrawn' AND at >= ?`, contactId, channel, topic, at) !== undefined;
}

/**
 * Keeps that messages have left; asked at the claim. Those that a restore has put before the user are not theirs to decide any
 * more, and no enrollment from now on can have the number of one that the guard knows. Answers how many there were.
 */
export function keepHanded(workspace: WithDatabase, lines: readonly HandedLine[], now: Instant): number {
  for (const { key, address, at } of lines) {
    run(workspace.db, 'INSERT INTO guard_handed (key, address, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', key, address, at);
    const isSettled = run(workspace.db, `UPDATE outbox SET state = 'cancelled', reason = 'sent-before', settled_at = ? WHERE key = ? AND state = 'held' AND reason = 'restored'`, now, key).changes === 1;
    // Whoever waited for it goes on, as after every message that is settled.
    if (isSettled) run(workspace.db, `UPDATE enrollments SET message_result = 'cancelled', due_at = ? WHERE id = ? AND flow_id || ':' || id || ':' || step_id || ':' || visit = ? AND state = 'active'`, now, Number(key.split(':')[1]), key);
  }
  const last = Math.max(0, ...lines.map(({ key }) => Number(key.split(':')[1]) || 0));
  run(workspace.db, `UPDATE sqlite_sequence SET seq = ? WHERE name = 'enrollments' AND seq < ?`, last, last);
  return lines.length;
}

/** The flows that run. */
export function liveFlows(workspace: WithDatabase): number[] {
  return rows<{ id: number }>(workspace.db, `SELECT id FROM flows WHERE state = 'live' ORDER BY id`).map(({ id }) => id);
}
