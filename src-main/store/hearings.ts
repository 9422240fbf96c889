// Since when and by which version flows hear events, as the file keeps it; what they make of it is runner/listening.ts.
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { lastEventId } from './events.ts';
import { forget, remember, remembered } from './runner-state.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** A stretch of the record of events that a flow hears: those with an id above `after`, up to `until`; by this version. */
export type Hearing = { version: number; after: number; until: number | null };

const EVENTS_READ = 'events-read';
const hearingKey = (flowId: number) => `hearing:${flowId}`;
const datesKey = (flowId: number, triggerId: string) => `dates:${flowId}:${triggerId}`;

/** How far the events have been read. */
export function eventsRead(workspace: WithDatabase): number {
  return remembered<number>(workspace, EVENTS_READ) ?? 0;
}

export function setEventsRead(workspace: WithDatabase, id: number): void {
  remember(workspace, EVENTS_READ, id);
}

export function hearingsOf(workspace: WithDatabase, flowId: number): Hearing[] {
  return remembered<Hearing[]>(workspace, hearingKey(flowId)) ?? [];
}

/** Until when a date trigger has looked; `null` when it has not begun. */
export function datesChecked(workspace: WithDatabase, flowId: number, triggerId: string): Instant | null {
  return remembered<Instant>(workspace, datesKey(flowId, triggerId));
}

export function setDatesChecked(workspace: WithDatabase, flowId: number, triggerId: string, until: Instant): void {
  remember(workspace, datesKey(flowId, triggerId), until);
}

export function setHearings(workspace: WithDatabase, flowId: number, hearings: readonly Hearing[]): void {
  remember(workspace, hearingKey(flowId), hearings);
}

/** From now on a flow hears nothing. What was recorded before still counts, read or not. */
export function endHearing(workspace: WithDatabase, flowId: number): void {
  const hearings = hearingsOf(workspace, flowId);
  if (hearings.every(({ until }) => until !== null)) return;
  const last = lastEventId(workspace);
  setHearings(workspace, flowId, hearings.map((hearing) => (hearing.until === null ? { ...hearing, until: last } : hearing)));
}

/** The calendar is not looked at for a while: what falls into that time is left out. */
export function forgetDates(workspace: WithDatabase, flowId: number): void {
  forget(workspace, `dates:${flowId}:`);
}
