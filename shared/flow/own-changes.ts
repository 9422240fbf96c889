// A flow that may start itself by what it changes (FEATURES D25) goes round as a loop does, through its own start. Kanal lets a
// minute pass each time; that it goes on for ever is hardly what anybody wants (D19).
import { warning, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { stepType } from '../steps/index.ts';
import { START, type Flow, type Step } from './flow.ts';
import { edgesBySource, jumpOf, outletsOf, reachableFrom, takesTime } from './reading.ts';

/** A warning where somebody can come to an end, or begin anew, without a pause, and again by what was changed on the way. */
export function ownChangeProblems(flow: Flow): Problem[] {
  const { ownChanges, reentry, whileInside, most, mostPer = 'ever' } = flow.entry;
  if (ownChanges !== 'start' || reentry !== 'afterExit' || (most !== undefined && mostPer === 'ever')) return [];
  const pauses = new Set(flow.steps.filter(takesTime).map(({ id }) => id));
  const first = flow.edges.filter(({ from }) => from === START).map(({ to }) => to);
  const hasty = reachableFrom(flow, first, pauses);
  const edges = edgesBySource(flow.edges);
  const isOpen = (step: Step) => jumpOf(step) === null && (edges.get(step.id)?.length ?? 0) < Math.max(1, outletsOf(flow, step).length);
  const passed = flow.steps.filter(({ id }) => hasty.has(id));
  if ((whileInside !== 'restart' && !passed.some(isOpen)) || !passed.some(({ type }) => CHANGING.has(stepType(type)?.family ?? ''))) return [];
  return [
    warning(
      'starts-itself',
      say('This flow may start itself by what it changes, and contacts can go through it without a pause: some may come in again every minute for ever. Put a Wait step into it, or let them come in again after some days.'),
      { field: 'entry.ownChanges' },
    ),
  ];
}

/** Families of steps that leave something on a contact, or with them. */
const CHANGING: ReadonlySet<string> = new Set(['contact', 'message', 'people']);
