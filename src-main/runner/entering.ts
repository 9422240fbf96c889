// Who comes into a flow: by its entry policy and its audience, once at a time for each key (FEATURES D7, A1.21, A1.24).
import { goalsThatKeepOut } from '../../shared/engine/compiled.ts';
import { enroll } from '../../shared/engine/enroll.ts';
import { capSince, entryRefusal, type Entry } from '../../shared/flow/entry.ts';
import { MINUTE, type Instant } from '../../shared/time.ts';
import { flowSums, newTally } from '../store/counts.ts';
import { transaction } from '../store/database.ts';
import { countEntriesSince, hadOccurrence, insertEnrollment, insertNewcomers, lastEntry, newTo, passagesInside, type LastEntry } from '../store/enrollments.ts';
import { recordEventFor, type EventSubject } from '../store/events-of-many.ts';
import { lastEventId } from '../store/events.ts';
import { isDraining } from '../store/flows.ts';
import { recordAudit, remember, remembered } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import { addWaitingEntry, nextWaitingEntry, takeDueEntries } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import { contactsMeeting } from './facts.ts';
import { letOut, REASON_RESTARTED } from './people.ts';
import type { Published } from './published.ts';
import { tolerant } from './unaskable.ts';

/**
 * Somebody whom a trigger, or a person, would let in. `entryKey` names what may happen only once; '' where nothing must.
 * `parallelKey`: which of several passages beside each other. `byFlow`: another flow has caused it.
 * `since`: they have stood in line since then. `occasion`: which act it was; what several triggers make of one act is one occasion.
 */
export type Candidate = { contactId: number; triggerId: string; entryKey: string; parallelKey?: string; byFlow?: boolean; since?: Instant; occasion?: string };

/** Stands in for the trigger's id where a person has chosen who comes in. */
export const BY_HAND = 'by-hand';

/** Flows that start each other cannot spin: from one entry that a flow has caused to the next a contact waits so long (FEATURES A1.14, D19). */
const BETWEEN_FLOWS = MINUTE;

/** How many come out of the line in one transaction. */
const TAKEN_AT_ONCE = 500;

/**
 * Takes in whoever may come in now, in the transaction at hand; the rest are skipped, put in line or begin anew, as the policy
 * says. Both are counted. They are due at the first step at once.
 */
export function takeIn(workspace: Workspace, into: Published, candidates: readonly Candidate[], source: string): { enrolled: number; skipped: number } {
  const { flowId, compiled, flow } = into;
  if (isDraining(workspace, flowId)) return { enrolled: 0, skipped: candidates.length };
  const { entry } = flow;
  const now = workspace.clock.now();
  const zone = readSettings(workspace).timeZone;
  const welcome = entry.audience === null ? null : contactsMeeting(workspace, entry.audience, [...new Set(candidates.map(({ contactId }) => contactId))]);
  const done = alreadyThere(workspace, into, candidates);
  const lastEvent = lastEventId(workspace);
  const tally = newTally();
  const cap = capOf(workspace, into, now, zone);
  /** By which occasion somebody has come in just now. */
  const broughtIn = new Map<string, Candidate['occasion']>();
  const { id: _, contactId: __, ...position } = enroll({ flow: compiled, flowId, id: 0, contactId: 0, now, lastEvent });
  const arrivals = gathered(workspace, position);
  const strangers = newTo(workspace, flowId, candidates.map(({ contactId }) => contactId));
  let enrolled = 0;
  for (const candidate of candidates) {
    const { contactId, triggerId, entryKey, parallelKey = '' } = candidate;
    if ((welcome !== null && !welcome.has(contactId)) || done.has(contactId)) continue;
    const isStranger = strangers.delete(contactId);
    if (!isStranger) arrivals.write();
    const last = isStranger ? null : lastPassage(workspace, into, candidate);
    const wait = (dueAt: Instant | null) => addWaitingEntry(workspace, flowId, { contactId, triggerId, entryKey, parallelKey, source, since: candidate.since ?? now, dueAt });
    const passage = `${contactId}:${parallelKey}`;
    // An act that was read in another turn has had an instant of its own (FEATURES D25).
    const isSameOccasion = candidate.since === undefined && (broughtIn.has(passage) ? broughtIn.get(passage) === candidate.occasion : last?.enteredAt === now);
    const may = admission(entry, last, candidate, isSameOccasion, now, zone);
    // A look that is done again, after a crash, finds whom it has let in: nobody begins anew for that, or is let out.
    if ((may.kind === 'wait' || may.kind === 'restart') && entryKey !== '' && hadOccurrence(workspace, flowId, contactId, entryKey)) continue;
    if (may.kind === 'wait') wait(may.dueAt);
    if (may.kind === 'no' || may.kind === 'wait') continue;
    if (enrolled >= cap.room) {
      cap.full = true;
      continue;
    }
    // Without keys there is one passage at a time; while there were, there may have been several.
    if (may.kind === 'restart') letOut(workspace, into, entry.reentry === 'perKey' ? [last!.id] : passagesInside(workspace, flowId, contactId), REASON_RESTARTED, source);
    const arrival = { contactId, triggerId, entryKey, parallelKey };
    if (isStranger) arrivals.stranger(arrival);
    else if (!arrivals.again(arrival)) continue;
    enrolled++;
    broughtIn.set(passage, candidate.occasion);
  }
  arrivals.write();
  if (enrolled > 0) tally.flow(flowId, 'entered', enrolled);
  for (const alike of Map.groupBy(arrivals.entered, ({ triggerId, parallelKey }) => `${triggerId}:${parallelKey}`).values()) {
    const { triggerId, parallelKey } = alike[0]!;
    recordEventFor(workspace, alike, { type: 'flow_entered', at: now, source, flowId, data: { trigger: triggerId, ...(parallelKey !== '' && { key: parallelKey }) } });
  }
  tally.save(workspace);
  cap.save(enrolled);
  return { enrolled, skipped: candidates.length - enrolled };
}

type Arrival = Required<Pick<Candidate, 'contactId' | 'triggerId' | 'entryKey' | 'parallelKey'>>;
type Entered = EventSubject & Pick<Arrival, 'triggerId' | 'parallelKey'>;

/** Those who come in at a position, in their order. Strangers, who are in nobody's way, are written all at once: before anybody else is looked at, and at the end. */
function gathered(workspace: Workspace, position: Parameters<typeof insertNewcomers>[1]) {
  const entered: Entered[] = [];
  let waiting: Arrival[] = [];
  const add = ({ contactId, triggerId, parallelKey }: Arrival, enrollmentId: number) => entered.push({ contactId, enrollmentId, triggerId, parallelKey });
  return {
    entered: entered as readonly Entered[],
    stranger: (arrival: Arrival) => void waiting.push(arrival),
    /** Answers false for who is inside already (with this key), or had this very occurrence. */
    again(arrival: Arrival): boolean {
      const id = insertEnrollment(workspace, { ...position, ...arrival });
      if (id !== null) add(arrival, id);
      return id !== null;
    },
    write(): void {
      if (waiting.length === 0) return;
      const first = insertNewcomers(workspace, position, waiting);
      for (const [index, arrival] of waiting.entries()) add(arrival, first + index);
      waiting = [];
    },
  };
}

/**
 * The same for those whom a trigger lets in, and nobody's hand: where it cannot be asked any more who may come in, nobody comes into
 * this flow, and the others go on (`doorProblem` tells it in the status).
 */
export function letIn(workspace: Workspace, into: Published, candidates: readonly Candidate[], source: string): void {
  tolerant(() => void takeIn(workspace, into, candidates, source));
}

/** Whoever meets a goal already that keeps such people out. */
function alreadyThere(workspace: Workspace, { compiled }: Published, candidates: readonly Candidate[]): ReadonlySet<number> {
  const done = new Set<number>();
  for (const rule of goalsThatKeepOut(compiled)) {
    for (const id of contactsMeeting(workspace, rule, [...new Set(candidates.map(({ contactId }) => contactId))])) done.add(id);
  }
  return done;
}

/** With the same key, where several may be beside each other; else whichever it was: the policy may have been another one then. */
function lastPassage(workspace: Workspace, { flowId, flow: { entry } }: Published, { contactId, parallelKey = '' }: Pick<Candidate, 'contactId' | 'parallelKey'>): LastEntry | null {
  return lastEntry(workspace, flowId, contactId, entry.reentry === 'perKey' ? parallelKey : null);
}

type Admission = { kind: 'yes' | 'restart' | 'no' } | { kind: 'wait'; dueAt: Instant | null };

function admission(entry: Entry, last: LastEntry | null, { byFlow = false }: Candidate, isSameOccasion: boolean, now: Instant, zone: string): Admission {
  const refusal = entryRefusal(entry, last, now, zone);
  const spins = byFlow && last !== null && now < last.enteredAt + BETWEEN_FLOWS;
  if (refusal === null) return spins ? { kind: 'wait', dueAt: last.enteredAt + BETWEEN_FLOWS } : { kind: 'yes' };
  if (refusal.reason !== 'inside' || entry.reentry === 'never' || isSameOccasion) return { kind: 'no' };
  if (entry.whileInside === 'queue') return entry.reentry === 'perKey' ? { kind: 'no' } : { kind: 'wait', dueAt: null };
  if (entry.whileInside !== 'restart') return { kind: 'no' };
  return spins ? { kind: 'wait', dueAt: last.enteredAt + BETWEEN_FLOWS } : { kind: 'restart' };
}

type Cap = { room: number; full: boolean; save(enrolled: number): void };

/** How many may still come in, in the period at hand. That it is full is written into the audit, once for each period and version. */
function capOf(workspace: Workspace, { flowId, version, flow: { entry } }: Published, now: Instant, zone: string): Cap {
  if (entry.most === undefined) return { room: Infinity, full: false, save: () => undefined };
  const since = capSince(entry, now, zone) ?? 0;
  const key = `entries:${flowId}`;
  const known = remembered<{ version: number; since: Instant; n: number; full: boolean }>(workspace, key);
  // While another version ran without a cap, nobody has counted.
  const isSame = known?.version === version && known.since === since;
  const before = since === 0 ? (flowSums(workspace).get(flowId)?.entered ?? 0) : isSame ? known.n : countEntriesSince(workspace, flowId, since);
  const cap: Cap = {
    room: Math.max(0, entry.most - before),
    full: false,
    save(enrolled) {
      const wasFull = isSame && known.full;
      if (cap.full && !wasFull) recordAudit(workspace, 'runner', 'entry-cap-reached', { flow: flowId, most: entry.most, per: entry.mostPer ?? 'ever' });
      remember(workspace, key, { version, since, n: before + enrolled, full: wasFull || cap.full });
    },
  };
  return cap;
}

/** Takes in some of those who have stood in line and whose time has come; answers false when there are none. */
export function takeFromLine(workspace: Workspace, live: ReadonlyMap<number, Published>): boolean {
  const now = workspace.clock.now();
  for (const into of live.values()) {
    // Most often nobody stands in line: then nothing is written, not even an empty transaction.
    const next = nextWaitingEntry(workspace, [into.flowId]);
    if (next === null || next > now) continue;
    const trouble = tolerant(() => transaction(workspace.db, () => {
      const due = takeDueEntries(workspace, into.flowId, now, TAKEN_AT_ONCE);
      const zone = readSettings(workspace).timeZone;
      const ready = due.filter((entry) => {
        // Whose days are not over yet waits for that, too.
        const refusal = entryRefusal(into.flow.entry, lastPassage(workspace, into, entry), now, zone);
        if (refusal?.at == null) return true;
        addWaitingEntry(workspace, into.flowId, { ...entry, dueAt: refusal.at });
        return false;
      });
      for (const source of new Set(ready.map((each) => each.source))) {
        takeIn(workspace, into, ready.filter((each) => each.source === source), source);
      }
    }));
    // They stay in line until it can be asked again who may come in.
    if (trouble !== null) continue;
    return true;
  }
  return false;
}
