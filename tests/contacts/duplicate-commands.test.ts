// Duplicates on the command line: listed with reasons, merged by address or number, listed again, and taken back.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { duplicateCommands } from '../../src-main/commands/duplicates.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { duplicateHandlers } from '../../src-main/handlers/duplicates.ts';
import { commandsOver, type CommandLine } from '../command-line.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
let ada: number;
let twin: number;
beforeEach(() => {
  workspace = testWorkspace();
  ada = addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada', last_name: 'Lund', phone: '+4520123456' });
  twin = addContact(workspace, { email: 'ada+b@x.dk', first_name: 'Ada', last_name: 'Lund', phone: '+4520123456', language: 'da' });
  addContact(workspace, { email: 'bo@x.dk' });
});
afterEach(() => workspace.close());

const kanal: CommandLine = (...words) => commandsOver(duplicateCommands, { ...contactHandlers(workspace), ...duplicateHandlers(workspace) })(...words);

test('listed with what speaks for it, the one that stays first', async () => {
  const { human, json } = await kanal('duplicates', []);
  expect(human).toBe(
    [
      'certain: The same phone number: +4520123456; Addresses that differ only after a plus sign: ada@x.dk and ada+b@x.dk; The same name: Ada Lund',
      `  ${ada}  Ada Lund · ada@x.dk · +4520123456`,
      `  ${twin}  Ada Lund · ada+b@x.dk · +4520123456`,
      '1 group',
    ].join('\n'),
  );
  expect(json).toMatchObject({ total: 1, groups: [{ grade: 'certain', contacts: [{ id: ada }, { id: twin }] }] });
  expect((await kanal('duplicates', [], { grade: 'likely' })).human).toBe('0 groups');
  await expect(kanal('duplicates', [], { grade: 'sure' })).rejects.toThrow('sure');
});

test('merged by address, found again in the list, and taken back by number', async () => {
  expect((await kanal('merge', ['ada@x.dk', String(twin)])).json).toEqual({ merge: 1, survivor: ada, other: twin });
  expect((await kanal('merges', [])).human).toContain('Ada Lund (ada+b@x.dk) into Ada Lund');
  expect((await kanal('undo-merge', ['1'])).human).toBe('Ada Lund (ada+b@x.dk) is a contact of its own again.');
  await expect(kanal('undo-merge', ['1'])).rejects.toThrow('no merge number 1');
  await expect(kanal('undo-merge', ['one'])).rejects.toThrow('number of a merge');
  await expect(kanal('merge', ['ada@x.dk', 'nobody@x.dk'])).rejects.toThrow('no contact with the address nobody@x.dk');
  await expect(kanal('merge', ['ada@x.dk', 'ada@x.dk'])).rejects.toThrow('with itself');
});

test('all that are certain in one go', async () => {
  expect((await kanal('duplicates', [], { 'merge-certain': true })).human).toBe('1 merged.');
  expect((await kanal('duplicates', [])).human).toBe('0 groups');
});
