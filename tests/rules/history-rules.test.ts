// Conditions over tags, consent, segments, events and messages: their scopes, their absence, and the indexes that serve them.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Operand, Operator, Rule } from '../../shared/contacts/rule.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { row, run } from '../../src-main/store/database.ts';
import { insertEnrollment } from '../../src-main/store/enrollments.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { answerForContacts, answerForEnrollments, checkSegment, compileRule, contactsMatching, countMatching, ruleContext } from '../../src-main/store/rules.ts';
import { addToSegmentFor, saveSegment } from '../../src-main/store/segments.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { addContact, happen, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let ada: number;
let bob: number;

beforeEach(() => {
  workspace = testWorkspace();
  ada = addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', tags: ['vip'], consent: ['email'] });
  bob = addContact(workspace, { email: 'bob@x.dk', first_name: 'Bob' });
});

/** Who meets a rule, asked over all contacts; the same must come out for a batch. */
function who(rule: Rule): string[] {
  const ids = contactsMatching(workspace, rule, { limit: 100 });
  expect(countMatching(workspace, rule)).toBe(ids.length);
  expect(answerForContacts(workspace, rule, [ada, bob])).toEqual(new Set(ids));
  return [ada, bob].filter((id) => ids.includes(id)).map((id) => (id === ada ? 'ada' : 'bob'));
}

test('tags', () => {
  expect(who({ kind: 'tag', tag: 'vip', has: true })).toEqual(['ada']);
  expect(who({ kind: 'tag', tag: 'vip', has: false })).toEqual(['bob']);
  expect(who({ kind: 'tag', tag: 'never used', has: true })).toEqual([]);
  expect(who({ kind: 'tag', tag: 'never used', has: false })).toEqual(['ada', 'bob']);
});

test('groups', () => {
  const [vip, all, any, none] = [{ kind: 'tag', tag: 'vip', has: true }, 'all', 'any', 'none'] as const;
  const isBob: Rule = { kind: 'attribute', attribute: 'first_name', operator: 'equals', value: 'bob' };
  expect(who({ kind: all, rules: [] })).toEqual(['ada', 'bob']);
  expect(who({ kind: any, rules: [] })).toEqual([]);
  expect(who({ kind: none, rules: [] })).toEqual(['ada', 'bob']);
  expect(who({ kind: all, rules: [vip, isBob] })).toEqual([]);
  expect(who({ kind: any, rules: [vip, isBob] })).toEqual(['ada', 'bob']);
  expect(who({ kind: none, rules: [vip] })).toEqual(['bob']);
  expect(who({ kind: all, rules: [{ kind: none, rules: [isBob] }, { kind: any, rules: [vip, isBob] }] })).toEqual(['ada']);
});

test('consent is what was recorded last for the channel', () => {
  expect(who({ kind: 'consent', channel: 'email', given: true })).toEqual(['ada']);
  expect(who({ kind: 'consent', channel: 'email', given: false })).toEqual(['bob']);
  expect(who({ kind: 'consent', channel: 'sms', given: true })).toEqual([]);
  recordConsent(workspace, { contactId: ada, channel: 'email', given: false, source: 'link', actor: 'channel' });
  expect(who({ kind: 'consent', channel: 'email', given: true })).toEqual([]);
  expect(who({ kind: 'consent', channel: 'email', given: false })).toEqual(['ada', 'bob']);
});

describe('segments', () => {
  const member = (segment: string, is = true): Rule => ({ kind: 'segment', segment, member: is });

  test('a saved rule, also of another segment', () => {
    saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: { kind: 'tag', tag: 'vip', has: true } });
    saveSegment(workspace, { key: 'others', name: 'Others', rule: member('vips', false) });
    expect(who(member('vips'))).toEqual(['ada']);
    expect(who(member('others'))).toEqual(['bob']);
    expect(who(member('others', false))).toEqual(['ada']);
  });

  test('a fixed set', () => {
    saveSegment(workspace, { key: 'fair', name: 'Fair', rule: null });
    addToSegmentFor(workspace, [{ contactId: bob }, { contactId: bob }], 'fair', { source: 'user' });
    expect(who(member('fair'))).toEqual(['bob']);
    expect(who(member('fair', false))).toEqual(['ada']);
  });

  test('segments that contain each other are refused by name, when saved and when asked', () => {
    saveSegment(workspace, { key: 'a', name: 'Big', rule: { kind: 'tag', tag: 'vip', has: true } });
    saveSegment(workspace, { key: 'b', name: 'Small', rule: member('a') });
    const closing = { key: 'a', name: 'Big', rule: { kind: 'any', rules: [member('b')] } satisfies Rule };
    expect(() => checkSegment(workspace, closing)).toThrow('Big → Small → Big');
    saveSegment(workspace, closing);
    expect(() => who(member('a'))).toThrow('Big → Small → Big');
  });

  test('an unknown one is refused, and so is "since this enrollment" inside one, even for enrollments', () => {
    expect(() => who(member('gone'))).toThrow('There is no segment gone');
    saveSegment(workspace, { key: 'odd', name: 'Odd', rule: { kind: 'event', event: 'x', did: true, since: 'enrollment' } });
    expect(() => compileRule(member('odd'), ruleContext(workspace, { enrollment: true }))).toThrow('only inside a flow');
  });
});

describe('events', () => {
  const did = (more: Partial<Rule & { kind: 'event' }> = {}): Rule => ({ kind: 'event', event: 'order_placed', did: true, since: 'ever', ...more });

  test('ever, within a time, so many times, and not', () => {
    happen(workspace, ada, 'order_placed', { at: TEST_NOW - 10 * DAY });
    happen(workspace, ada, 'order_placed', { at: TEST_NOW - 40 * DAY });
    happen(workspace, bob, 'order_placed', { at: TEST_NOW - 40 * DAY });
    happen(workspace, bob, 'page_viewed');
    expect(who(did())).toEqual(['ada', 'bob']);
    expect(who(did({ since: { amount: 30, unit: 'days' } }))).toEqual(['ada']);
    expect(who(did({ since: { amount: 30, unit: 'days' }, did: false }))).toEqual(['bob']);
    expect(who(did({ times: 2 }))).toEqual(['ada']);
    expect(who(did({ times: 2, did: false }))).toEqual(['bob']);
    expect(who(did({ times: 3 }))).toEqual([]);
    expect(who(did({ event: 'never_happened', did: false }))).toEqual(['ada', 'bob']);
  });

  test('what happens later than now has not happened', () => {
    happen(workspace, ada, 'order_placed', { at: TEST_NOW + HOUR });
    expect(who(did())).toEqual([]);
    workspace.clock.setTo(TEST_NOW + HOUR);
    expect(who(did())).toEqual(['ada']);
  });

  const data = { total: 12, name: 'Små børn', tags: ['Red', 'blue'], paid: true, open: false, day: '2026-03-01', at: TEST_NOW - HOUR, nothing: null, blank: '', 'a"b.$[0]': 'odd', nested: { total: 12 } };
  test.each<[property: string, operator: Operator, value: Operand | undefined, found: boolean]>([
    ['total', 'equals', 12, true], ['total', 'equals', '12', true], ['total', 'notEquals', 12, false], ['total', 'moreThan', 11.5, true], ['total', 'between', [12, 13], true], ['total', 'lessThan', 12, false], ['total', 'isOneOf', [11, 12], true],
    ['name', 'contains', 'SMÅ', true], ['name', 'startsWith', 'små', true], ['name', 'endsWith', 'små', false], ['name', 'moreThan', 1, false],
    ['tags', 'contains', 'red', true], ['tags', 'isOneOf', ['BLUE', 'x'], true], ['tags', 'notContains', 'red', false], ['tags', 'equals', 'reds', false],
    ['paid', 'isTrue', undefined, true], ['paid', 'isFalse', undefined, false], ['open', 'isFalse', undefined, true], ['open', 'equals', 'false', true],
    ['day', 'before', '2026-03-02', true], ['day', 'inLast', { amount: 1, unit: 'days' }, true], ['day', 'after', '2026-03-01', false], ['at', 'inLast', { amount: 2, unit: 'hours' }, true], ['at', 'before', '2026-03-02', false],
    ['name', 'after', '2026-03-01', false], ['blank', 'before', '2026-03-01', false],
    ['nothing', 'isEmpty', undefined, true], ['blank', 'isEmpty', undefined, true], ['missing', 'isEmpty', undefined, true], ['missing', 'notEquals', 'x', true], ['missing', 'equals', 'x', false], ['missing', 'notContains', 'x', true], ['total', 'isNotEmpty', undefined, true],
    ['a"b.$[0]', 'equals', 'odd', true], ['nested', 'contains', '12', false],
  ])('property %s %s %j: %s', (property, operator, value, found) => {
    happen(workspace, ada, 'order_placed', { data });
    const where = [{ property, operator, ...(value !== undefined && { value }) }];
    expect(who(did({ where }))).toEqual(found ? ['ada'] : []);
    expect(who(did({ where, did: false }))).toEqual(found ? ['bob'] : ['ada', 'bob']);
  });
});

describe('since this enrollment', () => {
  /** Takes somebody into a flow now, as the runner does. */
  function enter(contactId: number, flowId: number): number {
    const now = workspace.clock.now();
    const id = insertEnrollment(workspace, {
      flowId, contactId, entryKey: '', triggerId: 't', state: 'active', stepId: 's', stepEnteredAt: now, stepShift: 0, stepAfterEvent: 0, started: false, dueAt: now, visit: 1, messageResult: null, exitReason: null, enteredAt: now,
    })!;
    happen(workspace, contactId, 'flow_entered', { flowId, enrollmentId: id });
    return id;
  }
  const flow = () => insertFlow(workspace, flowSchema.parse({ name: 'Flow' }));
  const since: Rule = { kind: 'event', event: 'order_placed', did: true, since: 'enrollment' };

  test('what was before the entry, or caused it at the same instant, does not count; what comes after it does', () => {
    happen(workspace, ada, 'order_placed', { at: TEST_NOW - DAY });
    happen(workspace, ada, 'order_placed');
    const adas = enter(ada, flow());
    const bobs = enter(bob, flow());
    expect([...answerForEnrollments(workspace, since, [adas, bobs])]).toEqual([]);
    happen(workspace, bob, 'order_placed');
    expect([...answerForEnrollments(workspace, since, [adas, bobs])]).toEqual([bobs]);
    workspace.clock.setTo(TEST_NOW + 1);
    happen(workspace, ada, 'order_placed');
    expect([...answerForEnrollments(workspace, since, [adas, bobs])]).toEqual([adas, bobs]);
    expect([...answerForEnrollments(workspace, { kind: 'none', rules: [since] }, [adas, bobs])]).toEqual([]);
  });

  test('each of a contact\'s enrollments has its own beginning', () => {
    const first = enter(ada, flow());
    workspace.clock.setTo(TEST_NOW + HOUR);
    happen(workspace, ada, 'order_placed');
    workspace.clock.setTo(TEST_NOW + 2 * HOUR);
    const second = enter(ada, flow());
    expect([...answerForEnrollments(workspace, since, [first, second])]).toEqual([first]);
  });

  test('a message belongs to the enrollment that sent it; "any" and other scopes see the rest', () => {
    const first = enter(ada, flow());
    const second = enter(ada, flow());
    const opened = (message: string, scope: 'enrollment' | 'ever'): Rule => ({ kind: 'message', message, act: 'opened', did: true, since: scope });
    happen(workspace, ada, 'message_opened', { enrollmentId: first, data: { message: 'welcome' } });
    expect([...answerForEnrollments(workspace, opened('welcome', 'enrollment'), [first, second])]).toEqual([first]);
    expect([...answerForEnrollments(workspace, opened('any', 'enrollment'), [first, second])]).toEqual([first]);
    expect([...answerForEnrollments(workspace, opened('other', 'enrollment'), [first, second])]).toEqual([]);
    expect([...answerForEnrollments(workspace, opened('welcome', 'ever'), [first, second])]).toEqual([first, second]);
    expect(who(opened('welcome', 'ever'))).toEqual(['ada']);
    expect(who({ kind: 'message', message: 'welcome', act: 'clicked', did: false, since: 'ever' })).toEqual(['ada', 'bob']);
    happen(workspace, ada, 'message_opened', { at: TEST_NOW + HOUR, enrollmentId: second, data: { message: 'later' } });
    expect([...answerForEnrollments(workspace, opened('later', 'enrollment'), [second])]).toEqual([]);
  });

  test('an open that a machine made is nobody\'s', () => {
    recordEvent(workspace, { contactId: ada, type: 'message_opened', at: TEST_NOW, source: 'x', madeBy: 'machine', data: { message: 'm' } });
    expect(who({ kind: 'event', event: 'message_opened', did: true, since: 'ever' })).toEqual([]);
    recordEvent(workspace, { contactId: bob, type: 'message_opened', at: TEST_NOW, source: 'x', madeBy: 'unsure', data: { message: 'm' } });
    expect(who({ kind: 'message', message: 'm', act: 'opened', did: true, since: 'ever' })).toEqual(['bob']);
  });

  test('it is refused where nobody is in a flow', () => {
    expect(() => who(since)).toThrow('only inside a flow');
  });
});

describe('what reads only through an index', () => {
  /** The steps of SQLite's plan. */
  function plan(rule: Rule, over: 'all' | 'batch'): string {
    const { sql, values } = compileRule(rule, ruleContext(workspace, { over }));
    const from = over === 'all' ? 'contacts c' : 'json_each(?) j CROSS JOIN contacts c ON c.id = j.value';
    const steps = workspace.db.prepare(`EXPLAIN QUERY PLAN SELECT c.id FROM ${from} WHERE ${sql}`).all(...(over === 'all' ? [] : ['[]']), ...values) as { detail: string }[];
    return steps.map(({ detail }) => detail).join('\n');
  }

  test('a tag leads to its contacts', () => {
    const steps = plan({ kind: 'all', rules: [{ kind: 'tag', tag: 'vip', has: true }, { kind: 'consent', channel: 'email', given: true }] }, 'all');
    expect(steps).toContain('SEARCH x USING COVERING INDEX contact_tags_tag (tag_id=?)');
    expect(steps).toContain('SEARCH c USING INTEGER PRIMARY KEY (rowid=?)');
    expect(steps).toContain('SEARCH k USING INDEX consents_contact (contact_id=? AND channel=? AND topic=?)');
    expect(steps).not.toMatch(/SCAN [a-z]\b/);
  });

  test('in a batch a contact leads to its tags', () => {
    const steps = plan({ kind: 'tag', tag: 'vip', has: true }, 'batch');
    expect(steps).toMatch(/SEARCH x (?:EXISTS )?USING (COVERING INDEX contact_tags_tag \(tag_id=\? AND contact_id=\?\)|PRIMARY KEY \(contact_id=\? AND tag_id=\?\))/);
    expect(steps).toContain('SEARCH c USING INTEGER PRIMARY KEY (rowid=?)');
  });

  test.each(['all', 'batch'] as const)('events of a contact, by type and time, over %s', (over) => {
    const event: Rule = { kind: 'event', event: 'order_placed', did: true, since: { amount: 3, unit: 'days' } };
    expect(plan(event, over)).toMatch(/SEARCH e (?:EXISTS )?USING (COVERING )?INDEX events_contact \(contact_id=\? AND type=\? AND at>\? AND at<\?\)/);
    const message: Rule = { kind: 'message', message: 'welcome', act: 'opened', did: false, since: 'ever' };
    expect(plan(message, over)).toMatch(/SEARCH e (?:EXISTS )?USING INDEX events_contact \(contact_id=\? AND type=\? AND at<\?\)/);
  });

  test('an address, and one of several', () => {
    expect(plan({ kind: 'attribute', attribute: 'email', operator: 'equals', value: 'ada@x.dk' }, 'all')).toMatch(/SEARCH c USING (COVERING )?INDEX sqlite_autoindex_contacts_1 \(email=\?\)/);
    expect(plan({ kind: 'attribute', attribute: 'email', operator: 'isOneOf', value: ['ada@x.dk'] }, 'all')).toMatch(/SEARCH c USING (COVERING )?INDEX sqlite_autoindex_contacts_1 \(email=\?\)/);
  });
});

test('nothing that a user writes becomes SQL', () => {
  const evil = `x'); DROP TABLE contacts; --`;
  who({ kind: 'any', rules: [{ kind: 'tag', tag: evil, has: true }, { kind: 'event', event: 'x', did: true, since: 'ever', where: [{ property: evil, operator: 'equals', value: evil }] }, { kind: 'attribute', attribute: 'first_name', operator: 'contains', value: evil }] });
  expect(() => who({ kind: 'attribute', attribute: 'id FROM contacts --', operator: 'isEmpty' })).toThrow('There is no attribute');
  expect(() => contactsMatching(workspace, null, { limit: 1, sort: { attribute: 'id; DROP TABLE contacts', descending: false } })).toThrow('There is no attribute');
  expect(row(workspace.db, 'SELECT count(*) AS n FROM contacts')).toEqual({ n: 2 });
});

test('a rule of thousands of conditions is compiled and answered', () => {
  const many: Rule[] = Array.from({ length: 100 }, (_, group) => ({ kind: group % 2 === 0 ? 'all' : 'any', rules: Array.from({ length: 50 }, (__, each) => ({ kind: 'tag', tag: `t${group}-${each}`, has: false })) }));
  expect(who({ kind: 'all', rules: many })).toEqual(['ada', 'bob']);
});

test('an erased contact meets nothing', () => {
  run(workspace.db, 'DELETE FROM contacts WHERE id = ?', bob);
  expect([...answerForContacts(workspace, { kind: 'all', rules: [] }, [ada, bob, 99])]).toEqual([ada]);
});
