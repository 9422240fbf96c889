// The built desktop program on the stand-in, in the background: its icon beside the clock, the emergency stop without a window,
// closing, quitting, waking up, starting with the computer (UX 2.7, FEATURES A14.4 and A14.16).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry, RunnerStatus } from '../../shared/api.ts';
import { findBrowser } from '../../src-main/launch/browser.mjs';
import { desktop, untilTrue, type Desktop } from './machines.ts';

type Recorded = {
  tray: { image: string; tooltip: string; menu: { label?: string; enabled?: boolean }[] } | null;
  questions: { message: string; buttons: string[] }[];
  notices: string[];
  windows: number;
};

const FLOW = {
  kanalFlow: 1,
  name: 'Waits',
  triggers: [{ id: 'a', type: 'contactAdded', config: {} }],
  steps: [{ id: 'wait', type: 'wait', config: { duration: { amount: 2, unit: 'days' } } }],
  edges: [{ from: 'start', outlet: 'next', to: 'wait' }],
};

/** A folder with a `gdbus` in it that says what a desktop with, or without, a place for icons says. */
function panel(folder: string, shows: boolean): NodeJS.ProcessEnv {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'gdbus'), `#!/bin/sh\necho '(<${shows}>,)'\n`, { mode: 0o755 });
  return { PATH: `${programs}${delimiter}${process.env['PATH']}` };
}

async function goLive(program: Desktop): Promise<void> {
  const imported = (await program.call('flows.importFile', { text: JSON.stringify(FLOW), fileName: 'waits.kanalflow' })) as { value: { id: number } };
  expect(await program.call('flows.publish', { flow: imported.value.id })).toHaveProperty('value');
}

const recorded = (program: Desktop) => program.ask<Recorded>('record');
const lines = async (program: Desktop) => (await recorded(program)).tray?.menu.map(({ label }) => label ?? '') ?? [];
const shows = (program: Desktop, line: string | RegExp) => untilTrue(async () => (await lines(program)).some((label) => (typeof line === 'string' ? label === line : line.test(label))));

describe.skipIf(findBrowser() === null || process.platform !== 'linux')('where a panel shows icons', () => {
  let folder: string;
  let file: string;
  let environment: NodeJS.ProcessEnv;
  let program: Desktop;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kanal-background-'));
    file = join(folder, 'client.kanal');
    environment = panel(folder, true);
    program = await desktop(folder, [], environment);
    await program.call('workspace.create', { name: 'Bakery & Sons', file, timeZone: 'Europe/Copenhagen', locale: 'da-DK', sample: false });
    // The program may have to be built first.
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('no icon before there is anything to stop; the first live flow brings it, and the question', async () => {
    expect((await recorded(program)).tray).toBeNull();
    await program.ask('answerDialogs', 'Keep running');
    // Nobody publishes within a second of making a workspace: the program has seen it without a flow by then.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await goLive(program);
    await shows(program, 'Running: 1 flow, nothing due');
    const { questions, tray } = await recorded(program);
    expect(questions.map(({ message }) => message)).toEqual(['Keep Kanal running in the background, so that mails go out on time?']);
    expect(tray!.menu[0]).toEqual({ label: 'Bakery && Sons', enabled: false });
    expect(tray!.image).toMatch(/assets\/tray\/linux\/running\.png$/);
    expect(existsSync(tray!.image)).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'data', 'desktop.json'), 'utf8'))).toMatchObject({ keepRunning: true, explained: true });
  });

  test('the menu speaks the language of the window', async () => {
    await program.ask('evaluate', `window.kanal.desktop({ language: 'da' })`);
    await shows(program, 'Kører: 1 flow, intet planlagt');
    await shows(program, 'Stop alt nu');
    await expect(program.ask('evaluate', `window.kanal.desktop({ language: 'da', more: 1 })`)).rejects.toThrow();
    await program.ask('evaluate', `window.kanal.desktop({ language: 'en' })`);
  });

  test('the window closes, the machine goes on: somebody who comes in meanwhile is seen in the menu', async () => {
    await program.call('contacts.add', { values: { email: 'ada@example.com' } });
    await shows(program, /^Running: 1 flow, next on /);
    await program.ask('closeWindow');
    await untilTrue(async () => (await recorded(program)).windows === 0);
    expect((await recorded(program)).tray).not.toBeNull();
  });

  test('the emergency stop works without a window; it is audited, and the window says so afterwards', async () => {
    await program.ask('chooseInTray', 'Stop everything now');
    await shows(program, /^Stopped since /);
    const { tray, notices, windows } = await recorded(program);
    expect([windows, tray!.image.endsWith('stopped.png'), notices.some((text) => text.startsWith('Everything is stopped'))]).toEqual([0, true, true]);
    await program.ask('clickTray');
    await program.windowAnswers();
    const { value: status } = (await program.call('runner.status', {})) as { value: RunnerStatus };
    expect(status).toMatchObject({ running: false, liveFlows: 1, stopped: { from: 'tray' } });
    const { value: audit } = (await program.call('audit.list', { limit: 1 })) as { value: AuditEntry[] };
    expect(audit).toMatchObject([{ actor: 'user', action: 'everything-stopped', details: { from: 'tray' } }]);
    await untilTrue(() => program.ask<boolean>('evaluate', `document.body.innerText.includes('Everything has been stopped since')`));
  });

  test('it starts again from there', async () => {
    await program.ask('chooseInTray', 'Start everything again');
    await shows(program, /^Running: 1 flow/);
    await untilTrue(() => program.ask<boolean>('evaluate', `!document.body.innerText.includes('Everything has been stopped since')`));
  });

  test('sleep, waking and locks, doubled, alone or in any order, change nothing', async () => {
    for (const event of ['resume', 'resume', 'suspend', 'unlock-screen', 'lock-screen', 'resume', 'suspend', 'suspend']) await program.ask('power', event);
    expect(await program.call('runner.status', {})).toMatchObject({ value: { running: true, liveFlows: 1 } });
  });

  test('a second start shows the window again; one of the login does not', async () => {
    await program.ask('closeWindow');
    await untilTrue(async () => (await recorded(program)).windows === 0);
    await program.ask('secondInstance', ['kanal', '--in-background']);
    expect((await recorded(program)).windows).toBe(0);
    await program.ask('secondInstance', ['kanal']);
    await untilTrue(async () => (await recorded(program)).windows === 1);
    await program.windowAnswers();
  });

  test('a double click on another client’s file would stop this one: asked first', async () => {
    await program.ask('answerDialogs', 'Cancel');
    await program.ask('secondInstance', ['kanal', join(folder, 'other.kanal')]);
    await untilTrue(async () => (await recorded(program)).questions.at(-1)!.message.startsWith('Bakery & Sons: 1 flow is running.'));
    expect(await program.call('workspace.current', {})).toMatchObject({ value: { file } });
  });

  test('quitting asks, because a flow runs: no means no, and then it ends at once', async () => {
    await program.ask('answerDialogs', 'Cancel');
    await program.ask('quit');
    await untilTrue(async () => (await recorded(program)).questions.at(-1)!.message.startsWith('1 flow is running. Quit'));
    expect(await program.call('workspace.current', {})).toMatchObject({ value: { file } });
    await program.ask('answerDialogs', 'Quit Kanal');
    await program.close();
    expect(await program.ended).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('started with the computer: no window, the workspace of last time, and its flows run', async () => {
    const unseen = await desktop(folder, ['--in-background'], environment);
    await shows(unseen, /^Running: 1 flow, next on /);
    expect((await recorded(unseen)).windows).toBe(0);
    await unseen.ask('answerDialogs', 'Quit Kanal');
    await unseen.ask('chooseInTray', 'Quit Kanal').catch(() => undefined);
    expect(await unseen.ended).toBe(0);
  });
}, 120_000);

test.skipIf(findBrowser() === null || process.platform !== 'linux')(
  'where no panel shows icons it never goes on unseen: closing asks, even at a start with the computer there is a window; a signal asks nobody',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kanal-background-'));
    const program = await desktop(folder, ['--in-background'], panel(folder, false));
    await program.windowAnswers();
    await program.call('workspace.create', { name: 'Client', file: join(folder, 'client.kanal'), timeZone: null, locale: null, sample: false });
    await goLive(program);
    await untilTrue(async () => ((await program.call('runner.status', {})) as { value: RunnerStatus }).value.liveFlows === 1);
    await program.ask('answerDialogs', 'Cancel');
    await program.ask('closeWindow');
    await untilTrue(async () => (await recorded(program)).questions.length === 1);
    expect(await recorded(program)).toMatchObject({ tray: null, windows: 1, questions: [{ message: '1 flow is running. Quit Kanal all the same?', buttons: ['Quit Kanal', 'Cancel'] }] });
    await program.ask('signal', 'SIGTERM').catch(() => undefined);
    expect(await program.ended).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  },
  120_000,
);
