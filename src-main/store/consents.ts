// The ledger of consent: who agreed to what, when, how and by whose word. Append-only; the latest row of a contact and
// channel is what holds (FAULTS 1.6: prove consent).
import type { ConsentRecord } from '../../shared/api.ts';
import type { Channel, ConsentState } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { lookAtPlannedOf } from './planned-messages.ts';

export type NewConsent = {
  contactId: number;
  channel: Channel;
  /** A topic's key; without one, the channel as a whole. */
  topic?: string;
  given: boolean;
  /** Where it comes from, in the user's words: "newsletter form", "fair in Odense", a file's name. */
  source: string;
  /** Who recorded it: user, import, channel, cli, api. */
  actor: string;
  /** What the person agreed to, word for word. */
  wording?: string | null;
  file?: string | null;
  importId?: number | null;
  /** When it was given or withdrawn; without it: now. */
  at?: number;
  /** True where the event is recorded by the caller, because it was reported from outside. */
  withoutEvent?: boolean;
  flowId?: number | null;
  enrollmentId?: number | null;
  outboxId?: number | null;
};

/**
 * SQL for what holds for a contact, with parameters in the order of `values`. What was said about a topic holds for it, unless
 * the whole channel was withdrawn after that; where nothing was said about the topic, what holds for the channel does
 * (FEATURES A5.13).
 */
export function consentSql(contact: string, channel: Channel, topic = ''): { sql: string; values: string[] } {
  const last = (column: string) => `(SELECT k.${column} FROM consents k WHERE k.contact_id = ${contact} AND k.channel = ? AND k.topic = ? ORDER BY k.id DESC LIMIT 1)`;
  if (topic === '') return { sql: last('state'), values: [channel, ''] };
  return {
    sql: `(CASE WHEN ${last('state')} = 'withdrawn' AND ${last('id')} > coalesce(${last('id')}, 0) THEN 'withdrawn' ELSE coalesce(nullif(${last('state')}, 'none'), ${last('state')}) END)`,
    values: [channel, '', channel, '', channel, topic, channel, topic, channel, ''],
  };
}

/** What holds now for a contact on a channel, or for one topic of it. */
export function consentState(workspace: Pick<Workspace, 'db'>, contactId: number, channel: Channel, topic = ''): ConsentState {
  return consentStatesFor(workspace, [contactId], channel, topic).get(contactId) ?? 'none';
}

/** The last word about this very topic. */
function latest(workspace: Pick<Workspace, 'db'>, { contactId, channel, topic = '' }: Pick<NewConsent, 'contactId' | 'channel' | 'topic'>) {
  return row<{ id: number; state: ConsentState; source: string }>(
    workspace.db,
    'SELECT id, state, source FROM consents WHERE contact_id = ? AND channel = ? AND topic = ? ORDER BY id DESC LIMIT 1',
    contactId,
    channel,
    topic,
  );
}

/** Whether a later word holds instead: of an opt-out from a channel where a topic was agreed to since, of that where the channel was opted out of since. */
function isOverruled({ db }: Pick<Workspace, 'db'>, { contactId, channel, topic = '', given }: NewConsent, since: number): boolean {
  if (given === (topic === '')) return false;
  const [other, state] = given ? [`topic = ''`, 'withdrawn'] : [`topic <> ''`, 'given'];
  return row(db, `SELECT 1 FROM consents WHERE contact_id = ? AND channel = ? AND ${other} AND state = ? AND id > ? LIMIT 1`, contactId, channel, state, since) !== undefined;
}

/**
 * Appends to the ledger, with an event where the state changes. Recording what already holds from the same source changes
 * nothing, so that the same file twice leaves one row. Whether a withdrawal may be lifted is the caller's to decide.
 * Answers whether a row was written.
 */
export function recordConsent(workspace: Workspace, consent: NewConsent): boolean {
  return transaction(workspace.db, () => {
    const state = consent.given ? 'given' : 'withdrawn';
    const { topic = '' } = consent;
    const before = latest(workspace, consent);
    const holds = before?.state === state && !isOverruled(workspace, consent, before.id);
    if (holds && before.source === consent.source) return false;
    const at = consent.at ?? workspace.clock.now();
    run(
      workspace.db,
      `INSERT INTO consents (contact_id, channel, topic, state, source, wording, file, import_id, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      consent.contactId,
      consent.channel,
      topic,
      state,
      consent.source,
      consent.wording ?? null,
      consent.file ?? null,
      consent.importId ?? null,
      consent.actor,
      at,
    );
    if (!holds && consent.withoutEvent !== true) {
      recordEvent(workspace, {
        contactId: consent.contactId,
        type: consent.given ? 'consent_given' : 'consent_withdrawn',
        at,
        source: consent.actor,
        flowId: consent.flowId,
        enrollmentId: consent.enrollmentId,
        outboxId: consent.outboxId,
        importId: consent.importId,
        data: { channel: consent.channel, ...(topic !== '' && { topic }), source: consent.source },
      });
    }
    if (!consent.given) {
      lookAtPlannedOf(workspace, consent.contactId);
      workspace.guard?.soon();
    }
    return true;
  });
}

/** Everything that was ever recorded for a contact, newest first. */
export function consentsOf(workspace: Pick<Workspace, 'db'>, contactId: number): ConsentRecord[] {
  return rows<ConsentRecord>(workspace.db, 'SELECT channel, topic, state, source, wording, file, actor, at FROM consents WHERE contact_id = ? ORDER BY id DESC', contactId);
}

/** What holds now for many contacts on a channel, or for one topic of it; those without a record are absent (`none`). One query. */
export function consentStatesFor(workspace: Pick<Workspace, 'db'>, contactIds: readonly number[], channel: Channel, topic = ''): Map<number, 'given' | 'withdrawn'> {
  const state = consentSql('j.value', channel, topic);
  const found = rows<{ id: number; state: ConsentState | null }>(workspace.db, `SELECT j.value AS id, ${state.sql} AS state FROM json_each(?) j`, ...state.values, JSON.stringify(contactIds));
  return new Map(found.flatMap(({ id, state: holds }) => (holds === null || holds === 'none' ? [] : [[id, holds] as const])));
}
