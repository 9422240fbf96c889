// The workspace's own zone becomes another one. Whoever waits for a time is looked at again; and where it moves east past a clock time,
// those who live by it come in late, once, as a contact does who moves (FEATURES D12, D13).
import { knownCalendars } from '../store/calendars.ts';
import { contactsInZones } from '../store/contact-dates.ts';
import { transaction } from '../store/database.ts';
import { publishedFlows } from '../store/flows.ts';
import { wakeAllWaiting } from '../store/people-inside.ts';
import { lookAtPlanned } from '../store/planned-messages.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { TOLERANCE, whoseDay, zonesOf, type Zone } from './date-triggers.ts';
import { letIn, type Candidate } from './entering.ts';
import { missedBy } from './moved-zones.ts';
import { publishedOrError, type Published } from './published.ts';
import { tolerant } from './unaskable.ts';
import { calledOn, whoIsCalled, type WatchedTrigger } from './watched-triggers.ts';

/** How many come in within one transaction: a date may be that of everybody. */
const AT_ONCE = 500;

/** Settings that decide when messages leave, or the zone, have been saved: what waits for a time is looked at now. `from`: the zone of before. */
export async function settleSettings(workspace: Workspace, from: string, to: string): Promise<void> {
  transaction(workspace.db, () => {
    if (from !== to) wakeAllWaiting(workspace);
    lookAtPlanned(workspace);
  });
  if (from === to) return;
  for (const { id, version, state } of publishedFlows(workspace)) {
    const into = state === 'live' ? publishedOrError(workspace, id, version) : null;
    if (into === null || into instanceof Error) continue;
    for (const trigger of into.watchedTriggers) await letInSome(workspace, into, lateBy(workspace, trigger, from, to));
  }
}

async function letInSome(workspace: Workspace, into: Published, candidates: readonly Candidate[]): Promise<void> {
  for (let at = 0; at < candidates.length; at += AT_ONCE) {
    await turn();
    transaction(workspace.db, () => letIn(workspace, into, candidates.slice(at, at + AT_ONCE), 'flow'));
  }
}

/** Who lives by the zone of the workspace, and whose time was yet to come by the old one and is over by the new one. */
function lateBy(workspace: Workspace, { flowId, triggerId, source }: WatchedTrigger, from: string, to: string): Candidate[] {
  if (source.on === 'quiet') return [];
  const now = workspace.clock.now();
  const calendars = knownCalendars(workspace);
  const days = missedBy({ at: now, from, to }, source.at, now - TOLERANCE, (day) => (source.on === 'date' || source.isDay(day, calendars) ? day : null));
  if (days.length === 0) return [];
  const home = homeless(zonesOf(workspace)[0]!);
  let found: Candidate[] = [];
  tolerant(() => {
    if (source.on === 'date') found = whoseDay(workspace, { flowId, triggerId, source }, home, days);
    else {
      const here = source.whose === 'contact' ? contactsInZones(workspace, home.storedZones) : null;
      found = calledOn(triggerId, days.at(-1)!, whoIsCalled(workspace, source).filter((id) => here === null || here.has(id)));
    }
  });
  return found;
}

/** Without those who have this very zone as their own: they have not moved. */
function homeless({ zone, storedZones }: Zone): Zone {
  return { zone, storedZones: storedZones.filter((stored) => stored !== zone) };
}
