// The commands about tasks, as somebody types them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { virtualClock } from '../../src-main/clock.ts';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { simulationCommands } from '../../src-main/commands/simulate.ts';
import { taskCommands } from '../../src-main/commands/tasks.ts';
import { throughGate } from '../command-line.ts';
import { memorySecrets, TEST_NOW } from '../workspace-fixture.ts';
import { byHand, flowOf, tag } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-task-commands-'));
const file = join(folder, 'shop.kanal');
const clock = virtualClock(TEST_NOW);

function machine(): Backend {
  return createBackend({ clock, dataFolder: join(folder, 'data'), documentsFolder: folder, secrets: memorySecrets(), log: () => undefined, openChannel: () => { throw new Error('No account is used here'); }, autoRun: false });
}

/** The JSON document of the last command. */
let document: unknown;

/** What a command prints for people. */
async function kanal(...words: string[]): Promise<string> {
  const command = [...taskCommands, ...simulationCommands].find(({ name }) => name === words[0])!;
  const { values, positionals } = parseArgs({ args: words.slice(1), options: command.options ?? {}, allowPositionals: true });
  const opened: Backend[] = [];
  let printed = '';
  const start: CommandContext['start'] = async () => {
    const backend = machine();
    opened.push(backend);
    return backend;
  };
  try {
    await command.run({
      positionals,
      options: values as CommandContext['options'],
      start,
      async open(name) {
        const backend = await start();
        await throughGate(backend, 'workspace.open', { file: name });
        return backend;
      },
      call: throughGate,
      print(human, json) {
        printed = human;
        document = json;
      },
      progress: () => undefined,
      untilStopped: () => Promise.resolve(),
    });
  } finally {
    for (const backend of opened) await backend.close();
  }
  return printed;
}

/** Opens the workspace as the program would, and lets what is due happen. */
async function running(act: (backend: Backend) => Promise<void>): Promise<void> {
  const backend = machine();
  await throughGate(backend, 'workspace.open', { file });
  await act(backend);
  await backend.current()!.runner.runDue();
  await backend.close();
}

beforeAll(async () => {
  const backend = machine();
  await throughGate(backend, 'workspace.create', { name: 'Shop', file, timeZone: 'Europe/Copenhagen', locale: 'en-GB', sample: false });
  await backend.close();
  await running(async (opened) => {
    const ids = [];
    for (const name of ['Ada', 'Ben']) ids.push((await throughGate(opened, 'contacts.add', { values: { email: `${name.toLowerCase()}@example.com`, first_name: name } })).id);
    const { id } = await throughGate(opened, 'flows.create', { name: 'Follow-up' });
    const step = { id: 'call', type: 'task', config: { title: 'Call {{ contact.first_name }}', outcomes: [{ id: 'reached', label: 'Reached' }, { id: 'later', label: 'Later' }], due: { amount: 2, unit: 'days' } } };
    const flow = flowOf({ name: 'Follow-up', triggers: [byHand], steps: [step, tag('reached')], ways: ['call.reached > reached'] });
    await throughGate(opened, 'flows.saveDraft', { flow: id, revision: (await throughGate(opened, 'flows.get', { flow: id })).revision, draft: flow });
    await throughGate(opened, 'flows.publish', { flow: id });
    await throughGate(opened, 'flows.enroll', { flow: id, contacts: ids });
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('tasks are listed with their number and what can be answered, and decided by it', async () => {
  const listed = await kanal('tasks', file);
  expect(listed).toContain('2 in all; 2 open, 0 of them overdue.');
  expect(listed).toMatch(/1 {2}Call Ada {2}\(Ada, Follow-up, due 2026-03-04T08:00:00\.000Z\) {2}\[reached\|later\]/);
  expect(await kanal('decide', file, '1', 'reached', '--comment', 'Kind')).toBe('Task 1 is decided: reached.');
  await running(async () => undefined);
  await running(async (opened) => expect((await throughGate(opened, 'contacts.get', { id: 1 })).tags).toEqual(['reached']));
  expect(await kanal('tasks', file, '--state', 'done')).toContain('[decided: reached]');
  expect(await kanal('tasks', file, '--contact', 'ben@example.com', '--flow', 'Follow-up')).toContain('1 in all');
});

test('what cannot be decided is refused in words', async () => {
  await expect(kanal('decide', file, '2', 'never')).rejects.toThrow(/no outcome never. Choose one of: reached, later/);
  await expect(kanal('decide', file, 'two', 'later')).rejects.toThrow(/“two” is not the number of a task/);
  await expect(kanal('decide', file, '1', 'later')).rejects.toThrow(/decided already/);
  await expect(kanal('decide', file, '77', 'later')).rejects.toThrow(/no task number 77/);
  await expect(kanal('tasks', file, '--state', 'nonsense')).rejects.toThrow(/no state nonsense/);
  await expect(kanal('tasks', file, '--contact', 'x@example.com')).rejects.toThrow(/no contact with the address/);
});

test('the commands that look ahead take decisions', async () => {
  expect(await kanal('try', file, 'Follow-up', '--value', 'first_name=Cleo', '--decide', 'call=reached')).toContain('call: Task -> Reached');
  expect(await kanal('try', file, 'Follow-up')).toContain('call: Task -> Not decided in time');
  await expect(kanal('try', file, 'Follow-up', '--decide', 'call')).rejects.toThrow(/no decision. Write one like call=reached/);
  await expect(kanal('simulate', file, 'Follow-up', '--days', '5', '--decide', 'call=reached')).rejects.toThrow(/Write one like call=reached:0.4/);
  await expect(kanal('simulate', file, 'Follow-up', '--days', '5', '--decide', 'call=reached:1.4')).rejects.toThrow(/no decision/);
  // Ben stands before his card already.
  await kanal('simulate', file, 'Follow-up', '--days', '5', '--decide', 'call=later:1');
  expect(document).toMatchObject({ steps: { call: { left: { later: 1 } } } });
  await kanal('simulate', file, 'Follow-up', '--days', '5');
  expect(document).toMatchObject({ steps: { call: { left: { timedOut: 1 } } } });
});

test('what was overdue when nobody looked is closed, and says so', async () => {
  clock.setTo(TEST_NOW + 5 * DAY);
  await running(async () => undefined);
  expect(await kanal('tasks', file, '--state', 'closed')).toContain('[closed: timed-out]');
});
