// Lets many invented contacts walk through a flow at once, in an empty copy of the workspace and by the real executor, and tells
// which ways each of them went.
import type { CompiledFlow } from '../../shared/engine/compiled.ts';
import { chanceOf, contactChanceOf } from '../../shared/engine/chance.ts';
import type { EnrollmentState } from '../../shared/engine/enrollment.ts';
import type { SimulatedVersion } from '../../shared/simulation/simulation.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../../shared/time.ts';
import { BY_HAND, takeIn } from '../runner/entering.ts';
import { published, type Published } from '../runner/published.ts';
import { publish } from '../runner/publishing.ts';
import { attributesOf } from '../store/attributes.ts';
import { recordConsent } from '../store/consents.ts';
import { insertContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { recordEvent } from '../store/events.ts';
import { flowRecord, flowVersion } from '../store/flows.ts';
import { recordOrder } from '../store/orders.ts';
import { addToSegmentFor } from '../store/segments.ts';
import { latestPassage, numberNextContact, numberNextPassage } from '../store/simulation-copy.ts';
import { addSuppression } from '../store/suppressions.ts';
import { addTagFor, removeTagFor } from '../store/tags.ts';
import type { Workspace } from '../workspace.ts';
import { openCopy, startFlow } from './copy.ts';
import type { Deed, Person } from './cover-candidates.ts';
import type { Way } from './cover-paths.ts';
import { SIMULATED } from './reactions.ts';

export type Walked = { went: Way[]; end: { state: EnrollmentState; reason: string | null; failure: string | null } | null };

const LONGEST = 800 * DAY;
/** Something that happens does so soon after coming in, and again and again, so that those who wait for it meet it. */
const TIMES = [10 * MINUTE, ...Array.from({ length: 60 }, (_, n) => HOUR + n * 12 * HOUR)];

/** The flow as it is walked: nobody comes in by itself, and no limit on entries keeps anybody out. Throws a ProblemError for a draft with errors. */
function prepareFlow(workspace: Workspace, flowId: number, version: SimulatedVersion): Published {
  startFlow(workspace, flowId, version);
  const { flow, messages } = flowVersion(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!)!;
  publish(workspace, flowId, { ...flow, triggers: [], entry: { reentry: 'afterExit', reentryDays: 1, audience: flow.entry.audience } }, messages);
  return published(workspace, flowId, flowRecord(workspace, flowId)!.liveVersion!);
}

/** The same flow compiled, for reading its ways. */
export async function preparedFlow(bare: Buffer, now: Instant, flowId: number, version: SimulatedVersion): Promise<Published> {
  const copy = openCopy({ image: bare, now, react: () => ({ opened: null, clicked: null, ordered: null, optedOut: null }) });
  try {
    return prepareFlow(copy.workspace, flowId, version);
  } finally {
    await copy.close();
  }
}

/** Lets `people` walk, all from `now` on. `held` hears of steps at which messages wait for a person's decision, with the reason. */
export async function walk(bare: Buffer, now: Instant, flowId: number, version: SimulatedVersion, people: readonly Person[], held: (step: string, reason: string) => void = () => undefined): Promise<Walked[]> {
  const byContact = new Map<number, { person: Person; went: Way[] }>();
  const due: { at: Instant; act: () => void }[] = [];
  const copy = openCopy({
    image: bare,
    now,
    react: (contact, message) => {
      const person = byContact.get(contact)?.person;
      const act = person?.messages.get(message) ?? person?.messages.get('any');
      return { opened: act === 'opened' || act === 'clicked' ? HOUR : null, clicked: act === 'clicked' ? HOUR : null, ordered: null, optedOut: null };
    },
    decide: ({ contactId, stepId }) => {
      const outcome = byContact.get(contactId)?.person.decide.get(stepId);
      return outcome === undefined ? null : { outcome, after: HOUR };
    },
    observe({ enrollment, advanced }) {
      const { visit } = advanced;
      if (visit !== null && visit.outlet !== null && enrollment.flowId === flowId) byContact.get(enrollment.contactId)?.went.push({ step: enrollment.stepId!, outlet: visit.outlet });
    },
    settled({ state, step, reason, contact, message, at, flow, enrollment, outbox }) {
      if (state === 'held') held(step, reason ?? '');
      const person = byContact.get(contact)?.person;
      if (state !== 'sent' || (person?.messages.get(message) ?? person?.messages.get('any')) !== 'replied') return;
      plan(at + HOUR, () => void recordEvent(copy.workspace, { contactId: contact, type: 'message_replied', at: at + HOUR, source: SIMULATED, flowId: flow, enrollmentId: enrollment, outboxId: outbox, data: { message } }));
    },
    outside: {
      next: () => due[0]?.at ?? null,
      happen: () => transaction(copy.workspace.db, () => {
        while (due.length > 0 && due[0]!.at <= copy.clock.now()) due.shift()!.act();
      }),
    },
  });
  function plan(at: Instant, act: () => void): void {
    let index = due.findIndex((each) => each.at > at);
    if (index < 0) index = due.length;
    due.splice(index, 0, { at, act });
  }
  try {
    const { workspace } = copy;
    const flow = prepareFlow(workspace, flowId, version);
    let [contact, number] = [0, 0];
    const repeated: { at: Instant; act: () => void }[] = [];
    const ids = transaction(workspace.db, () => people.map((person, index) => {
      contact = contactWith(flow.compiled, flowId, person.chance, contact + 1);
      numberNextContact(workspace, contact);
      const contactId = add(workspace, person, index, now);
      byContact.set(contactId, { person, went: [] });
      number = passageWith(flow.compiled, flowId, person.chance, contactId, number + 1);
      numberNextPassage(workspace, number);
      takeIn(workspace, flow, [{ contactId, triggerId: BY_HAND, entryKey: '' }], 'user');
      for (const deed of person.happens) for (const after of TIMES) repeated.push({ at: now + after, act: () => perform(workspace, contactId, deed, now + after) });
      return contactId;
    }));
    due.push(...repeated.sort((a, b) => a.at - b.at));
    const ended = (id: number) => latestPassage(workspace, flowId, id)?.state !== 'active';
    for (let at = now + 30 * DAY; at <= now + LONGEST; at += 30 * DAY) {
      await copy.until(at);
      if (ids.every(ended)) break;
    }
    return ids.map((id) => {
      const passage = latestPassage(workspace, flowId, id);
      return { went: byContact.get(id)!.went, end: passage === undefined ? null : { state: passage.state, reason: passage.reason, failure: passage.failure } };
    });
  } finally {
    await copy.close();
  }
}

/** Adds an invented contact with what has happened to it. It has been there for long, so that nothing about it is new. */
export function add(workspace: Workspace, person: Person, index: number, now: Instant): number {
  const at = now - 400 * DAY;
  const { email, ...values } = person.values;
  const address = `test${index}@kanal.example`;
  const id = insertContact(workspace, { ...values, email: emailFor(email, index) ?? address }, { source: SIMULATED, at }, attributesOf(workspace));
  const subject = [{ contactId: id }];
  for (const tag of person.tags) addTagFor(workspace, subject, tag, { source: SIMULATED, at });
  for (const consent of new Set(['email', 'sms', ...person.consent])) {
    const [channel, topic] = consent.split(':') as ['email', string | undefined];
    if (!person.withoutConsent.has(consent)) recordConsent(workspace, { contactId: id, channel, ...(topic !== undefined && { topic }), given: true, source: SIMULATED, actor: SIMULATED, at });
  }
  for (const segment of person.segments) addToSegmentFor(workspace, subject, segment, { source: SIMULATED, at });
  if (person.suppressed.has('email')) addSuppression(workspace, { channel: 'email', address: emailFor(email, index) ?? address, reason: 'manual', source: SIMULATED, at });
  for (const { deed, at: then } of person.before) perform(workspace, id, deed, then);
  return id;
}

/** No two contacts have one address: what a rule asks of it is kept, as far as others can have the same. */
function emailFor(value: unknown, index: number): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const at = value.indexOf('@');
  return at < 0 ? `test${index}${value.toLowerCase().replace(/[^a-z0-9.]/g, '')}@kanal.example` : `test${index}${value.slice(0, at)}@${value.slice(at + 1) || 'kanal.example'}`.toLowerCase();
}

let orders = 0;

function perform(workspace: Workspace, contactId: number, { kind, type, data, amount }: Deed, at: Instant): void {
  if (kind === 'order') recordOrder(workspace, { orderKey: `${SIMULATED}-${++orders}`, contactId, at, amount, source: SIMULATED, data });
  else if (kind === 'event') recordEvent(workspace, { contactId, type, at, source: SIMULATED, data });
  else {
    removeTagFor(workspace, [{ contactId }], type, { source: SIMULATED, at });
    addTagFor(workspace, [{ contactId }], type, { source: SIMULATED, at });
  }
}

const MOST_NUMBERS = 200_000;

/** The first number of a contact, from one on, with whom some passage has these shares. */
function contactWith(flow: CompiledFlow, flowId: number, shares: ReadonlyMap<string, string>, from: number): number {
  const asked = [...shares].filter(([step]) => Object.keys(flow.steps.get(step)!.facts).length > 0);
  const parts = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
  for (let id = from; id < from + MOST_NUMBERS / 10 && asked.length > 0; id++) {
    if (asked.every(([step, share]) => parts.some((chance) => shareOf(flow, step, chance, contactChanceOf(flowId, step, id)) === share))) return id;
  }
  return from;
}

/** The first number of a passage of a contact, from one on, to which chance gives these shares. */
function passageWith(flow: CompiledFlow, flowId: number, shares: ReadonlyMap<string, string>, contactId: number, from: number): number {
  for (let id = from; id < from + MOST_NUMBERS && shares.size > 0; id++) {
    if ([...shares].every(([step, share]) => shareOf(flow, step, chanceOf(flowId, step, id), contactChanceOf(flowId, step, contactId)) === share)) return id;
  }
  return from;
}

function shareOf(flow: CompiledFlow, stepId: string, chance: number, contactChance: number): string | null {
  const { type, config } = flow.steps.get(stepId)!;
  const outcome = type.run({ config, now: 0, enteredAt: 0, entering: true, zone: 'UTC', workspaceZone: 'UTC', facts: {}, messageResult: null, chance, contactChance });
  return outcome.kind === 'leave' ? outcome.outlet : null;
}
