// What the user sees before an import: its effect, the way such files were matched before, and text from the clipboard.
import { beforeEach, describe, expect, test } from 'vitest';
import type { ImportPlan, ImportPreview } from '../../shared/contacts/import-plan.ts';
import { inEnglish } from '../../shared/text.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { row } from '../../src-main/store/database.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { dump, importFile, inspect, type Folder, type ImportCalls, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let calls: ImportCalls;
stageForEach((stage) => ({ workspace, folder, calls } = stage));

const csv = (...lines: string[]): string => folder.write('people.csv', `${lines.join('\n')}\n`);

async function preview(file: string, changes: Partial<ImportPlan> = {}): Promise<ImportPreview> {
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: false });
  return await calls['imports.preview']({ file, plan: { ...plan, ...changes } });
}

describe('the effect', () => {
  const source = { consent: { channel: 'email', source: 'fair' } } as const;
  const file = () => csv('email;first_name;Points;Born;consent', 'ada@x.dk;New;1234,5;1990-01-02;yes', 'bo@x.dk;Bo;;;', 'gone@x.dk;Gone;;;yes', 'here@x.dk;Here;;;yes', 'bad;;;;', 'bo@x.dk;Bo 2;;;no');

  beforeEach(() => {
    addContact(workspace, { email: 'ada@x.dk', first_name: 'Old' });
    for (const address of ['gone@x.dk', 'here@x.dk']) addSuppression(workspace, { channel: 'email', address, reason: 'asked', source: 'user' });
    addContact(workspace, { email: 'here@x.dk' });
  });

  test('fields before and after, who is new, who is not taken and why, who is suppressed; and nothing is written', async () => {
    const before = dump(workspace);
    const seen = await preview(file(), { ...source, tags: ['fair'] });
    expect(dump(workspace)).toBe(before);
    expect(seen).toMatchObject({ cancelled: false, flows: [], fields: 5 });
    expect(seen.updated[0]).toEqual({
      line: 2,
      name: 'ada@x.dk',
      contact: 1,
      changes: [
        { attribute: 'first_name', label: 'First name', before: 'Old', after: 'New' },
        { attribute: 'points', label: 'Points', before: null, after: '1.234,5' },
        { attribute: 'born', label: 'Born', before: null, after: '2. jan. 1990' },
      ],
      tags: ['fair'],
      consents: [{ channel: 'email', given: true }],
    });
    expect(seen.updated.map(({ name, contact }) => [name, contact])).toEqual([['ada@x.dk', 1], ['here@x.dk', 2], ['bo@x.dk', null]]);
    expect(seen.added.map(({ line, name, contact }) => [line, name, contact])).toEqual([[3, 'bo@x.dk', null]]);
    expect(seen.notTaken.map(({ line, name, outcome, reasons }) => `${line} ${name} ${outcome}: ${inEnglish(reasons[0]!)}`)).toEqual([
      '4 gone@x.dk skipped: The address is suppressed: nothing may be sent to it, so no contact is made.',
      '6 bad rejected: email: "bad" has no @, so it is not an e-mail address.',
    ]);
    expect(seen.suppressed.map(({ line, name }) => [line, name])).toEqual([[4, 'gone@x.dk'], [5, 'here@x.dk']]);
  });

  test('its counts are those of the import', async () => {
    const changes = { ...source, duplicates: 'first' } as const;
    const seen = await preview(file(), changes);
    const done = await importFile(workspace, file(), changes);
    expect(seen.counts).toEqual(done.counts);
  });

  test('at most ten of a kind, of a long file; a new preview stops the one before', async () => {
    const long = csv('email;first_name', ...Array.from({ length: 30_000 }, (_, n) => `p${n}@x.dk;P${n}`));
    const { plan } = await calls['imports.inspect']({ file: long, reading: {}, kind: 'contacts', useProfile: false });
    const first = calls['imports.preview']({ file: long, plan });
    const second = await calls['imports.preview']({ file: long, plan });
    expect(await first).toMatchObject({ cancelled: true });
    expect(second).toMatchObject({ cancelled: false, counts: { rows: 30_000, added: 30_000 } });
    expect(second.added).toHaveLength(10);
  });

  test('which flows would start, with how many contacts and mails; only where the plan lets them', async () => {
    const flows = flowHandlers(workspace);
    const flow = {
      kanalFlow: 1,
      name: 'Welcome',
      triggers: [{ id: 't', type: 'contactAdded', config: {} }],
      steps: [{ id: 'mail', type: 'sendEmail', config: { message: 'hi' } }, { id: 'wait', type: 'wait', config: { duration: { amount: 1, unit: 'days' } } }, { id: 'mail2', type: 'sendEmail', config: { message: 'hi' } }],
      edges: [{ from: 'start', outlet: 'next', to: 'mail' }, { from: 'mail', outlet: 'next', to: 'wait' }, { from: 'wait', outlet: 'next', to: 'mail2' }],
      messages: [{ key: 'hi', name: 'Hi', subject: 'Hi', body: '<p>Hello</p>' }],
    };
    const { id } = await flows['flows.importFile']({ text: JSON.stringify(flow), fileName: 'welcome.kanalflow' });
    await flows['flows.publish']({ flow: id });
    const before = dump(workspace);
    const people = csv('email;consent', 'new1@x.dk;yes', 'new2@x.dk;yes', 'ada@x.dk;yes');
    expect((await preview(people, source)).flows).toEqual([]);
    expect((await preview(people, { ...source, startFlows: true })).flows).toEqual([{ flow: id, name: 'Welcome', contacts: 2, mails: 2 }]);
    expect(dump(workspace)).toBe(before);
  });
});

describe('how such files were matched before', () => {
  test('is proposed for the same headers in any order, and the user can do without', async () => {
    const file = csv('Kolumna A;Kolumna B;By', 'ada@x.dk;Ada;Aarhus');
    const { plan } = await inspect(workspace, file);
    const columns = plan.columns.map((column) => (column.header === 'Kolumna B' ? { ...column, target: { kind: 'attribute', attribute: 'first_name' } as const, existing: 'fill' as const } : column));
    await importFile(workspace, file, { columns, duplicates: 'last', tags: ['once'], startFlows: true, consent: { channel: 'email', source: 'fair' } });
    const other = folder.write('next week.csv', 'By;Kolumna B;Kolumna A\nOdense;Bo;bo@x.dk\n');
    const again = await inspect(workspace, other);
    expect(again.profile).toEqual({ key: expect.any(String), name: 'people.csv' });
    expect(again.plan).toMatchObject({ duplicates: 'last', tags: [], startFlows: false, consent: null });
    expect(again.plan.columns).toEqual([
      { header: 'By', target: { kind: 'attribute', attribute: 'by' } },
      { header: 'Kolumna B', target: { kind: 'attribute', attribute: 'first_name' }, existing: 'fill' },
      { header: 'Kolumna A', target: { kind: 'attribute', attribute: 'email' } },
    ]);
    expect(again.columns.map(({ confidence }) => confidence)).toEqual(['certain', 'certain', 'certain']);
    const without = await calls['imports.inspect']({ file: other, reading: {}, kind: 'contacts', useProfile: false });
    expect(without).toMatchObject({ profile: null });
    expect(without.plan.columns[1]!.target).toMatchObject({ kind: 'newAttribute' });
    expect((await inspect(workspace, folder.write('x.csv', 'By;Kolumna B;Kolumna C\nOdense;Bo;bo@x.dk\n'))).profile).toBeNull();
  });

  test('can be renamed and forgotten; what was not carried out is not remembered', async () => {
    const file = csv('email;Ting', 'ada@x.dk;1');
    await importFile(workspace, file, {}, { dryRun: true });
    expect(await calls['imports.profiles']({})).toEqual([]);
    await importFile(workspace, file);
    const [profile] = await calls['imports.profiles']({});
    expect(profile).toMatchObject({ name: 'people.csv', headers: ['email', 'Ting'], usedAt: workspace.clock.now() });
    await calls['imports.renameProfile']({ key: profile!.key, name: 'Butikken' });
    expect((await inspect(workspace, file)).profile).toMatchObject({ name: 'Butikken' });
    await importFile(workspace, file);
    expect(await calls['imports.profiles']({})).toMatchObject([{ name: 'Butikken' }]);
    await calls['imports.forgetProfile']({ key: profile!.key });
    expect((await inspect(workspace, file)).profile).toBeNull();
    await expect(async () => calls['imports.renameProfile']({ key: profile!.key, name: 'x' })).rejects.toThrow('not remembered any more');
  });

  test('settles what the file leaves open: the order of day and month', async () => {
    const file = csv('email;Born', 'ada@x.dk;03/04/2020');
    const { plan, reading } = await inspect(workspace, file);
    expect(reading).toMatchObject({ dateOrder: 'dmy', sure: false });
    await importFile(workspace, file, { reading: { ...plan.reading, dateOrder: 'mdy' } });
    expect((await inspect(workspace, file)).reading).toMatchObject({ dateOrder: 'mdy', sure: true });
    expect(row(workspace.db, 'SELECT a_born AS born FROM contacts')).toEqual({ born: '2020-03-04' });
  });
});

test('text from the clipboard is a file like any other', async () => {
  const { file } = await calls['imports.fromText']({ text: 'E-mail\tFornavn\nåse@x.dk\tÅse\nbo@x.dk\tBo\n' });
  expect((await inspect(workspace, file)).reading).toMatchObject({ separator: '\t', encoding: 'utf8' });
  expect((await importFile(workspace, file)).counts).toMatchObject({ rows: 2, added: 1, rejected: 1 });
});

test('what was confirmed is what is done: a file that was changed since its preview is refused, and leaves no trace', async () => {
  const file = csv('email', 'ada@x.dk');
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const { stamp } = await calls['imports.preview']({ file, plan });
  csv('email', 'ada@x.dk', 'bo@x.dk');
  const start = (given: string | null) => calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false, stamp: given });
  await expect(async () => start(stamp)).rejects.toThrow('people.csv was changed since it was checked. Look at its numbers once more, and import it then.');
  expect(await calls['imports.list']({})).toEqual([]);
  const again = await calls['imports.preview']({ file, plan });
  expect((await calls['imports.wait'](await start(again.stamp))).counts).toEqual(again.counts);
});
