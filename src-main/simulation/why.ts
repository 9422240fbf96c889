// Finds out why a contact did, or did not, get a message: reads the passage, the visits and the ledger, and asks the rules that
// decided once more, of a copy in which the contact is what they were then.
import { conditionsOf, type Rule } from '../../shared/contacts/rule.ts';
import { PULLED } from '../../shared/engine/advance.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { aheadOf, configOf, onwardFrom, outletsOf, stepOf, titleOf } from '../../shared/flow/reading.ts';
import { messagesSentBy } from '../../shared/flow/references.ts';
import { refuse } from '../../shared/problem.ts';
import { firstFailing } from '../../shared/simulation/explained.ts';
import type { PassedStep, Why, WhyAnswer, WhyQuestion } from '../../shared/simulation/why.ts';
import { stepType } from '../../shared/steps/index.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { publishedOrError, type Published } from '../runner/published.ts';
import { getContact, refuseUnknownContact } from '../store/contacts.ts';
import { flowRecord, flowVersion, type FlowRecord } from '../store/flows.ts';
import { consentAt, eventsSince, latestMessage, passagesOf, publicationsOf, takeBack, visitsOf, type Passage, type Publication } from '../store/past.ts';
import type { Image } from '../store/simulation-copy.ts';
import { stepsOnPaths } from '../store/paths.ts';
import type { Workspace } from '../workspace.ts';
import { openCopy } from './copy.ts';
import { explainNow } from './explain.ts';

const NOTHING: Omit<Why, 'answer'> = { reason: null, at: null, step: null, passage: null, steps: [], rules: [], failing: null, consent: null, certain: true };
const ABOUT_CONSENT = new Set(['no-consent', 'consent-withdrawn']);

/** Answers for the latest passage of the contact, or the latest row of the ledger, whichever there is. */
export async function why(image: Image, now: Instant, question: WhyQuestion): Promise<Why> {
  const copy = openCopy({ image, now, react: () => ({ opened: null, clicked: null, ordered: null, optedOut: null }) });
  try {
    return answerFor(copy.workspace, question);
  } finally {
    await copy.close();
  }
}

function answerFor(workspace: Workspace, { contact, flow: flowId, message }: WhyQuestion): Why {
  if (getContact(workspace, contact) === undefined) refuseUnknownContact(contact);
  const flow = flowRecord(workspace, flowId) ?? refuse('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(flowId) }));
  const asked = latestMessage(workspace, flowId, contact, message);
  const passages = passagesOf(workspace, flowId, contact);
  if (asked !== undefined) {
    const passage = passages.find(({ enrollment }) => enrollment === asked.enrollment) ?? null;
    const at = asked.settledAt ?? asked.dueAt;
    const found: Why = { ...NOTHING, answer: asked.state as WhyAnswer, reason: asked.reason, at, step: asked.step, ...passed(workspace, flow, passage, asked.step) };
    if (asked.state === 'planned') found.reason ??= waitsFor(flow, 'active');
    const audience = asked.reason === 'audience' ? (flowVersion(workspace, flowId, passage?.keptVersion ?? flow.liveVersion ?? asked.version)?.flow.entry.audience ?? null) : null;
    if (audience !== null) return explained(workspace, found, contact, null, at, [{ name: 'audience', rule: audience }], false);
    return ABOUT_CONSENT.has(asked.reason ?? '') ? { ...found, consent: consentAt(workspace, contact, 'email', topicOf(workspace, flowId, message, at), at) } : found;
  }
  const [passage] = passages;
  if (passage === undefined) return neverEntered(workspace, flow, contact, message);
  return onTheWay(workspace, flow, contact, message, passage);
}

/** The topic of a message as it was published at an instant; '' where it has none. */
function topicOf(workspace: Workspace, flowId: number, message: string, at: Instant): string {
  const published = publicationsOf(workspace, flowId).filter(({ publishedAt }) => publishedAt <= at);
  for (const { number } of published.reverse()) {
    const found = flowVersion(workspace, flowId, number)?.messages.find(({ key }) => key === message);
    if (found !== undefined) return found.topic ?? '';
  }
  return '';
}

/** Why somebody on the way does not come further, if it is not the time. */
function waitsFor({ state }: FlowRecord, passage: string): string | null {
  if (passage !== 'active') return passage;
  return state === 'paused' ? 'flow-paused' : null;
}

/** The steps that send a message. One that is switched off sends nothing. */
function sending(flow: Flow, message: string): string[] {
  return flow.steps.filter((step) => step.disabled !== true && messagesSentBy(step).includes(message)).map(({ id }) => id);
}

function passed(workspace: Workspace, { id }: FlowRecord, passage: Passage | null, until: string | null): Pick<Why, 'passage' | 'steps'> {
  if (passage === null) return { passage: null, steps: [] };
  const { enrollment, trigger, enteredAt, state } = passage;
  const steps = visitsOf(workspace, enrollment).map(({ step: stepId, version, enteredAt: at, leftAt, outlet }): PassedStep => {
    const flow = flowVersion(workspace, id, version)?.flow;
    const step = flow?.steps.find((each) => each.id === stepId);
    const outletLabel = flow === undefined || step === undefined ? null : (outletsOf(flow, step).find((each) => each.id === outlet)?.label ?? null);
    return { step: stepId, title: step === undefined ? say('{name}', { name: stepId }) : titleOf(step), version, at, leftAt, outlet, outletLabel };
  });
  const last = steps.findLastIndex(({ step }) => step === until);
  return { passage: { enrollment, trigger, enteredAt, state }, steps: last < 0 ? steps : steps.slice(0, last + 1) };
}

/** Came in, and the message was never asked for: still before it, left before it, or led elsewhere by a step. */
function onTheWay(workspace: Workspace, flow: FlowRecord, contact: number, message: string, passage: Passage): Why {
  const found: Why = { ...NOTHING, answer: 'not-sent-here', ...passed(workspace, flow, passage, null) };
  let flowThen: Flow | undefined;
  let leads = false;
  for (const [index, each] of found.steps.entries()) {
    flowThen = flowVersion(workspace, flow.id, each.version)?.flow;
    if (flowThen === undefined || !flowThen.steps.some(({ id }) => id === each.step)) continue;
    const targets = sending(flowThen, message);
    const ledBefore = leadsTo(flowThen, each.step, targets);
    leads ||= ledBefore;
    if (!ledBefore || targets.includes(each.step) || isDivided(flowThen, each)) continue;
    if (each.outlet === null) return leftBefore(workspace, flow, found, contact, passage, each);
    const next = onwardFrom(flowThen, each.step, each.outlet);
    if (next !== null && leadsTo(flowThen, next, targets)) continue;
    const other: Why = { ...found, answer: 'other-way', at: each.leftAt, step: each.step, reason: each.outlet };
    if (each.outlet === PULLED) return { ...explained(workspace, other, contact, passage.enrollment, each.leftAt, goalAt(flowThen, found.steps[index + 1]?.step ?? passage.stepId), false), failing: null };
    return explained(workspace, other, contact, passage.enrollment, each.leftAt, rulesAt(flowThen, each.step, targets), true);
  }
  const follows = passage.keptVersion ?? flow.liveVersion;
  const live = follows === null ? undefined : flowVersion(workspace, flow.id, follows)?.flow;
  const stands = passage.stepId === null ? [] : [passage.stepId, ...(stepsOnPaths(workspace, [passage.enrollment]).get(passage.enrollment) ?? [])];
  const ahead = live && stands.findLast((stepId) => leadsTo(live, stepId, sending(live, message)));
  if (ahead !== undefined) return { ...found, answer: 'on-the-way', step: ahead, at: passage.dueAt, reason: waitsFor(flow, passage.state) };
  // It was on the way once, and yet no step led elsewhere: the flow was changed in between, or the step was not run.
  return leads ? { ...found, answer: 'other-way', certain: false } : found;
}

/** Where a passage is divided it takes every way: none of them leads elsewhere. */
function isDivided(flow: Flow, { step, outlet }: PassedStep): boolean {
  return outlet !== null && stepType(stepOf(flow, step).type)?.forks === true;
}

function leftBefore(workspace: Workspace, flow: FlowRecord, found: Why, contact: number, passage: Passage, { step, leftAt, version }: PassedStep): Why {
  const left: Why = { ...found, answer: 'left-before', reason: passage.exitReason, at: leftAt, step };
  const then = flowVersion(workspace, flow.id, version)!.flow;
  const rule = passage.exitReason === 'goal' ? then.goal : passage.exitReason === 'exit-rule' ? then.exit : null;
  if (rule === null) return explained(workspace, left, contact, passage.enrollment, leftAt, rulesThatLetOut(then, step, passage.exitReason), true);
  return { ...explained(workspace, left, contact, passage.enrollment, leftAt, [{ name: passage.exitReason!, rule }], false), failing: null };
}

/** The rules of a step that lets out, for this reason, whoever does not meet them. */
function rulesThatLetOut(flow: Flow, stepId: string, reason: string | null): { name: string; rule: Rule }[] {
  const step = stepOf(flow, stepId);
  const [type, config] = [stepType(step.type), configOf(step)];
  if (type === undefined || config === null) return [];
  const rules = Object.entries(type.facts?.(config) ?? {}).flatMap(([name, fact]) => ('rule' in fact ? [{ name, rule: fact.rule }] : []));
  if (rules.length === 0) return [];
  const facts = Object.fromEntries(rules.map(({ name }) => [name, false]));
  const outcome = type.run({ config, now: 0, enteredAt: 0, entering: false, zone: 'UTC', workspaceZone: 'UTC', facts, messageResult: null, chance: 0, contactChance: 0 });
  return outcome.kind === 'exit' && outcome.reason === reason ? rules : [];
}

/** The rule of the goal at a step to which somebody was pulled forward. */
function goalAt(flow: Flow, stepId: string | null): { name: string; rule: Rule }[] {
  const step = flow.steps.find(({ id }) => id === stepId);
  const rule = step === undefined ? null : (stepType(step.type)?.pulls?.(configOf(step) ?? {})?.rule ?? null);
  return rule === null ? [] : [{ name: 'goal', rule }];
}

function leadsTo(flow: Flow, from: string, targets: readonly string[]): boolean {
  const ahead = aheadOf(flow, from);
  return targets.some((id) => ahead.has(id));
}

/** The rules of a step whose outlets would have led to the message. */
function rulesAt(flow: Flow, stepId: string, targets: readonly string[]): { name: string; rule: Rule }[] {
  const step = stepOf(flow, stepId);
  const facts = stepType(step.type)?.facts?.(configOf(step) ?? {}) ?? {};
  return Object.entries(facts).flatMap(([name, fact]) => {
    const next = onwardFrom(flow, stepId, name);
    return 'rule' in fact && next !== null && leadsTo(flow, next, targets) ? [{ name, rule: fact.rule }] : [];
  });
}

/**
 * Adds what the rules found then. What they find must fit what happened (`mustFail`: none of them held), else the history does not
 * tell all: something of the same instant, or something that leaves no trace.
 */
function explained(workspace: Workspace, found: Why, contact: number, enrollment: number | null, at: Instant, rules: readonly { name: string; rule: Rule }[], mustFail: boolean): Why {
  if (rules.length === 0) return found;
  takeBack(workspace, contact, at);
  const past: Workspace = { ...workspace, clock: { ...workspace.clock, now: () => at } };
  const answers = rules.map(({ name, rule }) => ({ name, rule: explainNow(past, rule, contact, enrollment) }));
  const forgotten = rules.some(({ rule }) => conditionsOf(rule).some((each) => each.kind === 'flow' || each.kind === 'segment' || ('for' in each && each.for !== undefined)));
  const failing = answers.map(({ rule }) => firstFailing(rule)).find((each) => each !== null) ?? null;
  return { ...found, rules: answers, failing, certain: !forgotten && !(mustFail && answers.some(({ rule }) => rule.holds === true)) };
}

function neverEntered(workspace: Workspace, flow: FlowRecord, contact: number, message: string): Why {
  const version = flow.liveVersion === null ? undefined : flowVersion(workspace, flow.id, flow.liveVersion);
  if (sending(version?.flow ?? flow.draft, message).length === 0) return { ...NOTHING, answer: 'not-sent-here' };
  const never: Why = { ...NOTHING, answer: 'never-entered' };
  if (version === undefined) return { ...never, reason: 'flow-not-published' };
  const { audience } = version.flow.entry;
  const rule = audience === null ? null : explainNow(workspace, audience, contact, null);
  // Each event was heard by the version of the moment at which it was recorded.
  const versions = publicationsOf(workspace, flow.id).map((each) => ({ ...each, found: publishedOrError(workspace, flow.id, each.number) }));
  const known = versions.filter((each): each is Publication & { found: Published } => !(each.found instanceof Error));
  const happened = eventsSince(workspace, contact, versions[0]!.publishedAt, true).some((event) => {
    const then = known.findLast(({ publishedAt }) => publishedAt <= event.recordedAt)?.found.eventTriggers ?? [];
    return then.some(({ source }) => source.types.includes(event.type) && (source.accepts?.(event, flow.id) ?? true));
  });
  const because = (reason: string | null, certain: boolean): Why => ({ ...never, reason, certain, ...(rule !== null && { rules: [{ name: 'audience', rule }], failing: firstFailing(rule) }) });
  // Whether the audience would have let them in at the moment of the event is not known; it speaks of now.
  if (!happened && known.length === versions.length && known.every(({ found }) => found.watchedTriggers.length === 0)) return because('no-trigger', true);
  return rule?.holds === false ? because('audience', false) : because(null, false);
}
