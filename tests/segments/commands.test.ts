// The commands about segments through the gate: a rule from a file, a fixed set by addresses, and contacts by a segment's name.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { virtualClock } from '../../src-main/clock.ts';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { contactCommands } from '../../src-main/commands/contacts.ts';
import { flowCommands } from '../../src-main/commands/flows.ts';
import { segmentCommands } from '../../src-main/commands/segments.ts';
import { memorySecrets, TEST_NOW } from '../workspace-fixture.ts';

let folder: string;
let backend: Backend;
let file: string;
const said: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-segments-'));
  file = join(folder, 'w.kanal');
  backend = createBackend({
    clock: virtualClock(TEST_NOW),
    dataFolder: join(folder, 'data'),
    documentsFolder: folder,
    secrets: memorySecrets(),
    log: (message, error) => void said.push(`${message} ${String(error)}`),
    openChannel: () => {
      throw new Error('No mail leaves this test');
    },
    autoRun: false,
  });
  await call('workspace.create', { name: 'W', file, timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
  for (const name of ['ada', 'ben']) await call('contacts.add', { values: { email: `${name}@x.dk` } });
  writeFileSync(join(folder, 'rule.json'), JSON.stringify({ kind: 'attribute', attribute: 'email', operator: 'startsWith', value: 'a' }));
});
afterEach(async () => {
  await backend.close();
  rmSync(folder, { recursive: true, force: true });
});

const call: CommandContext['call'] extends (backend: Backend, ...rest: infer Rest) => unknown ? (...rest: Rest) => Promise<unknown> : never = async (name, input) => {
  const answer = await backend.call(name, input);
  if ('problems' in answer) throw new ProblemError(...answer.problems);
  if ('bug' in answer) throw new Error(answer.bug);
  return answer.value;
};

/** Runs a command line, and answers its JSON document; what it says to people is kept in `said`. */
async function kanal(...words: string[]): Promise<unknown> {
  const all = [...segmentCommands, ...contactCommands, ...flowCommands];
  const command = all.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name)!;
  const { values, positionals } = parseArgs({ args: words.slice(command.name.split(' ').length), options: command.options ?? {}, allowPositionals: true });
  let document: unknown;
  await command.run({
    positionals,
    options: values as CommandContext['options'],
    start: async () => backend,
    open: async () => backend,
    call: (_, name, input) => call(name, input) as never,
    print: (human, json) => {
      said.push(human);
      document = json;
    },
    untilStopped: async () => undefined,
    progress: (line) => void said.push(line),
  });
  return document;
}

test('a segment from a rule is added, listed in words, and found by its name wherever contacts are chosen', async () => {
  expect(await kanal('segment', 'add', file, 'Begins with A', '--rule', join(folder, 'rule.json'), '--track')).toEqual({ key: 'begins_with_a', size: 1 });
  expect(await kanal('segments', file)).toMatchObject([{ key: 'begins_with_a', track: true, size: 1 }]);
  expect(said.at(-1)).toContain('Begins with A (begins_with_a): E-mail starts with “a”');
  expect(await kanal('contacts', file, '--segment', 'begins with a')).toMatchObject({ total: 1 });
  const out = join(folder, 'out.csv');
  expect(await kanal('export', file, out, '--segment', 'begins_with_a')).toMatchObject({ rows: 1 });
  expect(readFileSync(out, 'utf8')).toContain('ada@x.dk');
  await expect(kanal('contacts', file, '--segment', 'Nobody')).rejects.toThrow('There are: “Begins with A”');
});

test('a fixed set is filled by addresses and by a rule, emptied, and removed', async () => {
  await kanal('segment', 'add', file, 'Fair');
  expect(await kanal('segment', 'fill', file, 'Fair', '--add', 'ben@x.dk', '--rule', join(folder, 'rule.json'))).toEqual({ added: 2, removed: 0 });
  expect(await kanal('segment', 'fill', file, 'fair', '--remove', 'BEN@x.dk')).toEqual({ added: 0, removed: 1 });
  await expect(kanal('segment', 'fill', file, 'fair', '--add', 'nobody@x.dk')).rejects.toThrow('nobody@x.dk');
  expect(await kanal('segment', 'remove', file, 'Fair')).toEqual({ key: 'fair' });
  await expect(kanal('segment', 'remove', file, 'Fair')).rejects.toThrow('no segments yet');
});

test('a file that is no rule is refused by its name', async () => {
  writeFileSync(join(folder, 'bad.json'), '{"kind": "nonsense"}');
  await expect(kanal('segment', 'add', file, 'Bad', '--rule', join(folder, 'bad.json'))).rejects.toThrow('is not a rule');
  await expect(kanal('segment', 'add', file, 'Bad', '--rule', join(folder, 'none.json'))).rejects.toThrow('Check the path');
});
