// Who may be written to: asked inside the claiming transaction, in one fixed order, each answer with a reason of its own
// (DESIGN 3.6); and, for what can change in a moment, once more before the body of a mail leaves (FAULTS I2, F34).
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { isSafeAddress } from '../../shared/messages/header-text.ts';
import { DAY, type Instant } from '../../shared/time.ts';
import { consentStatesFor } from '../store/consents.ts';
import { flowVersion } from '../store/flows.ts';
import { sentSince, visitOf, type Candidate } from '../store/outbox.ts';
import { answerForContacts } from '../store/rules.ts';
import { suppressedAmong } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';

/** `wait`: stays planned, its flow is paused. `stop`: settled with a reason code. */
export type Verdict =
  | { may: 'go'; address: string; message: Message; flow: Flow }
  | { may: 'wait' }
  | { may: 'stop'; state: 'cancelled' | 'held'; reason: StopReason };

/**
 * flow-ended: the flow is archived or gone. enrollment-ended, enrollment-moved: the contact has left the flow, or the step.
 * no-contact: erased. message-missing: the live version has no such message. suppressed, consent-withdrawn, no-consent,
 * audience, no-address, bad-address: as they say. fuse: too many mails to one person, which nothing may overrule.
 */
export type StopReason =
  | 'flow-ended'
  | 'enrollment-ended'
  | 'enrollment-moved'
  | 'no-contact'
  | 'message-missing'
  | 'suppressed'
  | 'consent-withdrawn'
  | 'no-consent'
  | 'audience'
  | 'no-address'
  | 'bad-address'
  | 'fuse';

/** The dumb fuse (FAULTS 0.6): no code path, no loop and no resend gets past these within 24 hours. */
export const FUSE_PER_CONTACT = 20;
export const FUSE_PER_STEP = 5;

const INSIDE = new Set(['active', 'held', 'failed']);

/** The flows and messages as published, each version read once: versions never change. */
export type Versions = { get(flowId: number, number: number): { flow: Flow; messages: Map<string, Message> } | undefined };

export function versionsOf(workspace: Workspace): Versions {
  const known = new Map<string, ReturnType<Versions['get']>>();
  return {
    get(flowId, number) {
      const key = `${flowId}:${number}`;
      if (known.has(key)) return known.get(key);
      if (known.size > 200) known.clear();
      const found = flowVersion(workspace, flowId, number);
      const version = found && { flow: found.flow, messages: new Map(found.messages.map((message) => [message.key, message])) };
      known.set(key, version);
      return version;
    },
  };
}

const stop = (reason: StopReason, state: 'cancelled' | 'held' = 'cancelled'): Verdict => ({ may: 'stop', state, reason });

/**
 * The verdict on each candidate, in their order. Call it inside the transaction that acts on it. `lastLook`: only what a
 * moment can change is asked again; audience and fuse were answered when the message was claimed. `underWay` counts what is
 * claimed for a contact beside the ledger's settled rows.
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
  const consents = consentStatesFor(
    workspace,
    candidates.map(({ contactId }) => contactId),
    'email',
  );
  const audiences = lastLook ? new Map<string, Set<number>>() : audiencesOf(workspace, candidates, versions, now);
  const claimedHere = new Map<number, number>();
  return candidates.map((each) => {
    const { flowState, address, contactId } = each;
    // 1. the flow is live, and the contact still stands where the message was asked for
    if (flowState === 'paused') return { may: 'wait' };
    if (flowState !== 'live') return stop('flow-ended');
    // What a person has asked to send again is no longer bound to the place of its enrollment.
    if (each.reason !== 'resend') {
      if (each.enrollmentState === null || !INSIDE.has(each.enrollmentState)) return stop('enrollment-ended');
      if (each.standsAt !== each.stepId || each.visit !== visitOf(each.key)) return stop('enrollment-moved');
    }
    if (each.contactExists === 0) return stop('no-contact');
    const published = versions.get(each.flowId, each.liveVersion ?? each.version);
    // Latest published goes out (FEATURES D26); a message that the latest no longer has, as it was when it was planned.
    const message = published?.messages.get(each.message) ?? versions.get(each.flowId, each.version)?.messages.get(each.message);
    if (published === undefined || message === undefined) return stop('message-missing', 'held');
    // 2. suppression
    if (address !== null && suppressed.has(address)) return stop('suppressed');
    // 3. consent, for marketing only (FEATURES A4.1)
    const consent = consents.get(contactId);
    if (message.purpose === 'marketing' && consent !== 'given') return stop(consent === 'withdrawn' ? 'consent-withdrawn' : 'no-consent');
    // 4. the flow's audience (FEATURES A1.21)
    if (!lastLook && published.flow.entry.audience !== null && !audiences.get(versionKey(each))?.has(contactId)) return stop('audience');
    // 5. frequency cap, 6. quiet hours, 7. freshness: their places, in this order, once flows can have them
    if (address === null || address === '') return stop('no-address');
    if (!isSafeAddress(address)) return stop('bad-address');
    if (!lastLook) {
      const sent = sentSince(workspace, each, now - DAY);
      const here = claimedHere.get(contactId) ?? 0;
      if (sent.contact + here + underWay(contactId) >= FUSE_PER_CONTACT || sent.step >= FUSE_PER_STEP) return stop('fuse', 'held');
      claimedHere.set(contactId, here + 1);
    }
    return { may: 'go', address, message, flow: published.flow };
  });
}

const versionKey = ({ flowId, liveVersion, version }: Candidate) => `${flowId}:${liveVersion ?? version}`;

/** Who of the candidates is in the audience of their flow: one query for each flow that has one. */
function audiencesOf(workspace: Workspace, candidates: readonly Candidate[], versions: Versions, now: Instant): Map<string, Set<number>> {
  const groups = new Map<string, Candidate[]>();
  for (const each of candidates) groups.set(versionKey(each), [...(groups.get(versionKey(each)) ?? []), each]);
  const answers = new Map<string, Set<number>>();
  for (const [key, group] of groups) {
    const audience = versions.get(group[0]!.flowId, group[0]!.liveVersion ?? group[0]!.version)?.flow.entry.audience ?? null;
    if (audience !== null)
      answers.set(key, answerForContacts(workspace, audience, [...new Set(group.map(({ contactId }) => contactId))], now));
  }
  return answers;
}
