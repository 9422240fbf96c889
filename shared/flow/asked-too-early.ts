// A question about opening or clicking, asked in the instant in which the message was sent, when nobody can have read it
// (FEATURES D9); and what mends it: a step that waits for it, put between the message and the question.
import { conditionsOf, type Condition } from '../contacts/rule.ts';
import { problem, warning, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { stepType } from '../steps/index.ts';
import { addStep, connect } from './edits.ts';
import type { Flow, Step } from './flow.ts';
import { reversed, type Graph } from './graph.ts';
import { configOf, jumpOf, reachableFrom, stepOf, titleOf, waysInto } from './reading.ts';
import { messagesSentBy, rulesIn } from './references.ts';

const HUMAN_ACTS = ['opened', 'clicked', 'replied'] as const;
type Asked = Extract<Condition, { kind: 'message' }> & { act: (typeof HUMAN_ACTS)[number] };

/** How far back from a question the message may stand that it asks about. */
const LOOK_BACK = 10;
const LONGEST_WAIT = { amount: 2, unit: 'days' } as const;
const WAIT_FOR_EVENT = 'waitForEvent';

/**
 * `graph`: by the number of a step, those that follow it. An error where a branch or a filter asks what has happened since the
 * contact came in; who asks about a longer time, or means a goal, may know what they do.
 */
export function askedTooEarly(flow: Flow, graph: Graph): Problem[] {
  const before = reversed(graph);
  return flow.steps.flatMap((step, number) => {
    const asked = askedBy(step);
    if (asked.length === 0) return [];
    const near = new Set(before[number]);
    for (const each of near) {
      const earlier = flow.steps[each]!;
      if (pauses(earlier)) continue;
      const early = asked.filter((condition) => isSentBy(earlier, condition));
      if (early.length > 0) {
        const isPlain = stepType(step.type)?.pulls === undefined && early.some(({ since }) => since === 'enrollment');
        const text = say('“{step}” asks about opens or clicks right after the message is sent, when nobody can have read it. Put a Wait step between them.', { step: titleOf(step) });
        return [(isPlain ? problem : warning)('asked-too-early', text, { step: step.id })];
      }
      if (near.size < LOOK_BACK) for (const previous of before[each]!) near.add(previous);
    }
    return [];
  });
}

/** Puts a step before a question that waits, for two days at the most, until what it asks about has happened; only on the ways that come from the message. */
export function waitBefore(flow: Flow, questionId: string, newId: string): Flow {
  const asked = askedBy(stepOf(flow, questionId));
  const events = [...new Map(asked.map(({ act, message }) => [`${act} ${message}`, { event: `message_${act}`, message: message === 'any' ? null : message }])).values()];
  const messages = flow.steps.filter((step) => !pauses(step) && asked.some((condition) => isSentBy(step, condition))).map(({ id }) => id);
  const hasty = withoutPause(flow, messages, questionId);
  const into = (id: string) => waysInto(flow, id).filter(({ from }) => hasty.has(from));
  const jumps = flow.steps.filter((each) => jumpOf(each) === questionId && hasty.has(each.id));
  // Where nothing but a step leads there that goes on elsewhere, it stands before that.
  const before = into(questionId).length === 0 ? jumps.shift() : undefined;
  const [first, ...others] = into(before?.id ?? questionId);
  if (first === undefined) return flow;
  const step: Step = {
    id: newId,
    type: WAIT_FOR_EVENT,
    config: { events: events.map((each, index) => ({ id: `e${index + 1}`, ...each })), since: 'enrollment', atMost: LONGEST_WAIT },
  };
  const waiting = others.reduce((result, spot) => connect(result, spot, newId), addStep(flow, step, first, 'every'));
  return { ...waiting, steps: waiting.steps.map((each) => (jumps.some(({ id }) => id === each.id) ? { ...each, config: { ...each.config, to: newId } } : each)) };
}

/** All steps that contacts come to from these in the same instant, themselves included, short of the question. */
function withoutPause(flow: Flow, from: readonly string[], questionId: string): ReadonlySet<string> {
  const stops = new Set([questionId, ...flow.steps.filter(pauses).map(({ id }) => id)]);
  const reached = new Set(reachableFrom(flow, from, stops));
  for (const id of reached) {
    const to = jumpOf(stepOf(flow, id));
    if (to !== null && flow.steps.some((each) => each.id === to)) for (const further of reachableFrom(flow, [to], stops)) reached.add(further);
  }
  return reached;
}

/** Where time may pass until a contact goes on: a wait, a person who decides, paths that come together. */
function pauses(step: Step): boolean {
  const type = stepType(step.type);
  return step.disabled !== true && type !== undefined && (type.family === 'time' || type.asksPeople === true || type.joins === true);
}

function askedBy(step: Step): Asked[] {
  // Who waits until something is so has not asked too early.
  const config = step.disabled === true || pauses(step) ? null : configOf(step);
  const rules = config === null ? [] : rulesIn(stepType(step.type)!.config, config);
  return rules.flatMap(conditionsOf).filter((each): each is Asked => each.kind === 'message' && (HUMAN_ACTS as readonly string[]).includes(each.act));
}

function isSentBy(step: Step, { message }: Asked): boolean {
  const sent = step.disabled === true ? [] : messagesSentBy(step);
  return sent.includes(message) || (message === 'any' && sent.length > 0);
}
