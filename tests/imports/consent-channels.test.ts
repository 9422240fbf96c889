// Consent by channel: to all rows or to those that say yes, for one channel or both, and never where it was withdrawn (FEATURES A6.7, D28).
import { describe, expect, test } from 'vitest';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { rows } from '../../src-main/store/database.ts';
import { addTopic } from '../../src-main/store/topics.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { commandLine, dump, importFile, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const standing = (): string[] =>
  rows<{ email: string; channel: string; topic: string; state: string }>(
    workspace.db,
    'SELECT c.email, k.channel, k.topic, k.state FROM consents k JOIN contacts c ON c.id = k.contact_id WHERE k.id IN (SELECT max(id) FROM consents GROUP BY contact_id, channel, topic) ORDER BY c.email, k.channel',
  ).map(({ email, channel, topic, state }) => `${email.slice(0, 1)} ${channel}${topic === '' ? '' : `:${topic}`} ${state}`);
const PLAIN = 'email;phone;first_name\nada@x.dk;+4520123456;Ada\nbo@x.dk;+4520123457;Bo\n';
const ASKED = 'email;email consent;sms consent\nada@x.dk;yes;yes\nbo@x.dk;yes;no\ncy@x.dk;;yes\n';
const columns: ImportPlan['columns'] = [
  { header: 'email', target: { kind: 'attribute', attribute: 'email' } },
  { header: 'email consent', target: { kind: 'consent', channel: 'email' } },
  { header: 'sms consent', target: { kind: 'consent', channel: 'sms' } },
];

describe('what the plan states', () => {
  test.each<[string, string, Partial<ImportPlan>, string[]]>([
    ['text messages, for all rows', PLAIN, { consent: { channel: 'sms', source: 'fair' } }, ['a sms given', 'b sms given']],
    ['both channels, for all rows', PLAIN, { consent: { channel: 'email', also: ['sms'], source: 'fair' } }, ['a email given', 'a sms given', 'b email given', 'b sms given']],
    ['e-mail, where columns are about both', ASKED, { columns, consent: { channel: 'email', source: 'fair' } }, ['a email given', 'b email given', 'b sms withdrawn']],
    ['both, where columns are about both', ASKED, { columns, consent: { channel: 'email', also: ['sms'], source: 'fair' } }, ['a email given', 'a sms given', 'b email given', 'b sms withdrawn', 'c sms given']],
    ['both, where a column is about one', ASKED, { columns: columns.map((each, at) => (at === 2 ? { ...each, target: { kind: 'ignore' } } : each)), consent: { channel: 'sms', also: ['email'], source: 'fair' } }, ['a email given', 'a sms given', 'b email given', 'b sms given', 'c sms given']],
  ])('%s', async (_, text, changes, expected) => {
    const file = folder.write('a.csv', text);
    await importFile(workspace, file, changes);
    expect(standing()).toEqual(expected);
    const before = dump(workspace);
    expect((await importFile(workspace, file, changes)).counts).toMatchObject({ unchanged: expected.length === 0 ? 0 : text.trim().split('\n').length - 1 });
    expect(dump(workspace)).toBe(before);
  });

  test('a withdrawal of either channel stays', async () => {
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    recordConsent(workspace, { contactId: ada, channel: 'sms', given: false, source: 'STOP', actor: 'user' });
    await importFile(workspace, folder.write('a.csv', PLAIN), { consent: { channel: 'email', also: ['sms'], source: 'fair' } });
    expect(standing()).toEqual(['a email given', 'a sms withdrawn', 'b email given', 'b sms given']);
  });

  test('a topic is one that there is', async () => {
    const file = folder.write('a.csv', PLAIN);
    await expect(importFile(workspace, file, { consent: { channel: 'sms', topic: 'news', source: 'fair' } })).rejects.toThrow('There is no topic news.');
    const topic = addTopic(workspace, 'News');
    await importFile(workspace, file, { consent: { channel: 'sms', topic, source: 'fair' } });
    expect(standing()).toEqual(['a sms:news given', 'b sms:news given']);
  });
});

test('the command line takes both channels, by name or from columns that are named', async () => {
  const kanal = commandLine(workspace);
  const file = folder.write('a.csv', ASKED);
  const maps = ['email consent=consent:email', 'sms consent=consent:sms'];
  expect((await kanal('import', [file], { map: maps, 'consent-source': 'fair' })).human).not.toContain('Only the opt-outs');
  expect(standing()).toEqual(['a email given', 'a sms given', 'b email given', 'b sms withdrawn', 'c sms given']);
  await kanal('import', [folder.write('b.csv', 'email\ndi@x.dk\n')], { consent: 'email,sms', 'consent-source': 'fair' });
  expect(standing().slice(-2)).toEqual(['d email given', 'd sms given']);
  await expect(kanal('import', [file], { consent: 'email,smss', 'consent-source': 'fair' })).rejects.toThrow('--consent is one of email, sms, not "smss". Did you mean sms?');
});
