// Whose wait is really over. An edit, and everything that may end a wait early, has people looked at again by making them due at
// once (FEATURES D1); in a paused flow nobody looks, so there being due does not say yet that a wait is over.
import { advance } from '../../shared/engine/advance.ts';
import { waitsAt } from '../../shared/steps/step.ts';
import { knownCalendars } from '../store/calendars.ts';
import { contactZone } from '../store/contacts.ts';
import { enrollmentsWith, putDue, type DueEnrollment } from '../store/enrollments.ts';
import { lastEventId } from '../store/events.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { answersFor } from './facts.ts';
import { followedBy } from './following.ts';
import type { Published } from './published.ts';

/** Of these enrollments of a flow, whichever version they follow, those who are due but would only wait on; from now on they are due when their wait ends. Joins the transaction at hand. */
export function stillWaiting(workspace: Workspace, live: Published, ids: readonly number[]): Set<number> {
  const now = workspace.clock.now();
  const { timeZone: workspaceZone } = readSettings(workspace);
  const input = { now, lastEvent: lastEventId(workspace), workspaceZone, calendars: knownCalendars(workspace) };
  const waiting = new Set<number>();
  for (const group of byStep(enrollmentsWith(workspace, ids))) {
    const stepId = group[0]!.stepId!;
    const followed = followedBy(workspace, live, group[0]!.keptVersion);
    const step = followed instanceof Error ? undefined : followed.compiled.steps.get(stepId);
    if (followed instanceof Error || step === undefined || !waitsAt(step.type, step.config)) continue;
    const flow = followed.compiled;
    const answers = answersFor(workspace, flow, stepId, group);
    for (const { contactZone: zone, contactExists: _, keptVersion: __, ...enrollment } of group) {
      const { visit, enrollment: after } = advance({ ...input, flow, enrollment, zone: contactZone({ time_zone: zone }, workspaceZone), facts: answers.facts(enrollment) });
      if (visit !== null || (after.dueAt !== null && after.dueAt <= now)) continue;
      putDue(workspace, enrollment.id, after.dueAt);
      waiting.add(enrollment.id);
    }
  }
  return waiting;
}

/** Those who have begun to wait, by the step at which they stand and the version that they follow. */
function byStep(enrollments: readonly DueEnrollment[]): DueEnrollment[][] {
  const groups = new Map<string, DueEnrollment[]>();
  for (const each of enrollments) {
    if (each.state !== 'active' || !each.started || each.stepId === null) continue;
    const key = `${each.keptVersion ?? ''}:${each.stepId}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}
