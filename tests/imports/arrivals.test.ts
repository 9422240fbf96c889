// A contact whom an import adds comes with one event, which also tells of tags and consents. Whoever asks for those is answered as
// if each had an event of its own: triggers, rules over history, and looking back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actsOf } from '../../shared/contacts/event.ts';
import { ruleSchema, type Rule } from '../../shared/contacts/rule.ts';
import { rows } from '../../src-main/store/database.ts';
import { eventSources } from '../../src-main/store/event-acts.ts';
import { takeBack } from '../../src-main/store/past.ts';
import { contactsMatching } from '../../src-main/store/rules.ts';
import { flowOf, stage, wait, type Stage } from '../runner/story.ts';
import { contactsIn, importFile, testFolder, type Folder } from './import-fixture.ts';

let story: Stage;
let folder: Folder;
beforeEach(() => {
  story = stage();
  folder = testFolder();
});
afterEach(() => folder.remove());

const people = () => folder.write('people.csv', 'email;Tags;consent;sms consent\nada@x.dk;vip|tea;yes;no\nbo@x.dk;tea;no;\ncy@x.dk;;;\n');
const bring = (startFlows: boolean) => importFile(story.workspace, people(), { startFlows, consent: { channel: 'email', source: 'the fair' } });
const namesOf = (ids: readonly number[]) => rows<{ email: string }>(story.workspace.db, 'SELECT email FROM contacts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id', JSON.stringify(ids)).map(({ email }) => email.split('@')[0]);

test('one event for each', async () => {
  await bring(false);
  const events = rows<{ type: string; data: string }>(story.workspace.db, 'SELECT type, data FROM events ORDER BY id').map(({ type, data }) => [type, JSON.parse(data)]);
  expect(events).toEqual([
    ['contact_added', { tags: ['vip', 'tea'], given: { email: 'the fair' }, withdrawn: { sms: 'people.csv: sms consent' } }],
    ['contact_added', { tags: ['tea'], withdrawn: { email: 'people.csv: consent' } }],
    ['contact_added', {}],
  ]);
});

describe('an import that may start flows', () => {
  const cases: [string, string, Record<string, unknown>, string[]][] = [
    ['contact added', 'contactAdded', {}, ['ada', 'bo', 'cy']],
    ['tag added', 'tagAdded', { tag: 'tea' }, ['ada', 'bo']],
    ['another tag', 'tagAdded', { tag: 'vip' }, ['ada']],
    ['consent given', 'consentChanged', { change: 'given', channel: 'email' }, ['ada']],
    ['consent withdrawn', 'consentChanged', { change: 'withdrawn', channel: 'email' }, ['bo']],
    ['the other channel', 'consentChanged', { change: 'withdrawn', channel: 'sms' }, ['ada']],
    ['a channel of which nothing is said', 'consentChanged', { change: 'given', channel: 'sms' }, []],
    ['attributes do not change when somebody is added', 'attributeChanged', { attribute: 'email', from: null, to: null }, []],
  ];
  test.each(cases)('%s', async (_, type, config, expected) => {
    story.live(flowOf({ triggers: [{ id: 't', type, config }], steps: [wait('hour', 1, 'hours')] }));
    await bring(true);
    await story.pass(0);
    expect(namesOf(story.all<{ id: number }>('SELECT contact_id AS id FROM enrollments').map(({ id }) => id))).toEqual(expected);
  });

  test('a silent one starts none of them', async () => {
    for (const [, type, config] of cases) story.live(flowOf({ triggers: [{ id: 't', type, config }], steps: [wait('hour', 1, 'hours')] }));
    await bring(false);
    await story.pass(0);
    expect(story.all('SELECT 1 FROM enrollments')).toEqual([]);
  });
});

describe('rules over history', () => {
  const did = (event: string, more: Record<string, unknown> = {}): Rule => ruleSchema.parse({ kind: 'event', event, did: true, since: 'ever', ...more });
  const cases: [string, Rule, string[]][] = [
    ['a tag was added', did('tag_added'), ['ada', 'bo']],
    ['two tags were added', did('tag_added', { times: 2 }), ['ada']],
    ['this tag was added', did('tag_added', { where: [{ property: 'tag', operator: 'equals', value: 'vip' }] }), ['ada']],
    ['consent was withdrawn', did('consent_withdrawn'), ['ada', 'bo']],
    ['consent was withdrawn for e-mail', did('consent_withdrawn', { where: [{ property: 'channel', operator: 'equals', value: 'email' }] }), ['bo']],
    ['consent was given at the fair', did('consent_given', { where: [{ property: 'source', operator: 'equals', value: 'the fair' }] }), ['ada']],
    ['no tag was ever added', did('tag_added', { did: false }), ['cy']],
  ];
  test.each(cases)('%s', async (_, rule, expected) => {
    await bring(false);
    expect(namesOf(contactsMatching(story.workspace, rule, { limit: 10 }))).toEqual(expected);
  });
});

test('looking back to before it, tags are gone', async () => {
  const before = story.workspace.clock.now();
  await story.pass(1000);
  await bring(false);
  const ada = contactsIn(story.workspace)['ada@x.dk']!['id'] as number;
  takeBack(story.workspace, ada, before);
  expect(rows(story.workspace.db, 'SELECT 1 FROM contact_tags WHERE contact_id = ?', ada)).toEqual([]);
});

test('SQL and the pure reading of an event agree, and SQL finds them by the index of the contact', async () => {
  await bring(false);
  const stored = rows<{ type: string; data: string }>(story.workspace.db, 'SELECT type, data FROM events').flatMap(({ type, data }) => actsOf({ type, data: JSON.parse(data) as Record<string, unknown> }));
  for (const type of ['tag_added', 'consent_given', 'consent_withdrawn', 'contact_added']) {
    const found = eventSources(type).flatMap((source) => rows<{ data: string }>(story.workspace.db, `SELECT e.data AS data FROM ${source} e WHERE e.type = ?`, type)).map(({ data }) => JSON.parse(data) as unknown);
    expect(found, type).toEqual(stored.filter((event) => event.type === type).map(({ data }) => data));
    for (const source of eventSources(type)) {
      const plan = rows<{ detail: string }>(story.workspace.db, `EXPLAIN QUERY PLAN SELECT c.id FROM contacts c WHERE EXISTS (SELECT 1 FROM ${source} e WHERE e.contact_id = c.id AND e.type = ?)`, type).map(({ detail }) => detail);
      expect(plan.some((detail) => /SEARCH (e|x) (EXISTS )?USING .*INDEX events_contact/.test(detail)), plan.join('; ')).toBe(true);
    }
  }
});
