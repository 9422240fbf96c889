// The commands that look ahead, as somebody types them: each over a real file, through the gate and in the simulating thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import type { SimulationResult } from '../../shared/simulation/simulation.ts';
import { createBackend } from '../../src-main/backend.ts';
import { systemClock } from '../../src-main/clock.ts';
import { assumptionsFrom } from '../../src-main/commands/assumed.ts';
import { backtestCommand } from '../../src-main/commands/backtest.ts';
import { coverCommand } from '../../src-main/commands/cover.ts';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { simulationCommands } from '../../src-main/commands/simulate.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { allMessages, saveMessage } from '../../src-main/store/messages.ts';
import { addContact, memorySecrets, testWorkspace } from '../workspace-fixture.ts';
import { cartFlow } from './simulation-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-looking-ahead-'));
const shop = join(folder, 'shop.kanal');

beforeAll(() => {
  const workspace = testWorkspace({ file: shop });
  for (const key of ['reminder', 'offer']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  publish(workspace, insertFlow(workspace, cartFlow()), cartFlow(), allMessages(workspace));
  for (let n = 0; n < 20; n++) addContact(workspace, { email: `p${n}@example.com`, consent: ['email'] });
  workspace.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints: for people, and as its JSON document. A ProblemError is thrown on. */
async function kanal(name: string, ...words: string[]): Promise<{ out: string; document: unknown }> {
  const command = [...simulationCommands, backtestCommand, coverCommand].find((each) => each.name === name)!;
  const { values, positionals } = parseArgs({ args: words, options: command.options ?? {}, allowPositionals: true });
  const printed = { out: '', document: undefined as unknown };
  const backend = createBackend({ clock: systemClock, dataFolder: join(folder, 'data'), documentsFolder: folder, secrets: memorySecrets(), log: () => undefined, openChannel: () => { throw new Error('A simulation opened a channel'); }, autoRun: false });
  const call: CommandContext['call'] = async (to, method, input) => {
    const answer = await to.call(method, input);
    if ('problems' in answer) throw new ProblemError(...answer.problems);
    if ('bug' in answer) throw new Error(answer.bug);
    return answer.value as never;
  };
  try {
    await command.run({
      positionals,
      options: values as CommandContext['options'],
      start: async () => backend,
      open: async (file) => (await call(backend, 'workspace.open', { file }), backend),
      call,
      print: (out, document) => Object.assign(printed, { out, document }),
      untilStopped: async () => undefined,
      progress: () => undefined,
    });
  } finally {
    await backend.close();
  }
  return printed;
}

describe('simulate', () => {
  test('says the same twice but for the instant at which it begins, and adds nothing to the file', async () => {
    const run = async () => (await kanal('simulate', shop, 'Cart', '--days', '5', '--everyone', '--seed', '3', '--assume', 'opened=0.5,clicked=10%')).document as SimulationResult;
    const first = await run();
    const second = await run();
    expect(first.people).toMatchObject({ chosen: 20, entered: 20 });
    expect(first.seed).toBe(3);
    expect(second.receivers.map(({ contact, got }) => [contact, got.map(({ message }) => message)])).toEqual(first.receivers.map(({ contact, got }) => [contact, got.map(({ message }) => message)]));
    // Whom the first run had taken in, the second could not have taken in again.
    expect(second.people.entered).toBe(20);
  }, 60_000);

  test.each([
    [['Cart'], /how many days/],
    [['Cart', '--days', '0'], /from 1 to 730/],
    [['Cart', '--days', '5', '--assume', 'read=1'], /"read=1" is no assumption/],
    [['Cart', '--days', '5', '--assume', 'opened=2'], /Shares lie between 0 and 1/],
    [['Cart', '--days', '5', '--everyone', '--segment', 'x'], /either --segment or --everyone/],
    [['Card', '--days', '5'], /no flow “Card”/],
  ])('%j is refused with what to do', async (words, sentence) => {
    await expect(kanal('simulate', shop, ...words)).rejects.toThrow(sentence);
  });

  test('assumptions for all messages, and for one', () => {
    expect(assumptionsFrom('opened=0.3, offer.clicked=5%')).toMatchObject({ everywhere: { opened: 0.3, openedHours: 5 }, messages: { offer: { clicked: 0.05 } } });
  });
});

test('try, preview, why and checks tell people what they found', async () => {
  expect((await kanal('try', shop, 'Cart', '--value', 'first_name=Ada', '--opens', 'reminder')).out).toMatch(/opened: Branch -> Yes[\s\S]*yes opened[\s\S]*finished/);
  await expect(kanal('try', shop, 'Cart', '--value', 'shoe=42')).rejects.toThrow('does not name an attribute');
  expect((await kanal('preview', shop, 'Cart')).out).toBe('Nobody is inside “Cart”.');
  expect((await kanal('preview', shop, 'Cart', '--keep')).out).toBe('Nobody is inside “Cart”.');
  expect((await kanal('preview', shop, 'Cart', '--existing', '--over', '2d')).out).toMatch(/^Nobody is inside “Cart”\.\nMatch already: 0\. Of these come in until .*: 0\.$/);
  await expect(kanal('preview', shop, 'Cart', '--over', '2d')).rejects.toThrow('--over says how to spread');
  expect((await kanal('why', shop, 'Cart', 'p1@example.com', 'offer')).out).toBe('The contact never came into the flow (no-trigger).');
  await expect(kanal('why', shop, 'Cart', 'p1@example.com', 'gone')).rejects.toThrow('There is no message "gone"');
  expect((await kanal('checks', shop)).out).toMatch('Nothing is stated');
  const file = join(folder, 'checks.json');
  writeFileSync(file, '[{"kind":"mostMessages","most":1,"days":7},{"kind":"neverAfterOptOut"}]');
  expect((await kanal('checks', shop, '--set', file, '--flow', 'Cart', '--everyone', '--days', '5')).out).toMatch(/FAILS {2}.*for 20 contacts[\s\S]*sent reminder\n.*sent offer[\s\S]*holds {2}.*neverAfterOptOut/);
  writeFileSync(file, '[{"kind":"mostMessages"}]');
  await expect(kanal('checks', shop, '--set', file)).rejects.toThrow('is no list of checks');
}, 60_000);

describe('backtest', () => {
  test('tells what a flow would have done, and what it cannot know', async () => {
    const { out, document } = await kanal('backtest', shop, 'Cart', '--from', '2026-03-01');
    expect(out).toMatch(/^“Cart” \(draft\) over what happened from 2026-02-28T23:00:00Z to .*Tested on a copy[\s\S]*0 contacts at the beginning and 20 who came later[\s\S]*What this cannot tell:/);
    expect(document).toMatchObject({ people: { entered: 0 }, history: { contactsLater: 20 } });
  });

  test.each([
    [['Cart', '--from', 'yesterday'], /--from must be a day such as/],
    [['Cart', '--from', '2999-01-01'], /end before it begins/],
    [['Cart', '--until', '2999-01-01'], /ends now at the latest/],
    [['Card'], /no flow “Card”/],
  ])('%j is refused with what to do', async (words, sentence) => {
    await expect(kanal('backtest', shop, ...words)).rejects.toThrow(sentence);
  });
}, 60_000);

test('cover lists the contacts to make, with what they do', async () => {
  const { out, document } = await kanal('cover', shop, 'Cart');
  expect(out).toMatch(/^“Cart”: 2 contacts walk 6 of 6 ways[\s\S]*messages: reminder="(opened|clicked)"[\s\S]*goes: reminder.next > two-days.next > opened.yes > keen.next[\s\S]*Unusual people:/);
  expect(document).toMatchObject({ red: [], smallest: true });
}, 60_000);
