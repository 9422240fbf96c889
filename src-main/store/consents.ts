// The ledger of consent: who agreed to what, when, how and by whose word. Append-only; the latest row of a contact and
// channel is what holds (FAULTS 1.6: prove consent).
import type { ConsentRecord } from '../../shared/api.ts';
import type { Channel, ConsentState } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';

export type NewConsent = {
  contactId: number;
  channel: Channel;
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

/** What holds now for a contact on a channel. */
export function consentState(workspace: Pick<Workspace, 'db'>, contactId: number, channel: Channel): ConsentState {
  return latest(workspace, contactId, channel)?.state ?? 'none';
}

function latest(workspace: Pick<Workspace, 'db'>, contactId: number, channel: Channel) {
  return row<{ state: ConsentState; source: string }>(
    workspace.db,
    `SELECT state, source FROM consents WHERE contact_id = ? AND channel = ? AND topic = '' ORDER BY id DESC LIMIT 1`,
    contactId,
    channel,
  );
}

/**
 * Appends to the ledger, with an event where the state changes. Recording what already holds from the same source changes
 * nothing, so that the same file twice leaves one row. Whether a withdrawal may be lifted is the caller's to decide.
 * Answers whether a row was written.
 */
export function recordConsent(workspace: Workspace, consent: NewConsent): boolean {
  return transaction(workspace.db, () => {
    const state = consent.given ? 'given' : 'withdrawn';
    const before = latest(workspace, consent.contactId, consent.channel);
    if (before?.state === state && before.source === consent.source) return false;
    const at = consent.at ?? workspace.clock.now();
    run(
      workspace.db,
      `INSERT INTO consents (contact_id, channel, state, source, wording, file, import_id, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      consent.contactId,
      consent.channel,
      state,
      consent.source,
      consent.wording ?? null,
      consent.file ?? null,
      consent.importId ?? null,
      consent.actor,
      at,
    );
    if (before?.state !== state && consent.withoutEvent !== true) {
      recordEvent(workspace, {
        contactId: consent.contactId,
        type: consent.given ? 'consent_given' : 'consent_withdrawn',
        at,
        source: consent.actor,
        flowId: consent.flowId,
        enrollmentId: consent.enrollmentId,
        outboxId: consent.outboxId,
        importId: consent.importId,
        data: { channel: consent.channel, source: consent.source },
      });
    }
    return true;
  });
}

/** Everything that was ever recorded for a contact, newest first. */
export function consentsOf(workspace: Pick<Workspace, 'db'>, contactId: number): ConsentRecord[] {
  return rows<ConsentRecord>(workspace.db, 'SELECT channel, state, source, wording, file, at FROM consents WHERE contact_id = ? ORDER BY id DESC', contactId);
}

/** What holds now for many contacts; those without a record are absent (`none`). One query. */
export function consentStatesFor(workspace: Pick<Workspace, 'db'>, contactIds: readonly number[], channel: Channel): Map<number, 'given' | 'withdrawn'> {
  const found = rows<{ id: number; state: ConsentState | null }>(
    workspace.db,
    `SELECT j.value AS id, (SELECT k.state FROM consents k WHERE k.contact_id = j.value AND k.channel = ? AND k.topic = '' ORDER BY k.id DESC LIMIT 1) AS state
     FROM json_each(?) j`,
    channel,
    JSON.stringify(contactIds),
  );
  return new Map(found.flatMap(({ id, state }) => (state === null || state === 'none' ? [] : [[id, state] as const])));
}
