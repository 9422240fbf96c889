// What must hold of any rule whatever: it compiles when the check finds no error, it is 0 or 1 of everybody, "none" is its
// exact complement, and a batch answers as the whole does. Over random rules and random contacts.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANNELS, type AttributeKind, type AttributeValue } from '../../shared/contacts/contact.ts';
import { operatorsFor, orderOperators, PROPERTY_OPERATORS, ruleProblems, type OperatorInfo } from '../../shared/contacts/operators.ts';
import { FLOW_POSITIONS, MESSAGE_ACTS, ORDER_MEASURES, ruleSchema, type Operand, type Rule } from '../../shared/contacts/rule.ts';
import { DURATION_UNITS, type Duration } from '../../shared/fields.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { addDays, DAY } from '../../shared/time.ts';
import { addAttribute, attributesOf } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { insertEnrollment } from '../../src-main/store/enrollments.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { answerForContacts, answerForEnrollments, compileRule, contactsMatching, ruleContext } from '../../src-main/store/rules.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { takeStock } from '../../src-main/store/segment-membership.ts';
import { addToSegmentFor, saveSegment, segmentsOf } from '../../src-main/store/segments.ts';
import { addContact, happen, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

const KINDS: AttributeKind[] = ['text', 'number', 'money', 'yesNo', 'date', 'dateTime', 'choice', 'choices'];
const WORDS = ['ada', 'ÅSE', 'a', '5', '%', 'x'];
const word = fc.constantFrom(...WORDS);
const day = fc.integer({ min: -400, max: 60 }).map((days) => addDays('2026-03-02', days));
const instant = fc.integer({ min: TEST_NOW - 40 * DAY, max: TEST_NOW + 2 * DAY });
const duration: fc.Arbitrary<Duration> = fc.record({ amount: fc.integer({ min: 0, max: 50 }), unit: fc.constantFrom(...DURATION_UNITS) });
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, 100));

const valuesOf: Record<AttributeKind, fc.Arbitrary<AttributeValue>> = {
  text: word, number, money: fc.integer({ min: -3, max: 3 }), yesNo: fc.boolean(), date: day, dateTime: instant, choice: word, choices: fc.uniqueArray(word, { maxLength: 3 }),
};

const contact = fc.record({
  values: fc.record(Object.fromEntries(KINDS.map((kind) => [key(kind), fc.option(valuesOf[kind])]))),
  tags: fc.uniqueArray(word, { maxLength: 2 }),
  consent: fc.uniqueArray(fc.record({ channel: fc.constantFrom(...CHANNELS), given: fc.boolean() }), { maxLength: 3 }),
  orders: fc.array(fc.record({ at: instant, amount: fc.integer({ min: -3, max: 3 }), product: word }), { maxLength: 3 }),
  events: fc.array(fc.record({ type: fc.constantFrom('order_placed', 'message_opened', 'message_sent', 'page_viewed'), at: instant, own: fc.boolean(), data: fc.dictionary(word, fc.oneof(word, number, fc.boolean(), fc.constant(null), day, instant, fc.array(word, { maxLength: 2 }))) }), { maxLength: 4 }),
});

function key(kind: AttributeKind): string {
  return `x_${kind.toLowerCase()}`;
}

function operand({ form, of }: OperatorInfo): fc.Arbitrary<Operand | undefined> {
  const one: fc.Arbitrary<string | number> = of === 'number' ? number : of === 'money' ? fc.integer({ min: -3, max: 3 }) : of === 'date' ? day : word;
  if (form === 'none') return fc.constant(undefined);
  if (form === 'duration') return duration;
  if (form === 'list') return fc.array(one, { minLength: 1, maxLength: 3 });
  if (form === 'range') return fc.tuple(one, one).map((pair) => [...pair].toSorted((a, b) => (a < b ? -1 : 1)));
  return one;
}

const asking = (infos: readonly OperatorInfo[]) =>
  fc.constantFrom(...infos).chain((info) => operand(info).map((value) => ({ operator: info.operator, ...(value !== undefined && { value }) })));

const scope = fc.oneof(fc.constant('ever' as const), fc.constant('enrollment' as const), duration);
const condition: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom(...KINDS).chain((kind) => asking(operatorsFor(kind)).map((asked) => ({ kind: 'attribute' as const, attribute: key(kind), ...asked }))),
  asking(operatorsFor('text')).map((asked) => ({ kind: 'attribute' as const, attribute: 'email', ...asked })),
  fc.record({ kind: fc.constant('tag' as const), tag: word, has: fc.boolean(), for: duration }, { requiredKeys: ['kind', 'tag', 'has'] }),
  fc.record({ kind: fc.constant('attribute' as const), attribute: fc.constant(key('number')), operator: fc.constant('atLeast' as const), value: number, for: duration }),
  fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('fixed', 'kept'), member: fc.constant(true), for: duration }),
  fc.constantFrom(...ORDER_MEASURES).chain((measure) =>
    fc.tuple(asking(orderOperators(measure)), scope, fc.option(word)).map(([asked, since, product]) => ({ kind: 'order' as const, measure, since, ...(product !== null && { product }), ...asked })),
  ),
  fc.record(
    { kind: fc.constant('flow' as const), flow: fc.constantFrom(1, 'any' as const), position: fc.constantFrom(...FLOW_POSITIONS.filter((each) => each !== 'atStep')), is: fc.boolean(), reason: word, since: fc.oneof(fc.constant('ever' as const), duration) },
    { requiredKeys: ['kind', 'flow', 'position', 'is', 'since'] },
  ),
  fc.record({ kind: fc.constant('flow' as const), flow: fc.constant(1), position: fc.constant('atStep' as const), step: fc.constantFrom('s', 't'), is: fc.boolean(), since: fc.constant('ever' as const) }),
  fc.record({ kind: fc.constant('consent' as const), channel: fc.constantFrom(...CHANNELS), given: fc.boolean() }),
  fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('fixed', 'saved', 'nested'), member: fc.boolean() }),
  fc.record({
    kind: fc.constant('event' as const), event: fc.constantFrom('order_placed', 'page_viewed'), did: fc.boolean(), times: fc.integer({ min: 1, max: 3 }), since: scope,
    where: fc.array(fc.tuple(word, asking(PROPERTY_OPERATORS)).map(([property, asked]) => ({ property, ...asked })), { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('message' as const), message: fc.constantFrom('any', 'ada', 'x'), flow: fc.constantFrom(1, 2), act: fc.constantFrom(...MESSAGE_ACTS), did: fc.boolean(), since: scope }, { requiredKeys: ['kind', 'message', 'act', 'did', 'since'] }),
);
const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof({ maxDepth: 4 }, condition, fc.record({ kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const), rules: fc.array(tie('rule'), { maxLength: 4 }) })),
}));

let workspace: TestWorkspace;
let contacts: number[];
let enrollments: number[];

beforeAll(() => {
  workspace = testWorkspace();
  for (const kind of KINDS) addAttribute(workspace, { key: key(kind), label: kind, kind });
  const flowId = insertFlow(workspace, flowSchema.parse({ name: 'Flow' }));
  saveSegment(workspace, { key: 'fixed', name: 'Fixed', rule: null });
  saveSegment(workspace, { key: 'kept', name: 'Kept', rule: { kind: 'tag', tag: 'ada', has: true }, track: true });
  saveSegment(workspace, { key: 'saved', name: 'Saved', rule: { kind: 'tag', tag: 'ada', has: true } });
  saveSegment(workspace, { key: 'nested', name: 'Nested', rule: { kind: 'none', rules: [{ kind: 'segment', segment: 'saved', member: true }, { kind: 'segment', segment: 'fixed', member: true }] } });
  const people = fc.sample(contact, { numRuns: 60, seed: 7 });
  contacts = people.map((person, index) => {
    const id = addContact(workspace, { email: index % 5 === 0 ? null : `${WORDS[index % 3]!.normalize('NFD').replaceAll(/[^\w]/g, '')}${index}@x.dk`, tags: person.tags, ...person.values });
    for (const consent of person.consent) recordConsent(workspace, { contactId: id, ...consent, source: 'test', actor: 'user' });
    return id;
  });
  enrollments = contacts.map((contactId, index) => {
    const enteredAt = TEST_NOW - (index % 7) * 5 * DAY;
    const id = insertEnrollment(workspace, { flowId, contactId, entryKey: '', triggerId: 't', state: 'active', stepId: 's', stepEnteredAt: enteredAt, stepShift: 0, stepAfterEvent: 0, started: true, dueAt: null, visit: 1, messageResult: null, exitReason: null, enteredAt })!;
    people[index]!.orders.forEach(({ at, amount, product }, n) => recordOrder(workspace, { orderKey: `${contactId}-${n}`, contactId, at, amount, source: 'test', data: { product } }));
    for (const { type, at, own, data } of people[index]!.events) happen(workspace, contactId, type, { at, enrollmentId: own ? id : null, data: { message: WORDS[index % 2 === 0 ? 0 : 5], ...data } });
    return id;
  });
  addToSegmentFor(workspace, contacts.filter((_, index) => index % 3 === 0).map((contactId) => ({ contactId })), 'fixed', { source: 'user' });
  takeStock(workspace, 'kept');
});
afterAll(() => workspace.close());

const sorted = (ids: Iterable<number>) => [...ids].toSorted((a, b) => a - b);

test('the random rules are rules, and the check finds no error in them', () => {
  const names = { attribute: (each: string) => attributesOf(workspace).get(each), segment: (each: string) => segmentsOf(workspace).get(each) };
  fc.assert(
    fc.property(rule, (each) => {
      expect(ruleSchema.safeParse(each).success).toBe(true);
      expect(ruleProblems(each, names).filter(({ severity }) => severity === 'error')).toEqual([]);
    }),
  );
});

test('of everybody inside a flow a rule is 0 or 1, and "none" of it is exactly the others', () => {
  let [nobody, everybody, some] = [0, 0, 0];
  fc.assert(
    fc.property(rule, (each) => {
      const { sql, values } = compileRule(each, ruleContext(workspace, { enrollment: true, over: 'batch' }));
      const answers = workspace.db.prepare(`SELECT DISTINCT ${sql} AS answer FROM enrollments n JOIN contacts c ON c.id = n.contact_id`).all(...values) as { answer: unknown }[];
      expect(answers.every(({ answer }) => answer === 0 || answer === 1)).toBe(true);
      const those = answerForEnrollments(workspace, each, enrollments);
      const others = answerForEnrollments(workspace, { kind: 'none', rules: [each] }, enrollments);
      expect(sorted([...those, ...others])).toEqual(enrollments);
      if (those.size === 0) nobody++;
      else if (others.size === 0) everybody++;
      else some++;
    }),
    { numRuns: 600 },
  );
  // Rules that everybody or nobody meets would prove little.
  expect(some).toBeGreaterThan(150);
  expect(nobody).toBeGreaterThan(0);
  expect(everybody).toBeGreaterThan(0);
});

test('over all contacts a rule finds whom it finds in a batch', () => {
  const outside = rule.filter((each) => !JSON.stringify(each).includes('"enrollment"'));
  fc.assert(
    fc.property(outside, (each) => {
      const found = sorted(contactsMatching(workspace, each, { limit: 1000 }));
      expect(sorted(answerForContacts(workspace, each, contacts))).toEqual(found);
      const others = contactsMatching(workspace, { kind: 'none', rules: [each] }, { limit: 1000 });
      expect(sorted([...found, ...others])).toEqual(sorted(contacts));
    }),
    { numRuns: 300 },
  );
});
