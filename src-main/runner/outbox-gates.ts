// Who may be written to: asked inside the claiming transaction, in one fixed order, each answer with a reason of its own
// (DESIGN 3.6); and, for what can change in a moment, once more before the body of a mail leaves (FAULTS I2, F34).
import { circlingSteps } from '../../shared/flow/circling-steps.ts';
import { MOVED, PULLED } from '../../shared/engine/advance.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { hasComeRound } from '../../shared/flow/rounds.ts';
import { isSafeAddress } from '../../shared/messages/header-text.ts';
import { sendingChoices, timingOf, type SendingChoices } from '../../shared/messages/sending-rules.ts';
import { JOINED } from '../../shared/steps/parallel.ts';
import { DAY, HOUR, isTimeZone, type Instant } from '../../shared/time.ts';
import { consentStatesFor } from '../store/consents.ts';
import { flowVersion } from '../store/flows.ts';
import { guardName } from '../store/guard.ts';
import { identityOf } from '../store/identity.ts';
import { marketingSince, sentSince, visitOf, type Candidate, type RecentlySent } from '../store/outbox.ts';
import { answerForContacts } from '../store/rules.ts';
import { readSettings } from '../store/settings.ts';
import { suppressedAmong } from '../store/suppressions.ts';
import { sinceLastWritten, stepHasWritten } from '../store/written-before.ts';
import type { Workspace } from '../workspace.ts';
import { cameBackAt } from './absence.ts';
import { tolerant } from './unaskable.ts';

/** `wait`: stays planned, its flow is paused. `later`: planned for then, and asked everything again. `stop`: settled with a reason code. */
export type Verdict =
  | { may: 'go'; address: string; message: Message }
  | { may: 'wait' }
  | { may: 'later'; at: Instant; reason: 'waiting-for-slot' | 'quiet-hours' }
  | { may: 'stop'; state: 'cancelled' | 'held'; reason: StopReason };

/**
 * flow-ended: the flow is archived or gone. enrollment-ended, enrollment-moved: the contact has left the flow, or the step.
 * no-contact: erased. sent-by-step: the step was moved behind them, and has written to them in this passage before (FEATURES D4). sent-before: by the guard file it has left, though this file, which is older, does not know it. no-channel: nothing is set up that could send it. message-missing: the live version has no such message. suppressed, consent-withdrawn, no-consent,
 * audience, frequency-cap, late, skipped-on-resume (FEATURES D5), no-address, bad-address: as they say. fuse: too many mails to one person, which nothing may overrule.
 */
export type StopReason =
  | 'flow-ended'
  | 'enrollment-ended'
  | 'enrollment-moved'
  | 'no-contact'
  | 'sent-before'
  | 'sent-by-step'
  | 'no-channel'
  | 'message-missing'
  | 'suppressed'
  | 'consent-withdrawn'
  | 'no-consent'
  | 'audience'
  | 'frequency-cap'
  | 'late'
  | 'skipped-on-resume'
  | 'no-address'
  | 'bad-address'
  | 'fuse';

/** The dumb fuse (FAULTS 0.6): no code path, no loop and no resend gets past these within 24 hours. */
export const FUSE_PER_CONTACT = 20;
export const FUSE_PER_STEP = 5;

/** How far apart those leave that were overdue for one person at the end of an absence. */
const APART = HOUR;

/** For a message whose step no version at hand has. */
const AS_A_NEW_STEP = sendingChoices({});

const INSIDE = new Set(['active', 'held', 'failed']);

/** The flows and messages as published, each version read once: versions never change. */
export type Versions = { get(flowId: number, number: number): Version | undefined };

/** `sending`: what a step of this version says about when to send; `undefined` where it has no such step. `circles`: whether one comes to a step again by itself. */
type Version = { flow: Flow; messages: Map<string, Message>; sending(stepId: string): SendingChoices | undefined; circles(stepId: string): boolean };

export function versionsOf(workspace: Workspace): Versions {
  const known = new Map<string, Version | undefined>();
  return {
    get(flowId, number) {
      const key = `${flowId}:${number}`;
      if (known.has(key)) return known.get(key);
      if (known.size > 200) known.clear();
      const found = flowVersion(workspace, flowId, number);
      const version = found && versionOf(found.flow, found.messages);
      known.set(key, version);
      return version;
    },
  };
}

function versionOf(flow: Flow, messages: readonly Message[]): Version {
  const configs = new Map(flow.steps.map(({ id, config }) => [id, config]));
  const read = new Map<string, SendingChoices>();
  let circling: ReadonlySet<string> | undefined;
  return {
    flow,
    messages: new Map(messages.map((message) => [message.key, message])),
    sending(stepId) {
      const config = configs.get(stepId);
      if (config !== undefined && !read.has(stepId)) read.set(stepId, sendingChoices(config));
      return read.get(stepId);
    },
    circles: (stepId) => (circling ??= circlingSteps(flow)).has(stepId),
  };
}

const stop = (reason: StopReason, state: 'cancelled' | 'held' = 'cancelled'): Verdict => ({ may: 'stop', state, reason });

/**
 * The verdict on each candidate, in their order. Call it inside the transaction that acts on it. `lastLook`: only what a
 * moment can change is asked again; audience, cap, lateness and fuse were answered when the message was claimed. `underWay`
 * counts what is claimed for a contact beside the ledger's settled rows. What a person has asked to send again is bound
 * neither to the place of its enrollment nor to cap, quiet hours and lateness.
 */
export function verdicts(
  workspace: Workspace,
  candidates: readonly Candidate[],
  versions: Versions,
  now: Instant,
  lastLook: boolean,
  underWay: (contactId: number) => number = () => 0,
): Verdict[] {
  const addresses = candidates.flatMap(({ address }) => (address === null ? [] : [address]));
  const suppressed = suppressedAmong(workspace, 'email', addresses);
  const consentTo = consentsByTopic(workspace, candidates);
  const written = lastLook ? new Set<number>() : stepHasWritten(workspace, candidates);
  const audiences = lastLook ? new Map<string, Set<number>>() : audiencesOf(workspace, candidates, versions, now);
  const sentLately = lastLook ? new Map<number, RecentlySent>() : sentSince(workspace, candidates, now - DAY);
  const rules = readSettings(workspace);
  const back = lastLook ? null : cameBackAt(workspace);
  const claimedHere = new Map<number, number>();
  const marketingHere = new Map<number, number>();
  /** What is claimed in this very transaction comes first, then the ledger. */
  const lately = (contactId: number): Instant[] => {
    const { messages, days } = rules.frequencyCap;
    if (messages === 0) return [];
    const here = Array.from({ length: marketingHere.get(contactId) ?? 0 }, () => now);
    return [...here, ...marketingSince(workspace, contactId, now - days * DAY, messages)];
  };
  return candidates.map((each) => {
    const { flowState, address, contactId } = each;
    // 1. the flow is live, and the contact still stands where the message was asked for
    if (flowState === 'paused') return { may: 'wait' };
    if (flowState !== 'live') return stop('flow-ended');
    const isResend = each.reason === 'resend';
    if (!isResend) {
      if (each.enrollmentState === null || !INSIDE.has(each.enrollmentState)) return stop('enrollment-ended');
      if (each.standsAt !== each.stepId || each.visit !== visitOf(each.key)) return stop('enrollment-moved');
    }
    if (each.contactExists === 0) return stop('no-contact');
    if (!isResend && each.sentBefore !== null && address !== null && each.sentBefore === guardName(identityOf(workspace).keys[0]!, 'email', address)) return stop('sent-before');
    const published = versions.get(each.flowId, versionFollowed(each));
    // Latest published goes out, whichever version somebody follows (FEATURES D26); a message that the latest no longer has, as it
    // was in theirs, or when it was planned.
    const message = [each.liveVersion, each.keptVersion, each.version].map((number) => (number === null ? undefined : versions.get(each.flowId, number)?.messages.get(each.message))).find((found) => found !== undefined);
    if (each.channel !== 'email') return stop('no-channel', 'held');
    if (published === undefined || message === undefined) return stop('message-missing', 'held');
    // A step that was moved is the same step; only by a circle does it come round again (FEATURES D4).
    if (!isResend && written.has(each.id) && !hasComeAgain(workspace, versions, published, each)) return stop('sent-by-step');
    // 2. suppression
    if (address !== null && suppressed.has(address)) return stop('suppressed');
    // 3. consent, for marketing only (FEATURES A4.1)
    const isMarketing = message.purpose === 'marketing';
    const consent = isMarketing ? consentTo(message.topic, contactId) : undefined;
    if (isMarketing && consent !== 'given') return stop(consent === 'withdrawn' ? 'consent-withdrawn' : 'no-consent');
    // 4. the flow's audience (FEATURES A1.21)
    if (!lastLook && published.flow.entry.audience !== null) {
      const audience = audiences.get(versionKey(each));
      // One that cannot be asked any more keeps nobody else's mail from leaving: a person must look.
      if (audience?.has(contactId) !== true) return stop('audience', audience === undefined ? 'held' : 'cancelled');
    }
    // 5. frequency cap, 6. quiet hours, 7. lateness (FEATURES D15, D16); of these, only quiet hours can begin in a moment
    if (!isResend) {
      const chosen = published.sending(each.stepId) ?? versions.get(each.flowId, each.version)?.sending(each.stepId) ?? AS_A_NEW_STEP;
      const zone = each.zone !== null && isTimeZone(each.zone) ? each.zone : rules.timeZone;
      const { cappedAt, resumedAt, resumedAs } = each;
      const isOfPause = resumedAt !== null && each.meantAt < resumedAt;
      if (isOfPause && resumedAs === 'skip' && !lastLook) return stop('skipped-on-resume');
      const meantAt = isOfPause && resumedAs === 'send' ? resumedAt : each.meantAt;
      const timing = lastLook
        ? timingOf(rules, { ...chosen, cap: 'exempt', late: 'send' }, isMarketing, { now, zone, meantAt, cappedAt, lately: [] })
        : timingOf(rules, chosen, isMarketing, { now, zone, meantAt, cappedAt, lately: isMarketing ? lately(contactId) : [] });
      if (timing.at === null) return stop(timing.reason, timing.state);
      // After an absence nobody gets two overdue messages in one go (FAULTS F14).
      const before = isMarketing && back !== null && each.meantAt < back ? (marketingHere.has(contactId) ? now : marketingSince(workspace, contactId, back - 1, 1)[0]) : undefined;
      if (before !== undefined && now < before + APART) return { may: 'later', at: before + APART, reason: 'waiting-for-slot' };
      if (timing.at !== 'now') return { may: 'later', at: timing.at, reason: timing.reason };
    }
    if (address === null || address === '') return stop('no-address');
    if (!isSafeAddress(address)) return stop('bad-address');
    if (!lastLook) {
      const sent = sentLately.get(each.id) ?? { contact: 0, step: 0 };
      const here = claimedHere.get(contactId) ?? 0;
      if (sent.contact + here + underWay(contactId) >= FUSE_PER_CONTACT || sent.step >= FUSE_PER_STEP) return stop('fuse', 'held');
      claimedHere.set(contactId, here + 1);
      if (isMarketing) marketingHere.set(contactId, (marketingHere.get(contactId) ?? 0) + 1);
    }
    return { may: 'go', address, message };
  });
}

/** By which the visits ended after which somebody went on otherwise than along a line. */
const NO_LINE: ReadonlySet<string | null> = new Set([MOVED, PULLED, JOINED]);

/** Whether the flow itself has led somebody back to a step that has written to them, round a circle, rather than an edit of the flow. */
function hasComeAgain(workspace: Workspace, versions: Versions, { flow, circles }: Version, message: Candidate): boolean {
  const { flowId, stepId, enrollmentId, key } = message;
  if (!circles(stepId)) return false;
  const since = sinceLastWritten(workspace, message);
  const from = since?.visits.find((each) => each.enrollmentId === enrollmentId && each.visit === visitOf(key) - 1);
  if (since === undefined || from === undefined) return false;
  const { version: number, visits } = since;
  const ways = visits.flatMap((each, index): [string, string][] => {
    const next = visits[index + 1];
    const to = each === from ? stepId : next?.enrollmentId === each.enrollmentId ? next.step : undefined;
    // From a step that is gone an edit has moved them.
    return to !== undefined && NO_LINE.has(each.outlet) && flow.steps.some(({ id }) => id === each.step) ? [[each.step, to]] : [];
  });
  return hasComeRound(flow, stepId, { version: versions.get(flowId, number)?.flow, visited: new Set(visits.map(({ step }) => step)), ways, from: from.step });
}

/** What these contacts have agreed to, by topic: one query for each topic that is asked for. */
function consentsByTopic(workspace: Workspace, candidates: readonly Candidate[]): (topic: string | undefined, contactId: number) => 'given' | 'withdrawn' | undefined {
  const ids = [...new Set(candidates.map(({ contactId }) => contactId))];
  const byTopic = new Map<string, Map<number, 'given' | 'withdrawn'>>();
  return (topic = '', contactId) => {
    let states = byTopic.get(topic);
    if (states === undefined) byTopic.set(topic, (states = consentStatesFor(workspace, ids, 'email', topic)));
    return states.get(contactId);
  };
}

/** By this version it is decided who is written to, and when. */
const versionFollowed = ({ keptVersion, liveVersion, version }: Candidate) => keptVersion ?? liveVersion ?? version;

const versionKey = (each: Candidate) => `${each.flowId}:${versionFollowed(each)}`;

/** Who of the candidates is in the audience of their flow: one query for each flow that has one. Those that cannot be asked are left out. */
function audiencesOf(workspace: Workspace, candidates: readonly Candidate[], versions: Versions, now: Instant): Map<string, Set<number>> {
  const answers = new Map<string, Set<number>>();
  for (const [key, group] of Map.groupBy(candidates, versionKey)) {
    const audience = versions.get(group[0]!.flowId, versionFollowed(group[0]!))?.flow.entry.audience ?? null;
    if (audience !== null) tolerant(() => void answers.set(key, answerForContacts(workspace, audience, [...new Set(group.map(({ contactId }) => contactId))], now)));
  }
  return answers;
}
