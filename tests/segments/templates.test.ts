// Every segment template is a rule that this program can ask, and says what a workspace lacks for it.
import { expect, test } from 'vitest';
import { conditionsOf, ruleSchema } from '../../shared/contacts/rule.ts';
import { AXES, fitTemplate, segmentTemplates } from '../../shared/segments/templates.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY } from '../../shared/time.ts';
import { addAttribute, attributesOf } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { recordOrder } from '../../src-main/store/orders.ts';
import { checkSegment, contactsMatching } from '../../src-main/store/rules.ts';
import { addContact, testWorkspace, TEST_NOW } from '../workspace-fixture.ts';

function workspaceWithEverything() {
  const workspace = testWorkspace();
  const needs = new Map(segmentTemplates.flatMap(({ needs: of = [] }) => of.map((need) => [need.key, need])));
  for (const { key, kinds, label } of needs.values()) if (!attributesOf(workspace).has(key)) addAttribute(workspace, { key, kind: kinds[0]!, label: inEnglish(label) });
  return workspace;
}

test('there are about thirty, on all seven axes, each with an id and a name of its own', () => {
  expect(segmentTemplates.length).toBeGreaterThanOrEqual(30);
  expect(new Set(segmentTemplates.map(({ axis }) => axis))).toEqual(new Set(AXES));
  expect(new Set(segmentTemplates.map(({ id }) => id)).size).toBe(segmentTemplates.length);
  expect(new Set(segmentTemplates.map(({ name }) => inEnglish(name))).size).toBe(segmentTemplates.length);
});

test.each(segmentTemplates.map((template) => [template.id, template] as const))('%s compiles where the workspace has what it needs', (_, template) => {
  const workspace = workspaceWithEverything();
  const fitted = fitTemplate(template, [...attributesOf(workspace).values()]);
  if (!('rule' in fitted)) throw new Error('The workspace has everything');
  expect(ruleSchema.safeParse(fitted.rule).success).toBe(true);
  expect(() => checkSegment(workspace, { key: 'new', name: 'New', rule: fitted.rule })).not.toThrow();
  expect(contactsMatching(workspace, fitted.rule, { limit: 1 })).toEqual([]);
  workspace.close();
});

test('what is missing is said, and an attribute is found under the name that it has here', () => {
  const template = segmentTemplates.find(({ id }) => id === 'birthday-soon')!;
  const missing = fitTemplate(template, [{ key: 'birthday', label: 'Birthday', kind: 'text' }]);
  expect('missing' in missing && missing.missing.map(({ key }) => key)).toEqual(['birthday']);
  const found = fitTemplate(template, [{ key: 'foedselsdag', label: 'Fødselsdag', kind: 'date' }]);
  expect('rule' in found && conditionsOf(found.rule)).toMatchObject([{ attribute: 'foedselsdag' }]);
});

test('ages: from the birthday on, up to the day before the next one counts', () => {
  const workspace = workspaceWithEverything();
  const people = ['1996-03-02', '1996-03-03', '2008-03-01', '2008-03-03', '1970-01-01'].map((birthday, n) => addContact(workspace, { email: `p${n}@x.dk`, birthday }));
  const who = (id: string) => contactsMatching(workspace, segmentTemplates.find((each) => each.id === id)!.rule, { limit: 9 }).map((each) => people.indexOf(each)).toSorted((a, b) => a - b);
  expect([who('aged-18'), who('aged-30'), who('aged-50')]).toEqual([[0, 1, 2], [], [4]]);
  workspace.close();
});

test('customers at risk are between ninety days and a year', () => {
  const workspace = testWorkspace();
  const people = [30, 100, 300, 400].map((daysAgo, n) => {
    const contactId = addContact(workspace, { email: `p${n}@x.dk` });
    for (const [key, extra] of [['a', 0], ['b', 10]] as const) recordOrder(workspace, { orderKey: `${n}${key}`, contactId, at: TEST_NOW - (daysAgo + extra) * DAY, amount: 100, source: 'test' });
    return contactId;
  });
  const found = contactsMatching(workspace, segmentTemplates.find(({ id }) => id === 'at-risk')!.rule, { limit: 9 }).toSorted((a, b) => a - b);
  expect(found).toEqual([people[1], people[2]]);
  workspace.close();
});

test('unsubscribed is who has withdrawn consent to e-mail, not to text messages', () => {
  const workspace = testWorkspace();
  const [ada, bo] = [addContact(workspace, { email: 'ada@x.dk', consent: ['email'] }), addContact(workspace, { email: 'bo@x.dk' })];
  for (const [contactId, channel] of [[ada, 'email'], [bo, 'sms']] as const) recordConsent(workspace, { contactId, channel, given: false, source: 'test', actor: 'user' });
  expect(contactsMatching(workspace, segmentTemplates.find(({ id }) => id === 'unsubscribed')!.rule, { limit: 9 })).toEqual([ada]);
  workspace.close();
});
