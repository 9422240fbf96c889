// The list of contacts at a million rows, by the calls that its screen makes: pages at the top, deep and at the end; sorted,
// filtered and searched, each as it is asked for the first time, and then page after page. Beside it the same page of ids by
// hand-written SQL on a connection of its own.
import { seededChance } from '../../src-main/sample/chance.ts';
import type { CallInput } from '../../shared/api.ts';
import { openForReading } from '../../src-main/store/reading-connection.ts';
import { bigMachine, milliseconds, reportTimes } from './big-machine.ts';
import { option } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const events = option('events', contacts * 5);
const machine = await bigMachine(contacts, events);
const plain = openForReading(machine.file);
const chance = seededChance(5);
type Question = Partial<CallInput<'contacts.list'>>;

const byHand = (text: string) => milliseconds(() => plain.prepare(text).pluck().all());
const pages = async (what: string, question: Question, depth: number, times: number, beside = ''): Promise<void> => {
  const found: number[] = [];
  for (let n = 0; n < times; n++) found.push(await milliseconds(() => machine.call('contacts.list', { ...question, limit: 100, offset: chance.between(0, Math.max(0, depth)) })));
  reportTimes(what, found, beside);
};

process.stdout.write(`grid: ${contacts.toLocaleString('en')} contacts, pages of 100 with tags and consent\n`);
await machine.call('contacts.list', {});
await pages('everybody: the first 5,000', {}, 4900, 300, `by hand ${(await byHand('SELECT id FROM contacts ORDER BY id DESC LIMIT 100')).toFixed(1)} ms`);
await machine.call('contacts.list', { offset: Math.floor(contacts / 2) });
await pages('everybody: anywhere', {}, contacts - 100, 300, `by hand ${(await byHand(`SELECT id FROM contacts ORDER BY id DESC LIMIT 100 OFFSET ${Math.floor(contacts / 2)}`)).toFixed(1)} ms`);

const questions: [string, Question, string][] = [
  ['sorted by last name', { sort: { attribute: 'last_name', descending: false } }, 'SELECT id FROM contacts ORDER BY last_name COLLATE NOCASE NULLS LAST, id'],
  ['sorted by an attribute of one’s own', { sort: { attribute: 'revenue', descending: true } }, 'SELECT id FROM contacts ORDER BY a_revenue DESC NULLS LAST, id DESC'],
  ['sorted by consent', { sort: { attribute: ':consent', descending: false } }, `SELECT id FROM contacts c ORDER BY (SELECT state FROM consents k WHERE k.contact_id = c.id AND channel = 'email' AND topic = '' ORDER BY k.id DESC LIMIT 1) NULLS LAST, id`],
  ['filtered by an attribute', { rule: { kind: 'attribute', attribute: 'country', operator: 'equals', value: 'DK' } }, `SELECT id FROM contacts WHERE lower(a_country) = 'dk' ORDER BY id DESC`],
  ['filtered by a tag', { rule: { kind: 'tag', tag: 'tag7', has: true } }, 'SELECT contact_id FROM contact_tags WHERE tag_id = 7 ORDER BY contact_id DESC'],
  ['filtered by opened in 30 days', { rule: { kind: 'message', message: 'any', act: 'opened', did: true, since: { amount: 30, unit: 'days' } } }, `SELECT id FROM contacts c WHERE EXISTS (SELECT 1 FROM events e WHERE e.contact_id = c.id AND type = 'message_opened' AND at > ${Date.UTC(2026, 0, 31)}) ORDER BY id DESC`],
  ['search: person77', { search: 'person77' }, `SELECT id FROM contacts WHERE email LIKE '%person77%' OR first_name LIKE '%person77%' OR last_name LIKE '%person77%' OR phone LIKE '%person77%' OR external_id LIKE '%person77%' ORDER BY id DESC`],
  ['search: sørensen 12', { search: 'sørensen 12' }, `SELECT id FROM contacts WHERE last_name LIKE 'sørensen%' AND email LIKE '%12%' ORDER BY id DESC`],
];
for (const [what, question, text] of questions) {
  const hand = await byHand(text);
  const { total } = await machine.call('contacts.list', { ...question, limit: 0 });
  // Asked otherwise in between, six times, so that the order is not kept any more.
  for (let n = 0; n < 6; n++) await machine.call('contacts.list', { search: `nobody${n}`, limit: 0 });
  const first = await milliseconds(() => machine.call('contacts.list', { ...question, limit: 100 }));
  reportTimes(`${what}: asked for the first time`, [first], `by hand ${hand.toFixed(0)} ms, ${total.toLocaleString('en')} found`);
  await pages(`${what}: pages of it`, question, total - 100, 100);
}

/** Letter after letter at the pace of a quick typist; each question gives up the one before. What counts is the wait after the last. */
const typed: number[] = [];
for (const word of ['freja', 'lindström', 'person9999', 'kowalska']) {
  let last: Promise<unknown> = Promise.resolve();
  for (let length = 1; length < word.length; length++) {
    void machine.call('contacts.list', { screen: 'bench', search: word.slice(0, length) }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  typed.push(await milliseconds(() => (last = machine.call('contacts.list', { screen: 'bench', search: word }))));
  await last;
}
reportTimes('search while typing: from the last letter to the page', typed);
plain.close();
await machine.close();
