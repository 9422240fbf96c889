// Steps that were added behind people: by default they never run for them. On request those who have gone by go through the new
// steps alone, in a passage of its own that ends where the old steps begin, so that nothing is sent twice (FEATURES D3, D4).
import { enroll } from '../../shared/engine/enroll.ts';
import { START, type Flow } from '../../shared/flow/flow.ts';
import { jumpOf, onwardFrom, outletsOf, stepOf, titleOf } from '../../shared/flow/reading.ts';
import { NEXT } from '../../shared/steps/step.ts';
import type { Text } from '../../shared/text.ts';
import { subtractDuration, type Instant } from '../../shared/time.ts';
import { wentBy, type WayIn } from '../store/backfill.ts';
import { newTally } from '../store/counts.ts';
import { insertEnrollment } from '../store/enrollments.ts';
import { lastEventId, recordEvent } from '../store/events.ts';
import { flowVersion } from '../store/flows.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { contactsMeeting } from './facts.ts';
import { published } from './published.ts';

const PREFIX = 'backfill:';

/** Stands in for the trigger's id, the entry's key and the parallel key: one such passage for each contact and new step. */
const keyOf = (version: number, step: string) => `${PREFIX}${version}:${step}`;

/** The version whose new steps a passage is for; `null`: it is an ordinary one. */
export function backfillOf(triggerId: string): number | null {
  return triggerId.startsWith(PREFIX) ? Number(triggerId.slice(PREFIX.length).split(':')[0]) : null;
}

/** The steps that a version has and the one before it has not. */
export function stepsAdded(workspace: Workspace, flowId: number, version: number): ReadonlySet<string> {
  const old = new Set(flowVersion(workspace, flowId, version - 1)?.flow.steps.map(({ id }) => id));
  return new Set((flowVersion(workspace, flowId, version)?.flow.steps ?? []).map(({ id }) => id).filter((id) => !old.has(id)));
}

/** Where old steps, or the start, lead to new ones, by lines or by their settings. A new step in a flow that nobody has been in is no backfill. */
function waysIn(before: Flow, now: Flow): WayIn[] {
  const old = new Set(before.steps.map(({ id }) => id));
  const added = new Set(now.steps.filter((step) => !old.has(step.id)).map(({ id }) => id));
  const jumps = now.steps.flatMap((step): WayIn[] => {
    const to = jumpOf(step);
    return to === null ? [] : [{ from: step.id, outlet: NEXT, to }];
  });
  return [...now.edges, ...jumps].flatMap((way): WayIn[] => {
    const to = way.from === START || old.has(way.from) ? firstToDo(now, added, way.to) : null;
    return to === null ? [] : [{ ...way, to }];
  });
}

/** The new step that does something to which one comes at a step, past new ones that only lead on; `null`: an old one, or out, comes first. */
function firstToDo(now: Flow, added: ReadonlySet<string>, from: string): string | null {
  const passed = new Set<string>();
  let id: string | null = from;
  while (id !== null && added.has(id) && !passed.has(id)) {
    const step = stepOf(now, id);
    if (step.disabled !== true && jumpOf(step) === null) return id;
    passed.add(id);
    id = onwardFrom(now, id, outletsOf(now, step)[0]?.id ?? NEXT);
  }
  return null;
}

function since(workspace: Workspace, days: number): Instant {
  return subtractDuration(workspace.clock.now(), { amount: days, unit: 'days' }, readSettings(workspace).timeZone);
}

/** By new step: the contacts that would go through it; each contact once for a step. */
function whoWentBy(workspace: Workspace, flowId: number, before: Flow, now: Flow, days: number): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const way of waysIn(before, now)) {
    const contacts = wentBy(workspace, flowId, way, since(workspace, days));
    const welcome = now.entry.audience === null ? null : contactsMeeting(workspace, now.entry.audience, contacts);
    const list = found.get(way.to) ?? new Set();
    for (const id of contacts) if (welcome === null || welcome.has(id)) list.add(id);
    found.set(way.to, list);
  }
  return new Map([...found].filter(([, list]) => list.size > 0).map(([step, list]) => [step, [...list]]));
}

/** Whom a backfill over so many days would concern, by new step; `before` is the version that runs. */
export function backfillable(workspace: Workspace, flowId: number, before: Flow, now: Flow, days: number): { count: number; steps: { step: string; title: Text; people: number }[] } {
  const found = whoWentBy(workspace, flowId, before, now, days);
  // In the order of the flow; those found are steps of it.
  const steps = now.steps.flatMap((each) => (found.has(each.id) ? [{ step: each.id, title: titleOf(each), people: found.get(each.id)!.length }] : []));
  return { count: new Set([...found.values()].flat()).size, steps };
}

/** Has them go through the steps that this version, just published, has brought; answers how many passages began. Joins the transaction at hand. */
export function backfill(workspace: Workspace, flowId: number, before: Flow, version: number, days: number): number {
  const into = published(workspace, flowId, version);
  const now = workspace.clock.now();
  const lastEvent = lastEventId(workspace);
  const tally = newTally();
  let begun = 0;
  for (const [step, contacts] of whoWentBy(workspace, flowId, before, into.flow, days)) {
    const key = keyOf(version, step);
    for (const contactId of contacts) {
      const { id: _, ...fresh } = enroll({ flow: into.compiled, flowId, id: 0, contactId, now, lastEvent });
      const id = insertEnrollment(workspace, { ...fresh, stepId: step, entryKey: key, parallelKey: key, triggerId: key });
      if (id === null) continue;
      begun++;
      recordEvent(workspace, { contactId, type: 'flow_entered', at: now, source: 'user', flowId, enrollmentId: id, data: { trigger: key } });
      tally.flow(flowId, 'entered');
    }
  }
  tally.save(workspace);
  recordAudit(workspace, 'user', 'flow-backfilled', { flow: flowId, version, days, enrolled: begun });
  return begun;
}
