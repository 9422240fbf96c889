// Erases people: they leave their flows, what was about to reach them is taken back, and nothing of them stays but a keyed hash
// that keeps them from coming back, and sums without names (FEATURES B14, FAULTS 1.6).
import { CHANNELS } from '../../shared/contacts/contact.ts';
import { consentState } from '../store/consents.ts';
import { transaction } from '../store/database.ts';
import { identifiersOf, passagesInside, removePerson, securely } from '../store/erasure.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { letOut } from './people.ts';
import { purgeOrLater } from './purging.ts';
import { REASON_CONTACT_ERASED } from './wave.ts';

/** `bytesGone`: false while somebody still reads what was before; the bytes leave the file when that has ended. */
export type Erased = { erased: number; flowsLeft: number; messagesCancelled: number; bytesGone: boolean };

/**
 * Erases contacts, all or none, with one entry in the audit for each that names nobody; ids without a contact are passed over.
 * `source`: on whose word (user, retention, guard). Who goes because nothing was heard of them may come back, unless they have
 * opted out. The bytes leave the file before this returns, if nobody reads what was before for longer than some seconds.
 */
export function eraseContacts(workspace: Workspace, contactIds: readonly number[], source: string): Erased {
  const { traces, ...erased } = securely(workspace, () => erase(workspace, contactIds, source));
  return { ...erased, bytesGone: purgeOrLater(workspace, traces) };
}

/** The source of those who were kept long enough. */
export const BY_RETENTION = 'retention';

function hasOptedOut(workspace: Workspace, contactId: number): boolean {
  return CHANNELS.some((channel) => consentState(workspace, contactId, channel) === 'withdrawn');
}

function erase(workspace: Workspace, contactIds: readonly number[], source: string): Omit<Erased, 'bytesGone'> & { traces: string[] } {
  const result = { erased: 0, flowsLeft: 0, messagesCancelled: 0, traces: [] as string[] };
  transaction(workspace.db, () => {
    for (const contactId of new Set(contactIds)) {
      const identifiers = identifiersOf(workspace, contactId);
      if (identifiers === undefined) continue;
      const passages = passagesInside(workspace, contactId);
      for (const { flow, version, enrollment } of passages) letOut(workspace, { flowId: flow, version }, [enrollment], REASON_CONTACT_ERASED);
      const { cancelled, traces } = removePerson(workspace, contactId, identifiers, source, source !== BY_RETENTION || hasOptedOut(workspace, contactId));
      recordAudit(workspace, source, 'contact-erased', { contact: contactId });
      result.erased++;
      result.flowsLeft += passages.length;
      result.messagesCancelled += cancelled;
      result.traces.push(...traces);
    }
  });
  return result;
}
