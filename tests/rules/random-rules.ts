// Random rules of every kind, and a workspace of random people for whom there is something to find.
import fc from 'fast-check';
import { CHANNELS, type AttributeKind, type AttributeValue } from '../../shared/contacts/contact.ts';
import { operatorsFor, orderOperators, PROPERTY_OPERATORS, type OperatorInfo } from '../../shared/contacts/operators.ts';
import { FLOW_POSITIONS, MESSAGE_ACTS, ORDER_MEASURES, type Operand, type Rule } from '../../shared/contacts/rule.ts';
import { DURATION_UNITS, type Duration } from '../../shared/fields.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { addDays, DAY } from '../../shared/time.ts';
import type { Settings } from '../../shared/api.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { run } from '../../src-main/store/database.ts';
import { insertEnrollment } from '../../src-main/store/enrollments.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { takeStock } from '../../src-main/store/segment-membership.ts';
import { addToSegmentFor, saveSegment } from '../../src-main/store/segments.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { addContact, happen, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

const KINDS: AttributeKind[] = ['text', 'number', 'money', 'yesNo', 'date', 'dateTime', 'choice', 'choices'];
const WORDS = ['ada', 'ÅSE', 'a', '5', '%', 'x', 'Ada', 'a_a', 'Ærø\u0301'];
/** As the same words may be asked for: in other capitals, and composed otherwise. */
const ASKED = [...WORDS, 'ADA', 'åse', 'A\\', 'ÆRǾ'];
const CURRENCIES = ['DKK', 'EUR'];
const ADDRESS = ['ada@x.dk', 'Åse <ada@x.dk>', 'b@y.dk', '@x.dk', 'ADA'];
const TOPICS = ['', 'news', 'offers'];

const word = fc.constantFrom(...WORDS);
const asked = fc.constantFrom(...ASKED);
const day = fc.oneof(fc.integer({ min: -400, max: 60 }).map((days) => addDays('2026-03-02', days)), fc.constantFrom('2024-02-29', '2025-02-28', '1990-03-02', '2026-03-02', '2000-02-29'));
/** Whole days and hours from now, too, so that the ends of spans of time are met. */
const instant = fc.oneof(fc.integer({ min: TEST_NOW - 40 * DAY, max: TEST_NOW + 2 * DAY }), fc.integer({ min: -40, max: 1 }).map((days) => TEST_NOW + days * DAY), fc.constantFrom(TEST_NOW, TEST_NOW - 1));
const duration: fc.Arbitrary<Duration> = fc.record({ amount: fc.integer({ min: 0, max: 50 }), unit: fc.constantFrom(...DURATION_UNITS) });
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, 100));

const valuesOf: Record<AttributeKind, fc.Arbitrary<AttributeValue>> = {
  text: word, number, money: fc.integer({ min: -3, max: 3 }), yesNo: fc.boolean(), date: day, dateTime: instant, choice: word, choices: fc.uniqueArray(word, { maxLength: 3 }),
};

const eventData = fc.dictionary(word, fc.oneof(word, number, fc.boolean(), fc.constantFrom(null, '', 'unknown', '1.5'), day, day.map((each) => `${each}T12:00`), instant, fc.array(fc.oneof(word, number, fc.constant(null)), { maxLength: 2 })));
const products = fc.record({ product: word, products: fc.array(fc.oneof(word, number, fc.record({ name: word, sku: word, price: number }, { requiredKeys: [] })), { maxLength: 2 }) }, { requiredKeys: [] });

const person = fc.record({
  values: fc.record(Object.fromEntries(KINDS.map((kind) => [key(kind), fc.option(valuesOf[kind])]))),
  /** How long ago they were added, and some of their values changed and their tags were given and taken. */
  added: instant,
  changed: fc.array(fc.record({ at: instant, key: fc.constantFrom(key('number'), key('text')), value: fc.constantFrom('5', null) }), { maxLength: 2 }),
  tags: fc.uniqueArray(fc.record({ tag: word, at: instant, gone: fc.option(instant) }), { maxLength: 3, selector: ({ tag }) => tag }),
  consent: fc.array(fc.record({ channel: fc.constantFrom(...CHANNELS), topic: fc.constantFrom(...TOPICS), state: fc.constantFrom('given', 'withdrawn', 'none') }), { maxLength: 4 }),
  orders: fc.array(fc.record({ at: instant, amount: fc.integer({ min: -3, max: 3 }), currency: fc.constantFrom(...CURRENCIES), data: products }), { maxLength: 3 }),
  events: fc.array(
    fc.record({ type: fc.constantFrom('order_placed', 'message_opened', 'message_clicked', 'message_sent', 'page_viewed', 'contact_added'), at: instant, own: fc.constantFrom(0, 1, 2), flow: fc.constantFrom(1, 2, null), madeBy: fc.constantFrom('human', 'machine', 'unsure', null), data: eventData }),
    { maxLength: 4 },
  ),
  /** What an import tells with the event of the arrival. */
  arrival: fc.record({ tags: fc.array(word, { maxLength: 2 }), given: fc.dictionary(fc.constantFrom('email', 'sms:news'), word), withdrawn: fc.dictionary(fc.constantFrom('sms', 'email:offers'), word) }, { requiredKeys: [] }),
  passages: fc.array(
    fc.record({ flow: fc.constantFrom(1, 2), state: fc.constantFrom('active', 'held', 'failed', 'finished', 'exited'), step: fc.constantFrom('s', 't'), enteredAt: instant, leftAt: instant, reason: fc.option(word), entryEvent: fc.boolean(), paths: fc.integer({ min: 0, max: 1 }) }),
    { maxLength: 2 },
  ),
  segments: fc.array(fc.record({ segment: fc.constant('fixed'), at: instant }), { maxLength: 1 }),
});

function key(kind: AttributeKind): string {
  return `x_${kind.toLowerCase()}`;
}

function operand({ form, of }: OperatorInfo): fc.Arbitrary<Operand | undefined> {
  const one: fc.Arbitrary<string | number> = of === 'number' ? number : of === 'money' ? fc.integer({ min: -3, max: 3 }) : of === 'date' ? day : asked;
  if (form === 'none') return fc.constant(undefined);
  if (form === 'duration') return duration;
  if (form === 'list') return fc.array(one, { minLength: 1, maxLength: 3 });
  if (form === 'range') return fc.tuple(one, one).map((pair) => [...pair].toSorted((a, b) => (a < b ? -1 : 1)));
  return one;
}

const asking = (infos: readonly OperatorInfo[]) =>
  fc.constantFrom(...infos).chain((info) => operand(info).map((value) => ({ operator: info.operator, ...(value !== undefined && { value }) })));

const scope = fc.oneof(fc.constant('ever' as const), fc.constant('enrollment' as const), duration);
const EVENTS = ['order_placed', 'page_viewed', 'tag_added', 'tag_removed', 'consent_given', 'consent_withdrawn', 'contact_added', 'message_opened'] as const;
const PROPERTIES = [...WORDS, 'tag', 'channel', 'topic', 'source', 'amount', 'currency'];

/** One random condition of each kind. */
export const CONDITIONS: Record<string, fc.Arbitrary<Rule>> = {
  attribute: fc.constantFrom(...KINDS).chain((kind) => asking(operatorsFor(kind)).map((each) => ({ kind: 'attribute' as const, attribute: key(kind), ...each }))),
  email: asking(operatorsFor('text')).chain((each) => fc.constantFrom(...ADDRESS).map((address) => ({ kind: 'attribute' as const, attribute: 'email', ...each, ...(typeof each.value === 'string' && { value: address }) }))),
  phone: asking(operatorsFor('text')).chain((each) => fc.constantFrom('20 12 34 00', '+45 20123403', '(+45) 20 12 34 06', '2012', 'ADA').map((phone) => ({ kind: 'attribute' as const, attribute: 'phone', ...each, ...(typeof each.value === 'string' && { value: phone }), ...(Array.isArray(each.value) && { value: [phone, '20123409'] }) }))),
  anniversary: fc
    .tuple(fc.constantFrom('anniversaryToday' as const, 'anniversaryInNext' as const), duration, fc.constantFrom('feb28' as const, 'mar1' as const, undefined))
    .map(([operator, value, leapDay]) => ({ kind: 'attribute' as const, attribute: key('date'), operator, ...(operator === 'anniversaryInNext' && { value }), ...(leapDay !== undefined && { leapDay }) })),
  lasting: fc.record({ kind: fc.constant('attribute' as const), attribute: fc.constant(key('number')), operator: fc.constant('atLeast' as const), value: number, for: duration }),
  tag: fc.record({ kind: fc.constant('tag' as const), tag: asked, has: fc.boolean(), for: duration }, { requiredKeys: ['kind', 'tag', 'has'] }),
  consent: fc.record({ kind: fc.constant('consent' as const), channel: fc.constantFrom(...CHANNELS), topic: fc.constantFrom('news', 'offers'), given: fc.boolean() }, { requiredKeys: ['kind', 'channel', 'given'] }),
  suppressed: fc.record({ kind: fc.constant('suppressed' as const), channel: fc.constantFrom(...CHANNELS), is: fc.boolean() }),
  member: fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('fixed', 'saved', 'nested', 'kept'), member: fc.boolean() }),
  memberFor: fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('fixed', 'kept'), member: fc.constant(true), for: duration }),
  event: fc.record({
    kind: fc.constant('event' as const), event: fc.constantFrom(...EVENTS), did: fc.boolean(), times: fc.integer({ min: 1, max: 3 }), since: scope,
    where: fc.array(fc.tuple(fc.constantFrom(...PROPERTIES), asking(PROPERTY_OPERATORS)).map(([property, each]) => ({ property, ...each })), { maxLength: 2 }),
  }),
  message: fc.record(
    { kind: fc.constant('message' as const), message: fc.constantFrom('any', 'ada', 'x'), flow: fc.constantFrom(1, 2), act: fc.constantFrom(...MESSAGE_ACTS), did: fc.boolean(), since: scope },
    { requiredKeys: ['kind', 'message', 'act', 'did', 'since'] },
  ),
  order: fc.constantFrom(...ORDER_MEASURES).chain((measure) =>
    fc.tuple(asking(orderOperators(measure)), scope, fc.option(asked)).map(([each, since, product]) => ({ kind: 'order' as const, measure, since, ...(product !== null && { product }), ...each })),
  ),
  flow: fc.record(
    { kind: fc.constant('flow' as const), flow: fc.constantFrom(1, 2, 'any' as const), position: fc.constantFrom(...FLOW_POSITIONS.filter((each) => each !== 'atStep')), is: fc.boolean(), reason: fc.constantFrom(...WORDS, 'end'), since: fc.oneof(fc.constant('ever' as const), duration) },
    { requiredKeys: ['kind', 'flow', 'position', 'is', 'since'] },
  ),
  atStep: fc.record({ kind: fc.constant('flow' as const), flow: fc.constantFrom(1, 2), position: fc.constant('atStep' as const), step: fc.constantFrom('s', 't'), is: fc.boolean(), since: fc.constant('ever' as const) }),
};

const condition = fc.oneof(...Object.values(CONDITIONS));

/** A random rule: conditions of every kind in groups within groups. */
export const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof({ maxDepth: 4 }, condition, fc.record({ kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const), rules: fc.array(tie('rule'), { maxLength: 4 }) })),
}));

export type Crowd = { workspace: TestWorkspace; contacts: number[]; enrollments: { id: number; contact: number }[] };

/** A workspace of random people of whom all of it may be asked; the same ones for the same seed. */
export function crowd(size: number, seed: number, settings: Partial<Settings> = {}): Crowd {
  const workspace = testWorkspace({ settings });
  for (const kind of KINDS) addAttribute(workspace, { key: key(kind), label: kind, kind });
  for (const name of ['First', 'Second']) insertFlow(workspace, flowSchema.parse({ name }));
  saveSegment(workspace, { key: 'fixed', name: 'Fixed', rule: null });
  saveSegment(workspace, { key: 'kept', name: 'Kept', rule: { kind: 'tag', tag: 'ada', has: true }, track: true });
  saveSegment(workspace, { key: 'saved', name: 'Saved', rule: { kind: 'tag', tag: 'ada', has: true } });
  saveSegment(workspace, { key: 'nested', name: 'Nested', rule: { kind: 'none', rules: [{ kind: 'segment', segment: 'saved', member: true }, { kind: 'segment', segment: 'fixed', member: true }] } });
  for (const [channel, address] of [['email', '@z.dk'], ['email', 'ada1@x.dk'], ['sms', '+4520123402']] as const) addSuppression(workspace, { channel, address, reason: 'test', source: 'test' });
  const contacts: number[] = [];
  const enrollments: Crowd['enrollments'] = [];
  fc.sample(person, { numRuns: size, seed }).forEach((one, index) => {
    const id = addContact(workspace, { email: index % 5 === 0 ? null : index === 1 ? 'ada@x.dk' : `ada${index}@${['x', 'y', 'z'][index % 3]}.dk`, phone: index % 3 === 0 ? `+45201234${String(index).padStart(2, '0')}` : null, ...one.values });
    contacts.push(id);
    run(workspace.db, 'UPDATE contacts SET added_at = ? WHERE id = ?', one.added, id);
    run(workspace.db, `UPDATE events SET at = ?, data = ? WHERE contact_id = ? AND type = 'contact_added'`, one.added, JSON.stringify(one.arrival), id);
    for (const { at, key: attribute, value } of one.changed) updateContact(workspace, id, { [attribute]: attribute === key('number') && value !== null ? 5 : value }, { source: 'user', at });
    for (const { tag, at, gone } of one.tags) {
      addTagFor(workspace, [{ contactId: id }], tag, { source: 'user', at });
      if (gone !== null) removeTagFor(workspace, [{ contactId: id }], tag, { source: 'user', at: gone });
    }
    for (const { channel, topic, state } of one.consent) {
      if (state === 'none') run(workspace.db, `INSERT INTO consents (contact_id, channel, topic, state, source, actor, at) VALUES (?, ?, ?, 'none', 'undo', 'user', ?)`, id, channel, topic, TEST_NOW);
      else recordConsent(workspace, { contactId: id, channel, topic, given: state === 'given', source: 'test', actor: 'user' });
    }
    const passages = one.passages.flatMap((passage) => enter(workspace, id, passage));
    enrollments.push(...passages.map((enrollment) => ({ id: enrollment, contact: id })));
    one.orders.forEach((order, n) => recordOrder(workspace, { orderKey: `${id}-${n}`, contactId: id, source: 'test', ...order }));
    for (const { type, at, own, flow, madeBy, data } of one.events) {
      happen(workspace, id, type, { at, enrollmentId: passages[own] ?? null, flowId: flow, madeBy, data: type === 'contact_added' ? {} : { message: WORDS[index % 2 === 0 ? 0 : 5], ...data } });
    }
    for (const { segment, at } of one.segments) addToSegmentFor(workspace, [{ contactId: id }], segment, { source: 'user', at });
  });
  takeStock(workspace, 'kept');
  for (const [index, id] of contacts.entries()) run(workspace.db, `UPDATE segment_members SET added_at = ? WHERE segment = 'kept' AND contact_id = ?`, TEST_NOW - index * DAY, id);
  return { workspace, contacts, enrollments };
}

type Passing = { flow: number; state: 'active' | 'held' | 'failed' | 'finished' | 'exited'; step: string; enteredAt: number; leftAt: number; reason: string | null; entryEvent: boolean; paths: number };

/** A passage through a flow, over or not, and the paths into which it was divided; none where somebody is inside already. */
function enter(workspace: TestWorkspace, contactId: number, { flow, state, step, enteredAt, leftAt, reason, entryEvent, paths }: Passing): number[] {
  const id = insertEnrollment(workspace, { flowId: flow, contactId, entryKey: '', triggerId: 't', state, stepId: step, stepEnteredAt: enteredAt, stepShift: 0, stepAfterEvent: 0, started: true, dueAt: null, visit: 1, messageResult: null, exitReason: reason, enteredAt });
  if (id === null) return [];
  if (state === 'finished' || state === 'exited') run(workspace.db, 'UPDATE enrollments SET left_at = ? WHERE id = ?', leftAt, id);
  // What caused the entry is recorded before it, at the same instant.
  happen(workspace, contactId, 'page_viewed', { at: enteredAt });
  if (entryEvent) happen(workspace, contactId, 'flow_entered', { at: enteredAt, flowId: flow, enrollmentId: id });
  happen(workspace, contactId, 'page_viewed', { at: enteredAt });
  const ids = [id];
  for (let path = 0; path < paths; path++) {
    const part = run(
      workspace.db,
      `INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, entered_at, left_at, parent_id, path)
       SELECT flow_id, contact_id, '', trigger_id, state, 't', step_entered_at, entered_at, left_at, id, ? FROM enrollments WHERE id = ?`,
      `path${path}`,
      id,
    ).id;
    ids.push(part);
  }
  return ids;
}
