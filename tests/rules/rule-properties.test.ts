// What must hold of any rule whatever: it compiles when the check finds no error, it is 0 or 1 of everybody, "none" is its
// exact complement, and a batch answers as the whole does. Over random rules and random contacts.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ruleProblems } from '../../shared/contacts/operators.ts';
import { ruleSchema } from '../../shared/contacts/rule.ts';
import { attributesOf } from '../../src-main/store/attributes.ts';
import { answerForContacts, answerForEnrollments, compileRule, contactsMatching, ruleContext } from '../../src-main/store/rules.ts';
import { segmentsOf } from '../../src-main/store/segments.ts';
import { crowd, rule } from './random-rules.ts';

const { workspace, contacts, enrollments: inside } = crowd(60, 7);
const enrollments = inside.map(({ id }) => id);
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
