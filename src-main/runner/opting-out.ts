// Lets out whoever opts out on their way through a flow: at once where the flow has nothing left that it may write to them, and not
// only when its next message is due (FEATURES D14). Where it still has, they go on, and leave at the first message that may not be
// sent (runner/wave.ts). What was planned is cancelled for that reason, and a consent given anew brings nobody back.
import type { Channel } from '../../shared/contacts/contact.ts';
import type { ContactEvent, KnownEventType } from '../../shared/contacts/event.ts';
import { keysOf } from '../../shared/contacts/naming.ts';
import type { Message } from '../../shared/flow/flow.ts';
import { namesChosenIn } from '../../shared/flow/references.ts';
import { REASON_OPTED_OUT } from '../../shared/steps/step.ts';
import { consentState } from '../store/consents.ts';
import { getContact } from '../store/contacts.ts';
import { hasEnteredAfter, insideOf } from '../store/enrollments.ts';
import { flowVersion } from '../store/flows.ts';
import { UNDO } from '../store/import-undo.ts';
import { MERGE } from '../store/merges.ts';
import { unsentAt } from '../store/outbox.ts';
import { openPathsOf, personInside, type Person } from '../store/people-inside.ts';
import { ledgerKey } from '../store/planned-messages.ts';
import { isSuppressed, REASON_ERASED } from '../store/suppressions.ts';
import { leaveLineOf } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';
import type { Followed } from './following.ts';
import type { StopReason } from './outbox-gates.ts';
import { stopMessage } from './outbox-settle.ts';
import { letOut } from './people.ts';
import type { Published } from './published.ts';
import { removedSteps } from './removed-steps.ts';

/** The events that tell of an opt-out. */
export const OPT_OUTS: ReadonlySet<string> = new Set(['consent_withdrawn', 'suppressed'] satisfies KnownEventType[]);

/** What a step writes. `topic` '': the channel as a whole. */
type Writing = { step: string; channel: Channel; isMarketing: boolean; topic: string };

const writings = new WeakMap<Published, readonly Writing[]>();

/** Whether opting out can end somebody's passage through this version. */
export function endsAtOptOut({ flow, compiled }: Published): boolean {
  return flow.optOut === 'exit' && [...compiled.steps.values()].some(({ type, disabled }) => type.writes !== undefined && !disabled);
}

/**
 * Acts on the events that tell of an opt-out, in the transaction at hand. `flows` are those that end at one. What is taken back, what
 * comes by a merge and an address that mail comes back from are nobody's own word: they count at the next message, and a flow may
 * do something else until then, such as have the contact called.
 */
export function letOutOptedOut(workspace: Workspace, flows: ReadonlyMap<number, Followed>, events: readonly ContactEvent[]): void {
  for (const event of events) {
    if (!OPT_OUTS.has(event.type) || event.source === UNDO || event.source === MERGE || event.data.reason === 'bounced') continue;
    for (const { id, flowId, enteredAt } of insideOf(workspace, event.contactId)) {
      const all = flows.get(flowId);
      // What a flow's own step has withdrawn does not throw anybody out in the middle of what that flow goes on to do (D25).
      const isOwnDoing = event.source === 'flow' && event.flowId === flowId;
      // Whoever was told some time after the act (store/telling-suppressed.ts) may have come in meanwhile.
      const isSince = isToldLater(event) ? enteredAt >= event.at : hasEnteredAfter(workspace, id, event);
      if (all === undefined || isOwnDoing || isSince) continue;
      const person = personInside(workspace, id)!;
      const flow = person.keptVersion === null ? all.live : all.kept.find(({ version }) => version === person.keptVersion);
      if (flow !== undefined && endsAtOptOut(flow)) optOut(workspace, all.live, flow, person, event);
    }
  }
}

function isToldLater({ data }: ContactEvent): boolean {
  return data.domain !== undefined || data.reason === REASON_ERASED;
}

function optOut(workspace: Workspace, live: Published, flow: Published, person: Person, event: ContactEvent): void {
  const written = writingsOf(workspace, live, flow);
  if (!written.some((each) => concerns(event, each))) return;
  const paths = openPathsOf(workspace, person.id);
  const standing = paths.length > 0 ? paths : [person];
  const ahead = stepsAhead(workspace, flow, person.keptVersion, standing.map(({ stepId }) => stepId));
  if (written.some((each) => ahead.has(each.step) && !concerns(event, each) && mayWrite(workspace, event.contactId, each))) return;
  const reason: StopReason = event.type === 'suppressed' ? 'suppressed' : 'consent-withdrawn';
  const now = workspace.clock.now();
  for (const { id: enrollmentId, stepId, visit } of standing) {
    const isMeant = written.some((each) => each.step === stepId && concerns(event, each));
    const planned = isMeant ? unsentAt(workspace, ledgerKey({ flowId: flow.flowId, enrollmentId, stepId, visit })) : undefined;
    if (planned !== undefined) stopMessage(workspace, { ...planned, address: null, subject: null }, 'cancelled', reason, null, now);
  }
  // Nor do they come in again by a place in the line that they took before.
  leaveLineOf(workspace, flow.flowId, event.contactId, null);
  letOut(workspace, live, [person.id], REASON_OPTED_OUT, 'flow');
}

/** Whether an opt-out is about what a step writes: whoever withdraws a topic goes on getting the rest; an order's receipt is no marketing. */
function concerns({ type, data }: ContactEvent, { channel, isMarketing, topic }: Writing): boolean {
  if (data.channel !== channel) return false;
  return type === 'suppressed' || (isMarketing && (data.topic === undefined || data.topic === '' || data.topic === topic));
}

function mayWrite(workspace: Workspace, contactId: number, { channel, isMarketing, topic }: Writing): boolean {
  const address = getContact(workspace, contactId)?.values[channel === 'sms' ? 'phone' : 'email'];
  if (typeof address !== 'string' || isSuppressed(workspace, channel, address)) return false;
  return !isMarketing || consentState(workspace, contactId, channel, topic) === 'given';
}

/** What the steps of a version write, with the messages as they would go out: as they were published last (FEATURES D26). */
function writingsOf(workspace: Workspace, live: Published, flow: Published): readonly Writing[] {
  const known = writings.get(flow);
  if (known !== undefined && flow === live) return known;
  const versions = [...new Set([live.version, flow.version])].map((version) => flowVersion(workspace, flow.flowId, version)?.messages ?? []);
  const messageOf = (key: string): Message | undefined => versions.flatMap((messages) => messages.find((message) => message.key === key) ?? [])[0];
  const found = [...flow.compiled.steps.values()].flatMap(({ id, type, config, disabled }): Writing[] => {
    if (type.writes === undefined || disabled) return [];
    const message = keysOf(namesChosenIn(type.config, config), 'message').map(messageOf)[0];
    return [{ step: id, channel: type.writes, isMarketing: message?.purpose !== 'transactional', topic: message?.topic ?? '' }];
  });
  if (flow === live) writings.set(flow, found);
  return found;
}

/** These steps and all to which one can come from them; from one that is gone, by the step at which they go on. */
function stepsAhead(workspace: Workspace, { flowId, compiled }: Published, keptVersion: number | null, from: readonly string[]): ReadonlySet<string> {
  const ahead = new Set<string>();
  const open = from.flatMap((id) => (compiled.steps.has(id) ? id : (removedSteps(workspace, flowId, keptVersion)[id]?.to ?? [])));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (ahead.has(id)) continue;
    ahead.add(id);
    for (const to of compiled.steps.get(id)?.next.values() ?? []) if (to !== null) open.push(to);
  }
  return ahead;
}
