// Reads the record of events behind a cursor, in order: takes in whom published flows let in, and has those looked at who
// wait for it. The cursor moves in the transaction of what it caused, so a crash neither repeats nor skips anything (FAULTS 0.7).
import { FLOW_END_ASKED, isFlowsDoing, type ContactEvent } from '../../shared/contacts/event.ts';
import { allTypes, hasWakers, wakingTypes } from '../../shared/engine/compiled.ts';
import { keyOf } from '../../shared/flow/entry.ts';
import { endFlows } from '../../shared/steps/end-flows.ts';
import { transaction } from '../store/database.ts';
import { eventsMeeting } from '../store/event-match.ts';
import { eventsBetween, lastEventId } from '../store/events.ts';
import { bulkEditMayStartFlows } from '../store/bulk-edits.ts';
import { mayStartFlows } from '../store/enrollments.ts';
import { eventsRead, hearingsOf, setEventsRead, type Hearing } from '../store/hearings.ts';
import { UNDO } from '../store/import-undo.ts';
import { MERGE } from '../store/merges.ts';
import { publishedFlows } from '../store/flows.ts';
import { SEGMENTS } from '../store/segment-membership.ts';
import { isAnybodyUntold, tellSome } from '../store/telling-suppressed.ts';
import type { Workspace } from '../workspace.ts';
import { endAsked, inRounds } from './ending.ts';
import { letIn, type Candidate } from './entering.ts';
import { followed, type Followed } from './following.ts';
import { judged } from './judging.ts';
import { countLate } from './late.ts';
import { endsAtOptOut, letOutOptedOut, OPT_OUTS } from './opting-out.ts';
import { goesByZone, letInMoved, type ZonedTrigger } from './moved-zones.ts';
import { publishedOrError, type EventTrigger, type Published } from './published.ts';
import { isOwnChange, wakeWaiting } from './waking.ts';

/** A turn reads many for each commit, which costs as much as reading hundreds; a full one takes some twenty milliseconds. */
const EVENTS_PER_TURN = 2500;

type Listener = EventTrigger & { hearing: Hearing; into: Published };
type Ears = { signature: string; byType: ReadonlyMap<string, readonly Listener[]>; /** Flows in which events have people looked at. */ wakeable: ReadonlyMap<number, Followed>; /** Flows that whoever opts out leaves. */ leavable: ReadonlyMap<number, Followed>; /** Whether a flow can end others. */ ends: boolean; /** Triggers that go by the contact's zone. */ zoned: readonly ZonedTrigger[]; /** The types of the events that matter to any of these. */ types: ReadonlySet<string> | 'any' };

const ears = new WeakMap<Workspace, Ears>();
const silentImports = new WeakMap<Workspace, Map<number, boolean>>();
const silentBulkEdits = new WeakMap<Workspace, Map<number, boolean>>();

/** Reads the next events, some at a time; answers false when there are none. */
export function readEvents(workspace: Workspace): boolean {
  // Who is told of a suppression by an event of their own is told before the events are read.
  if (tellSome(workspace)) return true;
  const read = eventsRead(workspace);
  const last = lastEventId(workspace);
  if (last <= read) return false;
  transaction(workspace.db, () => {
    const { byType, wakeable, leavable, ends, zoned, types } = listeners(workspace);
    if (types !== 'any' && types.size === 0 && zoned.length === 0) return setEventsRead(workspace, last);
    const until = Math.min(last, read + EVENTS_PER_TURN);
    const events = eventsBetween(workspace, read, until, types);
    const heard = events.flatMap((event) => (byType.get(event.type) ?? []).filter((listener) => hears(workspace, listener, event)).map((listener) => ({ event, listener })));
    const meant = answersOf(workspace, heard);
    const entries = judged(workspace, heard.filter((each) => meant.get(each.listener)?.has(each.event.id) !== false));
    const rounds = inRounds(entries, ends ? events : []);
    for (const round of rounds.slice(0, -1)) {
      letInHeard(workspace, round.entries);
      endAsked(workspace, round.ends);
    }
    letOutOptedOut(workspace, leavable, events);
    countLate(workspace, wakeable, events);
    wakeWaiting(workspace, wakeable, events);
    letInHeard(workspace, rounds.at(-1)!.entries);
    letInMoved(workspace, zoned, read, until);
    setEventsRead(workspace, until);
  });
  return true;
}

/** Takes in whom these events let in, flow by flow. */
function letInHeard(workspace: Workspace, entries: readonly Heard[]): void {
  const candidates = new Map<Published, Candidate[]>();
  for (const { event, listener } of entries) {
    const list = candidates.get(listener.into) ?? [];
    list.push({ contactId: event.contactId, triggerId: listener.triggerId, entryKey: '', parallelKey: keyOf(listener.into.flow.entry, event.data), byFlow: isFlowsDoing(event), occasion: occasionOf(event) });
    candidates.set(listener.into, list);
  }
  for (const [into, list] of candidates) letIn(workspace, into, list, 'flow');
}

/** Whether there are events that nobody has read yet. */
export function hasUnreadEvents(workspace: Workspace): boolean {
  return lastEventId(workspace) > eventsRead(workspace) || isAnybodyUntold(workspace);
}

function hears(workspace: Workspace, { hearing, flowId, source, into }: Listener, event: ContactEvent): boolean {
  if (event.id <= hearing.after || (hearing.until !== null && event.id > hearing.until)) return false;
  // A flow does not trigger on its own change unless that is allowed (FEATURES D25), nor any flow on an import or a bulk
  // edit that is to be silent (D27) or is taken back.
  if ((isOwnChange(event, flowId) && into.flow.entry.ownChanges !== 'start') || isPutBack(event)) return false;
  if (event.importId !== null && isSilent(silentImports, workspace, event.importId, mayStartFlows)) return false;
  if (event.bulkEditId !== null && isSilent(silentBulkEdits, workspace, event.bulkEditId, bulkEditMayStartFlows)) return false;
  return source.accepts?.(event, flowId) ?? true;
}

/** What happened at one instant, or by one import or one change of many contacts, is one act (FEATURES D25, D27). */
function occasionOf({ at, importId, bulkEditId }: ContactEvent): string {
  return importId !== null ? `import ${importId}` : bulkEditId !== null ? `bulk edit ${bulkEditId}` : String(at);
}

/** What was taken back or merged, and who has come into segments or left them for it alone, starts nothing. */
function isPutBack({ source, data }: ContactEvent): boolean {
  return source === UNDO || source === MERGE || (source === SEGMENTS && data.putBack === true);
}

type Heard = { event: ContactEvent; listener: Listener };

/** For each listener that asks more of an event than its type: which of those it has heard it means. One query for each. */
function answersOf(workspace: Workspace, heard: readonly Heard[]): Map<Listener, ReadonlySet<number>> {
  const asked = new Map<Listener, number[]>();
  for (const { event, listener } of heard) {
    if (listener.source.matching === undefined) continue;
    const ids = asked.get(listener);
    if (ids === undefined) asked.set(listener, [event.id]);
    else ids.push(event.id);
  }
  return new Map([...asked].map(([listener, ids]) => [listener, eventsMeeting(workspace, listener.source.matching!, ids)]));
}

/** By type of event, so that fifty flows cost an event no more than those that wait for it. */
function listeners(workspace: Workspace): Ears {
  const heard = publishedFlows(workspace).map((flow) => ({
    ...flow,
    // Where a flow is paused, only what was recorded before the pause still counts.
    hearings: hearingsOf(workspace, flow.id).filter(({ until }) => flow.state === 'live' || until !== null),
  }));
  const signature = JSON.stringify(heard);
  const known = ears.get(workspace);
  if (known?.signature === signature) return known;
  const byType = new Map<string, Listener[]>();
  const wakeable = new Map<number, Followed>();
  const leavable = new Map<number, Followed>();
  const zoned: ZonedTrigger[] = [];
  let ends = false;
  for (const { id, version, kept, hearings } of heard) {
    const into = publishedOrError(workspace, id, version);
    if (into instanceof Error) continue;
    // Also while a flow is paused: when it is resumed, whoever has been woken is looked at.
    const all = followed(workspace, into, kept);
    const versions = [into, ...all.kept];
    if (versions.some(({ compiled }) => hasWakers(compiled))) wakeable.set(id, all);
    if (versions.some(endsAtOptOut)) leavable.set(id, all);
    ends ||= versions.some(({ compiled }) => [...compiled.steps.values()].some(({ type }) => type === endFlows));
    for (const hearing of hearings) {
      const heardBy = publishedOrError(workspace, id, hearing.version);
      if (heardBy instanceof Error) continue;
      zoned.push(...heardBy.watchedTriggers.filter(goesByZone).map((trigger) => ({ trigger, hearing, into })));
      for (const trigger of heardBy.eventTriggers) {
        for (const type of trigger.source.types) byType.set(type, [...(byType.get(type) ?? []), { ...trigger, hearing, into }]);
      }
    }
  }
  const wakers = [...wakeable.values()].flatMap(({ live, kept: earlier }) => [live, ...earlier]).map(({ compiled }) => wakingTypes(compiled));
  const types = allTypes([new Set(byType.keys()), ...wakers, ...(leavable.size > 0 ? [OPT_OUTS] : []), ...(ends ? [new Set([FLOW_END_ASKED])] : [])]);
  const made = { signature, byType, wakeable, leavable, ends, zoned, types };
  ears.set(workspace, made);
  return made;
}

/** What an import or a bulk edit may start does not change once it has begun. One that is not known is silent, which is the default. */
function isSilent(all: WeakMap<Workspace, Map<number, boolean>>, workspace: Workspace, id: number, mayStart: (workspace: Workspace, id: number) => boolean): boolean {
  let known = all.get(workspace);
  if (known === undefined) all.set(workspace, (known = new Map()));
  let silent = known.get(id);
  if (silent === undefined) known.set(id, (silent = !mayStart(workspace, id)));
  return silent;
}
