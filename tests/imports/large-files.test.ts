// Files that are large enough for a thread of their own: what goes in is the same as from a small file, newcomers in bulk and the
// others one by one, and nobody waits.
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actsOf } from '../../shared/contacts/event.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { arrivalFrom, decide, decidingFor } from '../../src-main/imports/decide.ts';
import { prepareImport } from '../../src-main/imports/prepare.ts';
import { createRecordReader } from '../../src-main/imports/records.ts';
import { createRowReader } from '../../src-main/imports/row-reader.ts';
import { openRows, type RowSource } from '../../src-main/imports/row-source.ts';
import { row, rows } from '../../src-main/store/database.ts';
import { beginImport } from '../../src-main/store/imports.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { runImport } from '../../src-main/imports/importer.ts';
import { importFile, inspect, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const ROWS = 5000;
const SOURCE: Partial<ImportPlan> = { consent: { channel: 'email', source: 'the fair' }, tags: ['2026'] };

/** A table with people who come twice, addresses that are none, cells over several lines, and rows that are too short. */
function people(): string {
  const lines = ['Email;First name;By;Point;Medlem siden;Nyhedsbrev;Tags;Note'];
  // The size of the file decides how it is read.
  const note = 'Å'.padEnd(150, ' og så videre');
  for (let n = 0; n < ROWS; n++) {
    const who = n % 50 === 49 ? n - 7 : n;
    const email = n % 997 === 5 ? 'no address' : n % 3 === 0 ? ` Person${who}@Mail${who % 20}.Example ` : `person${who}@mail${who % 20}.example`;
    const city = n % 11 === 0 ? '"To\r\nlinjer; og ""mere"""' : `Ærø ${n % 300}`;
    const consent = ['ja', 'nej', ''][n % 3]!;
    lines.push(n % 999 === 7 ? 'too;short' : [email, `Navn${n % 900}`, city, `${n % 1000},5`, `${1 + (n % 28)}.${1 + (n % 12)}.2024`, consent, `tag${n % 40}|tag${40 + (n % 20)}|2026`, `${note} ${n}`].join(';'));
  }
  return folder.write('people.csv', `${lines.join('\r\n')}\r\n`);
}

/** What contacts are afterwards, whatever their ids. */
function outcome({ db }: Pick<TestWorkspace, 'db'>): unknown {
  return {
    contacts: rows(db, 'SELECT email, first_name, a_by, a_point, a_medlem_siden, a_note FROM contacts ORDER BY email'),
    tags: rows(db, 'SELECT c.email, group_concat(t.name ORDER BY t.name) AS tags FROM contact_tags x JOIN contacts c ON c.id = x.contact_id JOIN tags t ON t.id = x.tag_id GROUP BY c.email ORDER BY 1'),
    consents: rows(db, 'SELECT c.email, k.channel, k.state, k.source, k.file, k.actor FROM consents k JOIN contacts c ON c.id = k.contact_id ORDER BY 1, k.id'),
    events: rows<{ email: string; type: string; data: string }>(db, 'SELECT c.email, e.type, e.data FROM events e JOIN contacts c ON c.id = e.contact_id ORDER BY 1, e.id').flatMap(({ email, type, data }) => actsOf({ email, type, data: JSON.parse(data) as Record<string, unknown> })),
  };
}

/** People whom the workspace knows, or does not want. */
function fill(into: TestWorkspace): void {
  for (let n = 1; n < ROWS; n += 700) addContact(into, { email: `person${n}@mail${n % 20}.example`, first_name: 'Known' });
  for (const n of [3, 4, 4000]) addSuppression(into, { channel: 'email', address: `person${n}@mail${n % 20}.example`, reason: 'complaint', source: 'test' });
}

async function prepared(file: string, changes: Partial<ImportPlan>) {
  const { plan } = await inspect(workspace, file);
  return prepareImport(workspace, file, { ...plan, ...changes }, null);
}

test.each(['update', 'fill', 'skip'] as const)('read in a thread and added in bulk, it is what it is row by row (%s)', async (existing) => {
  const file = people();
  expect(statSync(file).size).toBeGreaterThan(1024 * 1024);
  const reference = testWorkspace();
  const plan = { ...SOURCE, existing };
  const inBits = await prepared(file, plan);
  for (const each of [workspace, reference]) fill(each);
  const { counts, state } = await importFile(workspace, file, plan);
  expect(state).toBe('done');
  expect(counts).toMatchObject({ rows: ROWS });
  expect(Math.min(counts.added, counts.rejected, counts.updated, counts.suppressed)).toBeGreaterThan(0);

  const source = openRows(inBits);
  const rowByRow: RowSource = { ...source, next: () => source.next(97, true) };
  const id = beginImport(reference, inBits.fileName, inBits.plan);
  const done = await runImport({ workspace: reference, prepared: inBits, id, rejects: null, goOn: () => true, progress: () => undefined }, rowByRow);
  expect(done).toMatchObject({ finished: true, counts });
  const [one, other] = [outcome(workspace), outcome(reference)] as Record<string, unknown>[];
  for (const part of Object.keys(one!)) expect(one![part], part).toEqual(other![part]);
  // Once more: most are known by now, and nothing changes.
  const again = await importFile(workspace, file, plan);
  expect(again.counts).toMatchObject({ added: 0, updated: 0, rejected: counts.rejected });
  expect(outcome(workspace)).toEqual(outcome(reference));
  reference.close();
}, 60_000);

test('what the preview counts is what the import does, and rejected rows come with their lines', async () => {
  fill(workspace);
  const file = people();
  const preview = await importFile(workspace, file, SOURCE, { dryRun: true });
  const { counts, rejectsFile } = await importFile(workspace, file, SOURCE);
  expect(counts).toEqual(preview.counts);
  const again = await inspect(workspace, rejectsFile!);
  expect(again.rows).toHaveLength(Math.min(again.rows.length, counts.rejected));
});

test('what a newcomer comes with is what is decided of somebody whom nobody knows', async () => {
  const ready = await prepared(people(), SOURCE);
  const deciding = decidingFor(ready);
  const reader = createRowReader(ready.plan, ready.attributes, ready.reading);
  const { separator, quote } = ready.plan.reading;
  const records = createRecordReader({ separator, quote, fileName: 'x' }).push(['a;b;c', ...['ja', 'nej', ''].map((word) => ` A${word}@x.dk ;Ada;By;1.000,5;1.2.2024;${word};x|y|2026;`), ''].join('\r\n')).slice(1);
  for (const record of records) {
    const read = reader.read(record);
    const { changes, tags, consents, outcome: what } = decide(read, undefined, false, deciding);
    expect(what).toBe('added');
    expect(arrivalFrom(read.told, deciding)).toEqual({ tags, consents });
    expect(changes.map(({ slot, value }) => [slot, value])).toEqual(read.values.flatMap((value, slot) => (value === null ? [] : [[slot, value]])));
  }
});

test('a file that cannot be read to its end is refused by its thread, and nothing is written', async () => {
  const file = folder.write('open.csv', `email;name\n${Array.from({ length: 40_000 }, (_, n) => `p${n}@x.dk;Name of person ${n}\n`).join('')}x@x.dk;"never closed\n`);
  await expect(importFile(workspace, file)).rejects.toThrow(/line 40002.*never closed/);
  expect(row(workspace.db, 'SELECT count(*) AS n FROM contacts')).toEqual({ n: 0 });
});

test('F36: while the first pass goes on, windows hear of it, and it can be cancelled', async () => {
  const calls = importHandlers(workspace);
  const file = folder.write('long.csv', `email;name\n${Array.from({ length: 400_000 }, (_, n) => `p${n}@x.dk;Name of person ${n}\n`).join('')}`);
  const { plan } = await inspect(workspace, file);
  // As soon as it is told of: a thread may be done before a busy computer looks again.
  const { tell } = workspace;
  const cancelled = new Promise((resolve) => {
    workspace.tell = (event) => {
      tell(event);
      if (event.type === 'import' && event.progress.checking) resolve(calls['imports.cancel']({ import: event.progress.import }));
    };
  });
  const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
  await cancelled;
  expect(await calls['imports.wait']({ import: id })).toMatchObject({ state: 'cancelled', counts: { rows: 0 } });
  expect(row(workspace.db, 'SELECT count(*) AS n FROM contacts')).toEqual({ n: 0 });
});

test('also a wide one, with hundreds of new attributes', async () => {
  const width = 400;
  const header = ['email', ...Array.from({ length: width }, (_, n) => `Custom ${n}`)].join(';');
  const lines = Array.from({ length: 700 }, (_, n) => [`p${n}@x.dk`, ...Array.from({ length: width }, (__, column) => `v${n}-${column}`)].join(';'));
  const columns = [
    { header: 'email', target: { kind: 'attribute', attribute: 'email' } },
    ...Array.from({ length: width }, (_, n) => ({ header: `Custom ${n}`, target: { kind: 'newAttribute', attribute: `custom_${n}`, label: `Custom ${n}`, attributeKind: 'text' } })),
  ] as ImportPlan['columns'];
  const { counts } = await importFile(workspace, folder.write('wide.csv', [header, ...lines, ''].join('\n')), { columns });
  expect(counts).toMatchObject({ rows: 700, added: 700 });
  expect(row(workspace.db, `SELECT a_custom_0, a_custom_399 FROM contacts WHERE email = 'p699@x.dk'`)).toEqual({ a_custom_0: 'v699-0', a_custom_399: 'v699-399' });
}, 60_000);
