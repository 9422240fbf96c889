// Who comes into a flow: by its entry policy and its audience, once at a time (FEATURES D7, A1.21).
import { enroll } from '../../shared/engine/enroll.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { addDuration, type Instant } from '../../shared/time.ts';
import { newTally } from '../store/counts.ts';
import { insertEnrollment, lastEntry, type LastEntry } from '../store/enrollments.ts';
import { lastEventId, recordEvent } from '../store/events.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { contactsMeeting } from './facts.ts';
import type { Published } from './published.ts';

/** Somebody whom a trigger, or a person, would let in. `entryKey` names what may happen only once; '' where nothing must. */
export type Candidate = { contactId: number; triggerId: string; entryKey: string };

/** Stands in for the trigger's id where a person has chosen who comes in. */
export const BY_HAND = 'by-hand';

/**
 * Takes in whoever may come in now, in the transaction at hand; the rest are skipped, and both are counted. They are due at
 * the first step at once.
 */
export function takeIn(workspace: Workspace, into: Published, candidates: readonly Candidate[], source: string): { enrolled: number; skipped: number } {
  const { flowId, compiled, flow } = into;
  const now = workspace.clock.now();
  const zone = readSettings(workspace).timeZone;
  const welcome = flow.entry.audience === null ? null : contactsMeeting(workspace, flow.entry.audience, [...new Set(candidates.map(({ contactId }) => contactId))]);
  const lastEvent = lastEventId(workspace);
  const tally = newTally();
  let enrolled = 0;
  for (const { contactId, triggerId, entryKey } of candidates) {
    if (welcome !== null && !welcome.has(contactId)) continue;
    if (!mayEnter(flow.entry, lastEntry(workspace, flowId, contactId), now, zone)) continue;
    const { id: _, ...enrollment } = enroll({ flow: compiled, flowId, id: 0, contactId, now, lastEvent });
    const id = insertEnrollment(workspace, { ...enrollment, entryKey, triggerId });
    if (id === null) continue;
    enrolled++;
    recordEvent(workspace, { contactId, type: 'flow_entered', at: now, source, flowId, enrollmentId: id, data: { trigger: triggerId } });
    tally.flow(flowId, 'entered');
  }
  tally.save(workspace);
  return { enrolled, skipped: candidates.length - enrolled };
}

/** The entry policy: never again, again when out, or again when out and so many days after the last entry. */
export function mayEnter(entry: Flow['entry'], last: LastEntry | null, now: Instant, zone: string): boolean {
  if (last === null) return true;
  if (last.inside || entry.reentry === 'never') return false;
  return entry.reentry === 'afterExit' || now >= addDuration(last.enteredAt, { amount: entry.reentryDays, unit: 'days' }, zone);
}
