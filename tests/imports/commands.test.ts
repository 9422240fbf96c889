// The command line about contacts, through the gate, on a workspace in memory.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { rows } from '../../src-main/store/database.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { commandLine, contactsIn, type CommandLine, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const kanal: CommandLine = (...given) => commandLine(workspace)(...given);

const DANISH = 'Fornavn;Adresse e-mail;Point;Nyhedsbrev\r\nSøren;Soren@X.dk;1,5;ja\r\nÅse;aase@x.dk;2;nej\r\nBo;bo;3;ja\r\n';

describe('import', () => {
  test('says what it did, how it read the file and where the rejected rows are', async () => {
    const file = folder.write('kunder.csv', DANISH, 'win1252');
    const { human, json } = await kanal('import', [file], { 'consent-source': 'Butikken', tag: ['nye', '2026'], rejects: folder.path('afvist.csv') });
    expect(human).toBe(`3 rows: 2 added, 0 updated, 0 unchanged, 0 skipped, 1 rejected.\nNew attributes: point.\nRejected rows, with the reasons: ${folder.path('afvist.csv')}`);
    expect(json).toMatchObject({
      import: 1, dryRun: false, state: 'done', fileName: 'kunder.csv', counts: { rows: 3, added: 2, rejected: 1 }, rejectsFile: folder.path('afvist.csv'),
      reading: { encoding: 'windows1252', separator: ';', decimal: ',' },
      columns: [{ column: 'Fornavn', to: 'first_name' }, { column: 'Adresse e-mail', to: 'email' }, { column: 'Point', to: 'point', created: true, kind: 'number' }, { column: 'Nyhedsbrev', to: 'consent:email' }],
    });
    expect(rows(workspace.db, 'SELECT state, source FROM consents ORDER BY id')).toEqual([{ state: 'given', source: 'Butikken' }, { state: 'withdrawn', source: 'kunder.csv: Nyhedsbrev' }]);
  });

  test('without a source consent is not taken, and it says so', async () => {
    const { human } = await kanal('import', [folder.write('k.csv', DANISH)]);
    expect(human).toContain('The column "Nyhedsbrev" says who has consented. Only the opt-outs in it were taken: say where the consent comes from with --consent-source.');
    expect(rows(workspace.db, 'SELECT state FROM consents')).toEqual([{ state: 'withdrawn' }]);
  });

  test('without an address people are told apart by phone, or else by their number, unless --match says by what', async () => {
    const file = folder.write('k.csv', 'Navn;Telefon;By\nAda;20 12 34 56;Ribe\nAda;+45 20123456;Odense\n');
    expect((await kanal('import', [file])).human).toMatch(/^2 rows: 1 added, 1 updated, /);
    expect((await kanal('import', [folder.write('n.csv', 'Kundenr.;By\n007;Ribe\n')])).human).toMatch(/^1 row: 1 added, /);
    await expect(kanal('import', [file], { match: 'email' })).rejects.toThrow(/No column of k\.csv is known as the e-mail address/);
  });

  test('two columns about consent are named in the plural', async () => {
    const { human } = await kanal('import', [folder.write('k.csv', 'Email,Accepts Email Marketing,Accepts SMS Marketing\na@x.dk,yes,no\nb@x.dk,no,no\n')]);
    expect(human).toContain('The columns "Accepts Email Marketing" and "Accepts SMS Marketing" say who has consented. Only the opt-outs in them were taken');
  });

  test('--map: attributes, new keys with a kind, tags, consent, nothing', async () => {
    const file = folder.write('k.csv', 'who,a,b,c,d,e\nada@x.dk,1,x|y,yes,secret,Ada\nbo@x.dk,2,,no,secret,Bo\n');
    const { json } = await kanal('import', [file], { map: ['who=email', 'A=score:number', 'b=tags', 'c=consent', 'd=ignore', 'e=First name'] });
    expect(json).toMatchObject({ columns: [{ to: 'email' }, { to: 'score', kind: 'number' }, { to: 'tags' }, { to: 'consent:email' }, { to: 'ignore' }, { to: 'first_name' }] });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ a_score: 1, first_name: 'Ada' });
    // A column that the user names as consent is a statement of its own: its source is the file.
    expect(rows(workspace.db, 'SELECT state, source FROM consents ORDER BY id')).toEqual([{ state: 'given', source: 'k.csv' }, { state: 'withdrawn', source: 'k.csv: c' }]);
  });

  test('--map wins over a guess: the guessed column becomes an attribute', async () => {
    const file = folder.write('k.csv', 'Email,Work email\nold@x.dk,new@x.dk\n');
    const { json } = await kanal('import', [file], { map: ['Work email=email'] });
    expect(json).toMatchObject({ columns: [{ column: 'Email', to: 'email_2', created: true }, { column: 'Work email', to: 'email' }] });
    expect(contactsIn(workspace)['new@x.dk']).toMatchObject({ a_email_2: 'old@x.dk' });
  });

  test('--encoding, --separator, --decimal and --date-order overrule the guess', async () => {
    const file = folder.write('k.csv', 'email:day:sum:name\na@x.dk:03/04/2026:1.234:Ærø\nb@x.dk:03/05/2026:2.5:Bo\n', 'macintosh');
    await kanal('import', [file], { encoding: 'macintosh', separator: ':', decimal: ',', 'date-order': 'mdy', map: ['sum=sum:number'] });
    expect(contactsIn(workspace)['a@x.dk']).toMatchObject({ a_day: '2026-03-04', a_sum: 1234, first_name: 'Ærø' });
  });

  test('--dry-run answers the counts and no import', async () => {
    const { human, json } = await kanal('import', [folder.write('k.csv', DANISH)], { 'dry-run': true });
    expect(human).toMatch(/^Nothing was written\. It would be 3 rows: 2 added/);
    expect(json).toMatchObject({ import: null, dryRun: true, rejectsFile: null });
    expect(contactsIn(workspace)).toEqual({});
  });

  test('a guess is named', async () => {
    const { said } = await kanal('import', [folder.write('k.csv', 'email;day\na@x.dk;03/04/2026\n')]);
    expect(said).toEqual([expect.stringMatching(/^The way k\.csv is read is a guess: utf8, separator ";", dates dmy\./)]);
  });

  const wrong: [what: string, options: CommandContext['options'], sentence: RegExp][] = [
    ['a column that is not there', { map: ['Nope=email'] }, /has no column "Nope"\. It has "Fornavn", "Adresse e-mail"/],
    ['a map without =', { map: ['Nope'] }, /--map is written "Column=attribute"/],
    ['a bad key', { map: ['Point=Mine Point'] }, /"Mine Point" is no attribute of this workspace, and cannot be the key/],
    ['a bad kind', { map: ['Point=p:integer'] }, /"integer" is no kind of attribute\. There are: text, number/],
    ['a bad channel', { map: ['Point=consent:fax'] }, /channels email, sms, not "fax"/],
    ['consent without a source', { consent: 'email' }, /Say where the consent comes from/],
    ['a source without a channel', { 'consent-source': 'x', map: ['Nyhedsbrev=ignore'] }, /Say what the consent is for/],
    ['a word that is none', { existing: 'overwrite' }, /--existing is one of update, fill, skip, not "overwrite"/],
    ['an unknown encoding', { encoding: 'ebcdic' }, /no encoding ebcdic/],
  ];
  test.each(wrong)('%s', async (_, options, sentence) => {
    await expect(kanal('import', [folder.write('k.csv', DANISH)], options)).rejects.toThrow(sentence);
    expect(contactsIn(workspace)).toEqual({});
  });
});

describe('looking and writing', () => {
  beforeEach(async () => {
    await kanal('import', [folder.write('k.csv', DANISH)], { tag: ['nye'], 'consent-source': 'Butikken' });
  });

  test('imports, contacts, contact', async () => {
    expect((await kanal('imports', [])).human).toMatch(/^1 · 2026-03-02T08:00:00Z · k\.csv · done · 3 rows: 2 added/);
    const rule = folder.write('rule.json', JSON.stringify({ kind: 'consent', channel: 'email', given: true }));
    expect((await kanal('contacts', [], { rule })).json).toMatchObject({ total: 1, contacts: [{ values: { email: 'soren@x.dk' }, tags: ['nye'], emailConsent: 'given' }] });
    expect((await kanal('contacts', [], { search: 'åse' })).human).toBe('aase@x.dk · Åse · consent: withdrawn · nye\n1 contact');
    expect((await kanal('contacts', [], { limit: '1' })).human).toMatch(/2 contacts, 1 shown$/);
    const { human, json } = await kanal('contact', ['SOREN@x.dk']);
    expect(human).toMatch(/^soren@x\.dk\n\nAttributes\n(.*\n)* {2}point: 1.5\n\nTags\n {2}nye\n\nConsent\n {2}email given, 2026-03-02T08:00:00Z, Butikken \(k\.csv\)\n\nWhat happened\n/);
    expect(json).toMatchObject({ values: { point: 1.5 }, timeline: expect.arrayContaining([expect.objectContaining({ type: 'contact_added' })]) });
    await expect(kanal('contact', ['nobody@x.dk'])).rejects.toThrow(/no contact with the address nobody@x\.dk/);
  });

  test('a rule that is no rule, or no file', async () => {
    await expect(kanal('contacts', [], { rule: folder.path('none.json') })).rejects.toThrow(/cannot be read from/);
    await expect(kanal('contacts', [], { rule: folder.write('r.json', '{') })).rejects.toThrow(/is not JSON/);
    await expect(kanal('contacts', [], { rule: folder.write('r.json', '{"kind":"moon"}') })).rejects.toThrow(/is not a rule/);
  });

  test('export and suppress', async () => {
    const file = folder.path('out.csv');
    expect((await kanal('export', [file], { columns: 'email, first_name', for: 'excel' })).json).toEqual({ file, rows: 2 });
    expect(readFileSync(file, 'utf8')).toBe('\ufeffE-mail;First name\r\naase@x.dk;Åse\r\nsoren@x.dk;Søren\r\n');
    await kanal('suppress', ['Aase@x.dk', 'asked by phone']);
    expect((await kanal('contact', ['aase@x.dk'])).human).toMatch(/^aase@x\.dk \(suppressed\)\n/);
  });
});

describe('event', () => {
  beforeEach(() => kanal('import', [folder.write('k.csv', 'email\nada@x.dk\nbo@x.dk\n')]));
  const recorded = (): unknown[] => rows<{ data: string }>(workspace.db, `SELECT c.email, e.type, e.at, e.event_id, e.data FROM events e JOIN contacts c ON c.id = e.contact_id WHERE type <> 'contact_added' ORDER BY e.id`).map((event) => ({ ...event, data: JSON.parse(event.data) }));

  test('one JSON object on each line; the same ids twice change nothing; bad lines are named', async () => {
    const lines = ['{"email":"ADA@x.dk","type":"visited_shop","at":"2026-01-02T03:04:05+01:00","eventId":"v1","page":"/a","data":{"n":2}}', 'nonsense', '', '[1]', '{"email":"nobody@x.dk","type":"visited_shop"}', '{"email":"bo@x.dk","type":"Bad Type"}', '{"email":"bo@x.dk"}', '{"email":"bo@x.dk","type":"x","at":"yesterday"}'];
    const file = folder.write('events.ndjson', lines.join('\r\n'));
    const { human, json, said } = await kanal('event', [file]);
    expect(human).toBe('1 recorded, 0 known already, 6 rejected.');
    expect(json).toMatchObject({ recorded: 1, rejected: [2, 4, 5, 6, 7, 8].map((line) => ({ line })) });
    expect(said[0]).toMatch(/^Line 2 is not a JSON object/);
    expect(recorded()).toEqual([{ email: 'ada@x.dk', type: 'visited_shop', at: Date.UTC(2026, 0, 2, 2, 4, 5), event_id: 'v1', data: { page: '/a', n: 2 } }]);
    expect((await kanal('event', [file])).human).toBe('0 recorded, 1 known already, 6 rejected.');
  });

  test('a table, as Excel writes it', async () => {
    const file = folder.write('events.csv', 'Email;Event;Date;Vare;Antal;Kode\r\nada@x.dk;bought;02-01-2026 10:00;"Sko; røde";2;007\r\n;bought;;;;\r\nbo@x.dk;bought;2026-01-03;Æble;1;8\r\nbo@x.dk;x\r\n', 'win1252');
    const { json } = await kanal('event', [file]);
    expect(json).toMatchObject({ recorded: 2, rejected: [{ line: 3 }, { line: 5 }] });
    expect(recorded()).toMatchObject([
      { email: 'ada@x.dk', type: 'bought', at: Date.UTC(2026, 0, 2, 9), data: { Vare: 'Sko; røde', Antal: 2, Kode: '007' } },
      { email: 'bo@x.dk', at: Date.UTC(2026, 0, 2, 23), data: { Vare: 'Æble', Antal: 1, Kode: 8 } },
    ]);
  });

  test('files that are none', async () => {
    await expect(kanal('event', [folder.path('none.csv')])).rejects.toThrow(/There is no file/);
    await expect(kanal('event', [folder.write('a.csv', 'email;when\nada@x.dk;x\n')])).rejects.toThrow(/no column "type" in its header \(line 1\)/);
    await expect(kanal('event', [folder.write('a.json', '[{"email":"ada@x.dk"}]')])).rejects.toThrow(/one JSON list\. Write one event on each line/);
  });
});
