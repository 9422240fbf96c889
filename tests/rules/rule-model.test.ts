// The compilation of rules against the dumb reading of them in rule-model.ts: over random rules and random people, in several
// zones, each condition by itself and all in groups; for everybody, for a batch, and for passages through flows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { atLocal } from '../../shared/time.ts';
import { answerForContacts, answerForEnrollments, contactsMatching, countMatching } from '../../src-main/store/rules.ts';
import { crowd, CONDITIONS, rule, type Crowd } from './random-rules.ts';
import { meets, readAll } from './rule-model.ts';

const sorted = (ids: Iterable<number>) => [...ids].toSorted((a, b) => a - b);

function hold({ workspace, contacts, enrollments }: Crowd, rules: fc.Arbitrary<Rule>, numRuns: number): void {
  const known = readAll(workspace);
  let [some, all] = [0, 0];
  fc.assert(
    fc.property(rules, (each) => {
      const inside = enrollments.filter(({ id, contact }) => meets(known, each, contact, id)).map(({ id }) => id);
      expect(sorted(answerForEnrollments(workspace, each, enrollments.map(({ id }) => id)))).toEqual(sorted(inside));
      all++;
      if (inside.length > 0 && inside.length < enrollments.length) some++;
      if (JSON.stringify(each).includes('"enrollment"')) return;
      const outside = contacts.filter((id) => meets(known, each, id, null));
      expect(sorted(contactsMatching(workspace, each, { limit: 1000 }))).toEqual(outside);
      expect(sorted(answerForContacts(workspace, each, contacts))).toEqual(outside);
      expect(countMatching(workspace, each)).toBe(outside.length);
    }),
    { numRuns },
  );
  // Rules that everybody or nobody meets would prove little. Of random ones a fifth and more are neither; chance alone never makes them so few.
  expect(some / all).toBeGreaterThan(0.05);
}

describe('people of Copenhagen', () => {
  const people = crowd(60, 7);
  test.each(Object.entries(CONDITIONS))('a condition means to SQL what it means to the model: %s', (_, condition) => hold(people, condition, 150));
  test('so do all of them in groups', () => hold(people, rule, 400));
});

test.each([
  ['a year that has none', '2027-02-28'],
  ['the day after, in such a year', '2027-03-01'],
  ['a leap year', '2028-02-28'],
  ['the day itself', '2028-02-29'],
  ['the day after it', '2028-03-01'],
])('D13: anniversaries of 29 February, as the setting says: %s, %s', (_, day) => {
  const people = crowd(25, 7);
  people.workspace.clock.setTo(atLocal(day, '12:00', 'Europe/Copenhagen'));
  hold(people, CONDITIONS['anniversary']!, 40);
});

test.each(['Australia/Lord_Howe', 'America/Santiago', 'Pacific/Kiritimati'])('the same in the days of %s', (timeZone) => hold(crowd(40, 11, { timeZone, currency: 'EUR' }), rule, 150));
