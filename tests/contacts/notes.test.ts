// Notes on a contact, through the gate.
import { beforeEach, expect, test } from 'vitest';
import type { Answer, CallInput, CallName, CallOutput } from '../../shared/api.ts';
import { inEnglish } from '../../shared/text.ts';
import { HOUR } from '../../shared/time.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
import { contactHistoryHandlers } from '../../src-main/handlers/contact-history.ts';
import { noteHandlers } from '../../src-main/handlers/notes.ts';
import { addContact, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let answer: (method: string, input: unknown) => Promise<Answer>;
let ada: number;

beforeEach(() => {
  workspace = testWorkspace();
  ada = addContact(workspace, { email: 'ada@example.com' });
  answer = createDispatch({ ...noteHandlers(workspace), ...contactHistoryHandlers(workspace) } as Handlers, (message, error) => {
    throw new Error(message, { cause: error });
  });
});

async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
  const got = await answer(name, input);
  if (!('value' in got)) throw new Error(JSON.stringify(got));
  return got.value as CallOutput<Name>;
}

async function refusal<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<string> {
  const got = await answer(name, input);
  return 'problems' in got ? got.problems.map(({ text }) => inEnglish(text)).join() : 'not refused';
}

test('a note is written, edited, pinned and removed; pinned ones come first, then the latest', async () => {
  const { id: one } = await call('notes.add', { contact: ada, text: '  Calls back on Monday \n' });
  workspace.clock.setTo(TEST_NOW + HOUR);
  const { id: two } = await call('notes.add', { contact: ada, text: 'Has a dog' });
  expect(await call('notes.list', { contact: ada })).toEqual([
    { id: two, text: 'Has a dog', pinned: false, source: 'user', flowName: null, createdAt: TEST_NOW + HOUR, editedAt: null },
    { id: one, text: 'Calls back on Monday', pinned: false, source: 'user', flowName: null, createdAt: TEST_NOW, editedAt: null },
  ]);
  await call('notes.update', { id: one, pinned: true });
  await call('notes.update', { id: two, text: 'Has two dogs' });
  expect((await call('notes.list', { contact: ada })).map(({ text, editedAt }) => [text, editedAt])).toEqual([['Calls back on Monday', null], ['Has two dogs', TEST_NOW + HOUR]]);
  await call('notes.remove', { id: one });
  expect(await call('notes.list', { contact: ada })).toMatchObject([{ id: two }]);
});

test('that a note was written is in the timeline; what it says is not, so that removing it removes it', async () => {
  const { id } = await call('notes.add', { contact: ada, text: 'A secret' });
  await call('notes.remove', { id });
  const timeline = await call('contacts.timeline', { id: ada, group: 'people' });
  expect(timeline).toMatchObject([{ type: 'note_added', data: { note: id } }]);
  expect(JSON.stringify(workspace.db.prepare('SELECT * FROM events').all())).not.toContain('A secret');
});

test('the same words again are no edit', async () => {
  const { id } = await call('notes.add', { contact: ada, text: 'x' });
  await call('notes.update', { id, text: 'x' });
  expect((await call('notes.list', { contact: ada }))[0]!.editedAt).toBeNull();
});

test('blank notes, unknown notes and unknown contacts are refused; a contact takes their notes along', async () => {
  expect(await refusal('notes.add', { contact: ada, text: ' \n ' })).toContain('notes.add: text is not valid');
  expect(await refusal('notes.add', { contact: 99, text: 'x' })).toContain('no contact number 99');
  expect(await refusal('notes.list', { contact: 99 })).toContain('no contact number 99');
  expect(await refusal('notes.update', { id: 7, text: 'x' })).toContain('no note number 7');
  expect(await refusal('notes.remove', { id: 7 })).toContain('no note number 7');
  await call('notes.add', { contact: ada, text: 'x' });
  workspace.db.prepare('DELETE FROM contacts WHERE id = ?').run(ada);
  expect(workspace.db.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(0);
});
