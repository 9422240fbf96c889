// Bulk edits and flows: quiet unless it is said otherwise, also for segments that people come into because of them; what would
// start is told before, and is what then starts; taking back starts nothing. And the command line.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { manyCommands } from '../../src-main/commands/many.ts';
import { attributeHandlers } from '../../src-main/handlers/attributes.ts';
import { bulkEditHandlers } from '../../src-main/handlers/bulk-edits.ts';
import { companyHandlers } from '../../src-main/handlers/companies.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { rows } from '../../src-main/store/database.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { writeSettings } from '../../src-main/store/settings.ts';
import { commandsOver, type Answer } from '../command-line.ts';
import { flowOf, onTag, stage, tag, wait, type Stage } from '../runner/story.ts';
import { addContact } from '../workspace-fixture.ts';

let story: Stage;
beforeEach(() => {
  story = stage();
  addAttribute(story.workspace, { key: 'size', label: 'Size', kind: 'choice', choices: ['S', 'L'] });
  saveSegment(story.workspace, { key: 'big', name: 'Big', rule: { kind: 'attribute', attribute: 'size', operator: 'equals', value: 'L' } });
});
afterEach(() => story.workspace.close());

const whom = { contacts: null, rule: null, search: '' };
const entered = () => story.one('SELECT count(*) FROM enrollments');

test.each([[false, 0], [true, 4]])('startFlows %s: %i passages, by a tag and by a segment that the value leads into', async (startFlows, passages) => {
  story.live(flowOf({ name: 'Tagged', triggers: [onTag('vip')], steps: [tag('one')] }));
  story.live(flowOf({ name: 'Grown', triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'big' } }], steps: [tag('two')] }));
  addContact(story.workspace, { email: 'ada@x.dk' });
  addContact(story.workspace, { email: 'bo@x.dk' });
  await story.pass(0);
  const asked = { changes: [{ kind: 'addTag' as const, tag: 'vip' }, { kind: 'set' as const, attribute: 'size', value: 'L' }], whom, startFlows };
  const calls = bulkEditHandlers(story.workspace);
  const preview = await calls['bulkEdits.preview'](asked);
  expect(preview.flows.map(({ name, contacts }) => [name, contacts])).toEqual(startFlows ? [['Tagged', 2], ['Grown', 2]] : []);
  expect(entered()).toBe(0);
  const { bulkEdit } = await calls['bulkEdits.start'](asked);
  await calls['bulkEdits.wait']({ bulkEdit });
  await story.pass(1000);
  expect(entered()).toBe(passages);
  await calls['bulkEdits.undo']({ bulkEdit });
  await story.pass(1000);
  expect(entered()).toBe(passages);
  expect(story.one(`SELECT count(*) FROM contacts WHERE a_size IS NOT NULL`)).toBe(0);
});

async function kanal(name: string, options: CommandContext['options'] = {}, ...positionals: string[]): Promise<Answer> {
  const { workspace } = story;
  return await commandsOver(manyCommands, { ...attributeHandlers(workspace), ...bulkEditHandlers(workspace), ...companyHandlers(workspace), ...contactHandlers(workspace), ...segmentHandlers(workspace), ...settingsHandlers(workspace) })(name, positionals, options);
}

test('by the command line: looked at, done, listed, taken back', async () => {
  addContact(story.workspace, { email: 'ada@x.dk', size: 'S' });
  addContact(story.workspace, { email: 'bo@x.dk', size: 'L' });
  const options = { all: true, set: ['size=L'] };
  expect((await kanal('edit', { ...options, 'dry-run': true })).human).toBe('Would change 1 of 2; 1 skipped, because they are so already.\n  ada@x.dk: size S -> L');
  expect((await kanal('edit', options)).human).toContain('Edit 1: 1 changed, 1 skipped.');
  expect((await kanal('edits')).human).toContain('1 changed, 1 skipped  size = L');
  expect((await kanal('undo-edit', {}, '1')).human).toBe('Edit 1 is taken back: 1 have back what they had (1 values, 0 tags, 0 memberships), 0 keep something.');
  expect((await kanal('edits')).human).toContain('taken back');
  expect((await kanal('edit', { segment: 'Big', 'add-tag': ['vip'] })).json).toMatchObject({ counts: { changed: 1 } });
  await expect(kanal('edit', { set: ['size=L'] })).rejects.toThrow('Say who is changed');
  await expect(kanal('edit', { all: true })).rejects.toThrow('Say what is changed');
  await expect(kanal('edit', { all: true, set: ['size=XL'] })).rejects.toThrow('"XL" is not one of the choices');
  await expect(kanal('undo-edit', {}, 'x')).rejects.toThrow('not "x"');
});

test('attributes and companies by the command line', async () => {
  addContact(story.workspace, { email: 'ada@x.dk', company: 'Tea', size: 'S' });
  expect((await kanal('attributes', { add: ['points:number:Points'], rename: ['size=Shirt'], choices: ['size=M'] })).human).toMatch(/Added points\.\nsize is called Shirt\.\nsize has the choices S, L, M\.\n/);
  expect((await kanal('attributes', { kind: ['size:text'], 'dry-run': true, remove: ['points'] })).human).toMatch(/size would be text: 1 kept, 0 shortened, 0 lost\.\nRemoved points\./);
  await expect(kanal('attributes', { remove: ['size'] })).rejects.toThrow('Shirt is used by the segments “Big”');
  await expect(kanal('attributes', { add: ['x:colour'] })).rejects.toThrow('There is no kind "colour"');
  await expect(kanal('attributes', { add: ['1x:text'] })).rejects.toThrow('"1x" cannot be the key of an attribute. Use small letters');
  expect((await kanal('companies')).human).toBe('       1  Tea\n1 company');
  expect((await kanal('companies', { rename: 'tea=Nordic Tea' })).human).toBe('Edit 1: 1 contacts changed.\n       1  Nordic Tea\n1 company');
});

test('taking an edit back takes people out of the flows that it had sent them into, and nobody else', async () => {
  story.live(flowOf({ name: 'Tagged', triggers: [onTag('vip')], steps: [wait('one', 3), tag('two')] }));
  const early = addContact(story.workspace, { email: 'early@x.dk' });
  const ada = addContact(story.workspace, { email: 'ada@x.dk' });
  const bo = addContact(story.workspace, { email: 'bo@x.dk' });
  await contactHandlers(story.workspace)['contacts.tag']({ ids: [early], add: ['vip'], remove: [] });
  await story.pass(1000);
  const calls = bulkEditHandlers(story.workspace);
  const { bulkEdit } = await calls['bulkEdits.start']({ changes: [{ kind: 'addTag', tag: 'vip' }], whom: { ...whom, contacts: [early, ada, bo] }, startFlows: true });
  await calls['bulkEdits.wait']({ bulkEdit });
  await story.pass(1000);
  expect(await calls['bulkEdits.undoForecast']({ bulkEdit })).toEqual({ people: 2, messages: 0 });
  expect(await calls['bulkEdits.undo']({ bulkEdit })).toMatchObject({ restored: 2, tags: 2, takenOut: 2, cancelled: 0, kept: 0 });
  expect(rows(story.workspace.db, 'SELECT contact_id AS contact, state, exit_reason AS reason FROM enrollments ORDER BY contact_id')).toEqual([
    { contact: early, state: 'active', reason: null },
    { contact: ada, state: 'exited', reason: 'edit-undone' },
    { contact: bo, state: 'exited', reason: 'edit-undone' },
  ]);
  await story.pass(1000);
  expect(entered()).toBe(3);
  expect(await calls['bulkEdits.undoForecast']({ bulkEdit })).toEqual({ people: 0, messages: 0 });
});

test('taking an edit back gives up the places in line that it has given, and no others', async () => {
  story.live(flowOf({ triggers: [onTag('vip'), onTag('gold')], entry: { reentry: 'afterExit', reentryDays: 1, audience: null, whileInside: 'queue' }, steps: [wait('one', 3)] }));
  const [ada, bo] = ['ada@x.dk', 'bo@x.dk'].map((email) => addContact(story.workspace, { email, tags: ['gold'] })) as [number, number];
  await story.pass(1000);
  const calls = bulkEditHandlers(story.workspace);
  // Bo has taken his place by somebody's hand.
  await contactHandlers(story.workspace)['contacts.tag']({ ids: [bo], add: ['vip'], remove: [] });
  await story.pass(1000);
  const { bulkEdit } = await calls['bulkEdits.start']({ changes: [{ kind: 'addTag', tag: 'vip' }], whom: { ...whom, contacts: [ada, bo] }, startFlows: true });
  await calls['bulkEdits.wait']({ bulkEdit });
  await story.pass(1000);
  const inLine = () => rows(story.workspace.db, 'SELECT contact_id AS contact FROM waiting_entries ORDER BY contact_id');
  expect(inLine()).toEqual([{ contact: ada }, { contact: bo }]);
  await calls['bulkEdits.undo']({ bulkEdit });
  expect(inLine()).toEqual([{ contact: bo }]);
  await story.pass(7 * 24 * 3_600_000);
  expect(rows(story.workspace.db, 'SELECT contact_id AS contact FROM enrollments ORDER BY id')).toEqual([{ contact: ada }, { contact: bo }, { contact: bo }]);
});

test.each([true, false])('taking an edit back starts nothing by the segments that people come into again (it might start flows: %s)', async (startFlows) => {
  story.live(flowOf({ triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'big' } }], entry: { reentry: 'afterExit', reentryDays: 1, audience: null }, steps: [tag('one')] }));
  const ada = addContact(story.workspace, { email: 'ada@x.dk', size: 'L' });
  await story.pass(1000);
  const before = entered();
  const calls = bulkEditHandlers(story.workspace);
  const { bulkEdit } = await calls['bulkEdits.start']({ changes: [{ kind: 'set', attribute: 'size', value: 'S' }], whom: { ...whom, contacts: [ada] }, startFlows });
  await calls['bulkEdits.wait']({ bulkEdit });
  await story.pass(1000);
  await calls['bulkEdits.undo']({ bulkEdit });
  await story.pass(1000);
  expect(entered()).toBe(before);
});

test('on the desktop it is told when an edit has ended', async () => {
  addContact(story.workspace, { email: 'ada@x.dk' });
  writeSettings(story.workspace, { locale: 'pl-PL' });
  const calls = bulkEditHandlers(story.workspace);
  const { bulkEdit } = await calls['bulkEdits.start']({ changes: [{ kind: 'addTag', tag: 'vip' }], whom, startFlows: false });
  await calls['bulkEdits.wait']({ bulkEdit });
  expect(story.workspace.heard.filter(({ type }) => type === 'notice')).toEqual([{ type: 'notice', title: 'Zmiana wielu kontaktów jest gotowa.', body: 'Zmieniono 1 kontakt.' }]);
});
