// What a person gets when they ask what is known of them: everything, as JSON and as a PDF in their letters (FEATURES B15).
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { PdfDocument } from '../../src-main/privacy/pdf.ts';
import { reportContent } from '../../src-main/privacy/report-content.ts';
import { reportWords } from '../../src-main/privacy/report-words.ts';
import { assetsFolder } from '../../src-main/folders.ts';
import { everythingAbout } from '../../src-main/store/person.ts';
import { readSettings } from '../../src-main/store/settings.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stage, threeMails, type Stage } from './backend-stage.ts';

let s: Stage;
let id: number;

beforeEach(async () => {
  s = stage();
  await s.call('workspace.create', { name: 'Bæk & Søn', file: join(s.folder, 'shop.kanal'), timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
  const flow = await threeMails(s);
  await s.call('topics.save', { name: 'Nyheder' });
  await s.call('attributes.add', { key: 'points', label: 'Point', kind: 'number' });
  id = (await s.call('contacts.add', { values: { email: 'zofia@example.pl', first_name: 'Zażółć Gęślą', points: 7 } })).id;
  await s.call('contacts.consent', { id, channel: 'email', topic: 'nyheder', given: true, source: 'messe i Odense', wording: 'Ja tak, skriv til mig.' });
  await s.call('contacts.tag', { ids: [id], add: ['stamkunde'] });
  await s.call('segments.save', { name: 'Alle med tag', rule: { kind: 'tag', tag: 'stamkunde', has: true } });
  await s.call('notes.add', { contact: id, text: 'Ringede i går' });
  await s.call('events.record', { events: [{ email: 'zofia@example.pl', type: 'order_placed', data: { order: 'A-17', amount: 12_550, currency: 'DKK' } }] });
  await s.call('flows.enroll', { flow, contacts: [id] });
  await s.pass(1);
});
afterEach(() => s.end());

test('JSON holds every kind of thing that is known', async () => {
  const file = join(s.folder, 'report.json');
  await s.call('contacts.accessReport', { id, file });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    kanalAccessReport: 1,
    madeBy: { name: 'Bæk & Søn' },
    attributes: expect.arrayContaining([expect.objectContaining({ key: 'first_name', value: 'Zażółć Gęślą' }), expect.objectContaining({ key: 'points', value: 7 })]),
    tags: ['stamkunde'],
    consents: [{ topic: 'nyheder', topicName: 'Nyheder', state: 'given', source: 'messe i Odense', wording: 'Ja tak, skriv til mig.', actor: 'user' }],
    segments: ['Alle med tag'],
    flows: [{ flowName: 'Three mails' }],
    messages: [{ message: 'one', subject: 'one', address: 'zofia@example.pl', state: 'sent' }],
    orders: [{ order: 'A-17', amount: 12_550, currency: 'DKK' }],
    notes: [{ text: 'Ringede i går' }],
    events: expect.arrayContaining([expect.objectContaining({ type: 'message_sent' }), expect.objectContaining({ type: 'tag_added' })]),
  });
});

test('the PDF packs its letters, and is of several sections', async () => {
  const file = join(s.folder, 'report.pdf');
  await s.call('contacts.accessReport', { id, file, language: 'da' });
  const bytes = readFileSync(file);
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(statSync(file).size).toBeGreaterThan(8_000);
  // Fonts are embedded with a map from their glyphs to letters: æ and ż are in it.
  const maps = [...bytes.toString('latin1').matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, stream]) => {
    try {
      return [inflateSync(Buffer.from(stream!, 'latin1')).toString('latin1')];
    } catch {
      return [];
    }
  });
  const letters = maps.filter((text) => text.includes('beginbfchar') || text.includes('beginbfrange')).join(' ').toLowerCase();
  for (const letter of ['æ', 'ż', 'ł', 'ę']) expect(letters).toContain(letter.codePointAt(0)!.toString(16).padStart(4, '0'));
  expect(bytes.toString('latin1')).toMatch(/FontFile2/);
});

/** All that a document says, as plain text. */
function textOf(document: PdfDocument): string {
  return [document.title, ...document.lines, ...document.sections.flatMap(({ title, columns, rows }) => [title, ...columns.map(({ head }) => head), ...rows.flat()])].join('\n');
}

test.each([
  ['en', ['Got the tag “stamkunde”', 'Was sent “one”', 'Entered “Three mails”', 'Placed an order', 'Gave consent: E-mail, Nyheder', 'consent given', 'unsubscribed', 'by hand', 'Attribute history', 'Point', 'First name', 'Sent']],
  ['da', ['Fik tagget »stamkunde«', 'Egenskabernes historik', 'Fornavn', 'afmeldt', 'i hånden']],
  ['pl', ['Historia atrybutów', 'Imię', 'Zgody', 'wypisano', 'ręcznie']],
  ['nl', ['Geschiedenis van kenmerken', 'Voornaam']],
  ['sv', ['Attributens historik', 'Förnamn']],
])('the report speaks %s, and shows no codes', async (language, said) => {
  await s.call('contacts.update', { id, values: { points: 9 } });
  await s.call('suppressions.add', { addresses: ['zofia@example.pl'], reason: 'unsubscribed' });
  await s.call('contacts.consent', { id, channel: 'sms', given: false, source: 'called us' });
  const known = everythingAbout(s.workspace(), id)!;
  const text = textOf(reportContent(known, readSettings(s.workspace()), s.clock.now(), language));
  for (const words of said) expect(text.toLowerCase()).toContain(words.toLowerCase());
  // Neither events, states, reasons nor sources show as the program keeps them.
  expect(text).not.toMatch(/\b(tag_added|contact_added|message_sent|attributes_changed|withdrawn|user|nyheder|first_name)\b/);
  expect(text).not.toMatch(/\b(event|state|reason|section|head|exit|by)\.[a-z_]+/);
});

test('the report has words for whatever the program notes', () => {
  for (const language of ['en', 'da', 'nl', 'pl', 'sv']) {
    const words = JSON.parse(readFileSync(join(assetsFolder(), 'access-report', `${language}.json`), 'utf8')) as Record<string, string>;
    expect(Object.keys(words)).toEqual(Object.keys(JSON.parse(readFileSync(join(assetsFolder(), 'access-report/en.json'), 'utf8')) as object));
    const { shared } = reportWords(language);
    for (const state of ['planned', 'claimed', 'handed', 'sent', 'failed', 'unknown', 'held', 'cancelled']) expect(shared('outbox', `state.${state}`)).not.toBe(state === 'held' && language === 'en' ? 'held' : state);
    for (const reason of ['unsubscribed', 'complaint', 'bounced', 'import', 'user', 'erased']) if (language !== 'en') expect(shared('privacy', `reason.${reason}`)).not.toBe(reason);
  }
});

test('JSON tells which values each attribute had, when, and by what', async () => {
  await s.call('contacts.update', { id, values: { points: 9 } });
  await s.call('contacts.update', { id, values: { points: null } });
  const file = join(s.folder, 'report.json');
  await s.call('contacts.accessReport', { id, file });
  const { history } = JSON.parse(readFileSync(file, 'utf8')) as { history: { key: string; old: unknown; now: unknown; source: string }[] };
  expect(history.filter(({ key }) => key === 'points').map(({ old, now, source }) => [old, now, source])).toEqual([[9, null, 'user'], [7, 9, 'user'], [null, 7, 'user']]);
});

test('other endings, and contacts who are not there, are refused', async () => {
  expect(await s.refusal('contacts.accessReport', { id, file: join(s.folder, 'report.docx') })).toBe('report-ending');
  expect(await s.refusal('contacts.accessReport', { id: 999, file: join(s.folder, 'report.pdf') })).toBe('contact-unknown');
  expect(existsSync(join(s.folder, 'report.pdf.part'))).toBe(false);
});

test('the typeface is where the built program looks for it', () => {
  expect(execFileSync('node', ['-e', `import('./src-main/folders.ts').then(({ assetsFolder }) => console.log(assetsFolder()))`], { encoding: 'utf8' }).trim()).toMatch(/assets$/);
});

test('names every passage, and where the person stands in line: it is a document for the law, and no page of a screen', async () => {
  const { workspace } = s.backend.current()!;
  const { db } = workspace;
  const flow = (db.prepare('SELECT max(id) AS id FROM flows').get() as { id: number }).id;
  const insert = db.prepare(`INSERT INTO enrollments (flow_id, contact_id, entry_key, parallel_key, trigger_id, state, step_entered_at, entered_at, left_at, exit_reason) VALUES (?, ?, ?, ?, 'x', 'exited', 1, ?, ?, 'by-hand')`);
  db.transaction(() => {
    for (let n = 1; n <= 450; n++) insert.run(flow, id, `k${n}`, `p${n}`, n, n + 1);
  })();
  db.prepare(`INSERT INTO waiting_entries (flow_id, contact_id, trigger_id, entry_key, parallel_key, source, since) VALUES (?, ?, 'x', '', 'later', 'user', 5)`).run(flow, id);
  const known = everythingAbout(workspace, id)!;
  expect(known.flows).toHaveLength(451);
  expect(known.lines).toEqual([{ flowName: 'Three mails', since: 5, dueAt: null }]);
  const { sections } = reportContent(known, readSettings(workspace), 0, 'en');
  expect(sections.map(({ rows }) => rows.filter((row) => row.includes('Three mails')).length)).toContain(452);
  expect((await s.call('contacts.get', { id })).flows).toHaveLength(200);
});
