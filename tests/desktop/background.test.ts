// The rules at work in virtual time, with a machine, a tray and a user that do what they are told: stopping everything without a
// window, closing and quitting, what is asked once, and a machine that hangs.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, RunnerStatus } from '../../shared/api.ts';
import { inEnglish } from '../../shared/text.ts';
import type { Clock } from '../../src-main/clock.ts';
import { createBackground, type Asked, type Background } from '../../src-main/desktop/background.ts';
import type { Preferences } from '../../src-main/desktop/preferences.ts';
import type { TrayAct } from '../../src-main/desktop/tray-menu.ts';
import type { TrayView } from '../../src-main/desktop/tray-view.ts';
import { NOON, STATUS, WORKSPACE } from './standing-fixture.ts';

let now: number;
let timers: { at: number; act: () => void }[];
let status: RunnerStatus;
let isOpen: boolean;
let trayHost: boolean;
let preferences: Preferences;
let calls: string[];
let machine: (method: string, input: unknown) => Promise<Answer>;
let view: TrayView | null;
let press: (act: TrayAct) => void;
let shows: number;
let questions: Asked[];
let answers: (string | null)[];
let ticks: boolean;
let told: string[];
let complaints: string[];
let ended: number;
let awake: boolean;
let background: Background;

const clock: Clock = {
  now: () => now,
  after(ms, act) {
    const timer = { at: now + ms, act };
    timers.push(timer);
    return () => void (timers = timers.filter((other) => other !== timer));
  },
};
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
async function pass(ms: number): Promise<void> {
  now += ms;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { act } of due) act();
  await settle();
}

/** The machine tells that something has changed, and the watch looks. */
async function changed(change: Partial<RunnerStatus>): Promise<void> {
  status = { ...status, ...change };
  background.hear({ type: 'changed', topics: ['runner'] });
  await pass(1000);
}

function start(platform = 'linux'): Promise<void> {
  background = createBackground({
    platform,
    clock,
    preferences: { get: () => preferences, change: (change) => void (preferences = { ...preferences, ...change }) },
    call: (method, input) => {
      calls.push(method);
      return machine(method, input);
    },
    translate: inEnglish,
    hasTrayHost: async () => trayHost,
    makeTray(act) {
      press = act;
      return {
        show: (next) => {
          view = next;
          shows++;
        },
        remove: () => void (view = null),
      };
    },
    async ask(question) {
      questions.push(question);
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`Nobody expected the question "${question.message}"`);
      return { button: answer === null ? question.cancel : question.buttons.indexOf(answer), ticked: ticks };
    },
    notify: (title) => told.push(title),
    complain: (text) => complaints.push(text),
    keepAwake: (on) => void (awake = on),
    window: { isOpen: () => isOpen, open: () => void (isOpen = true), destroy: () => void (isOpen = false) },
    quit: () => void ended++,
  });
  return background.begin();
}

beforeEach(() => {
  [now, timers, status, isOpen, trayHost] = [NOON, [], { ...STATUS, liveFlows: 3 }, true, true];
  preferences = { keepRunning: true, asksBeforeQuit: true, atLogin: false, language: null, explained: true };
  [calls, view, shows, questions, answers, ticks, told, complaints, ended, awake] = [[], null, 0, [], [], false, [], [], 0, false];
  machine = async (method, input) => {
    if (method === 'workspace.current') return { value: WORKSPACE };
    if (method === 'runner.stopAll') status = { ...status, running: false, stopped: { at: now, from: (input as { from: 'tray' }).from } };
    if (method === 'runner.startAll') status = { ...status, running: true, stopped: null };
    return { value: method === 'runner.status' ? status : null };
  };
});

const line = () => view?.items.flatMap((item) => (item.kind === 'line' ? [item.label] : []))[1];

/** Closes the window as its cross does, and lets what follows happen. */
async function close(): Promise<void> {
  if (background.mayCloseWindow()) isOpen = false;
  for (let turn = 0; turn < 4; turn++) await settle();
}

describe('the icon', () => {
  test('follows the machine, at most once a second, and is quiet when nothing is told', async () => {
    await start();
    expect([line(), shows]).toEqual(['Running: 3 flows, nothing due', 1]);
    calls.length = 0;
    for (let n = 0; n < 50; n++) background.hear({ type: 'changed', topics: ['counts', 'runner'] });
    await pass(1000);
    expect(calls).toEqual(['workspace.current', 'runner.status']);
    expect(shows, 'the same menu is not put there again').toBe(1);
    background.hear({ type: 'changed', topics: ['contacts'] });
    await pass(60_000);
    expect([calls.length, timers.length]).toEqual([2, 0]);
    await changed({ nextDueAt: now + 300_000 });
    expect(line()).toBe('Running: 3 flows, next at 13.06');
  });
  test('goes when the last live flow ends while the window is open', async () => {
    await start();
    await changed({ liveFlows: 0 });
    expect(view).toBeNull();
  });
});

describe('the computer is kept awake', () => {
  test('while mail leaves, and it says so; not a moment longer than is known', async () => {
    await start();
    expect(awake).toBe(false);
    await changed({ sending: true });
    expect([awake, view!.items.some((item) => item.kind === 'line' && item.label === 'Mail is leaving; the computer is kept awake')]).toEqual([true, true]);
    status = { ...status, sending: false };
    await pass(10_000);
    expect([awake, timers.length]).toEqual([false, 0]);
  });
  test('not after the program has been told to end', async () => {
    await start();
    await changed({ sending: true });
    background.quitUnasked();
    expect([awake, timers.length]).toEqual([false, 0]);
  });
});

describe('the emergency stop', () => {
  test('works without a window, says that it is stopping, tells when it has stopped; and everything can be started there again', async () => {
    let release: () => void = () => undefined;
    const before = machine;
    machine = async (method, input) => {
      if (method === 'runner.stopAll') await new Promise<void>((resolve) => (release = resolve));
      return before(method, input);
    };
    await start();
    await close();
    expect([isOpen, questions, ended]).toEqual([false, [], 0]);
    press('stop');
    expect(line()).toBe('Stopping …');
    press('stop');
    expect(calls.filter((call) => call === 'runner.stopAll'), 'pressed twice, stopped once').toHaveLength(1);
    await pass(5000);
    release();
    await settle();
    expect([line(), view!.icon, told]).toEqual(['Stopped since 13.00', 'stopped', ['Everything is stopped']]);
    expect(status.stopped).toEqual({ at: NOON + 5000, from: 'tray' });
    press('start');
    await settle();
    expect([line(), view!.icon]).toEqual(['Running: 3 flows, nothing due', 'running']);
    press('open');
    expect(isOpen).toBe(true);
  });
  test('that takes long says what else there is to do', async () => {
    await start();
    machine = () => new Promise(() => undefined);
    press('stop');
    await pass(19_000);
    expect(complaints).toEqual([]);
    await pass(1000);
    expect(complaints).toEqual(['Not everything has stopped yet. If you cannot wait, quit Kanal: then nothing more is sent.']);
  });
  test('that does not succeed says so, and can be pressed again', async () => {
    const before = machine;
    machine = (method, input) => (method === 'runner.stopAll' ? Promise.resolve({ bug: 'the disk is full' }) : before(method, input));
    await start();
    press('stop');
    await settle();
    expect([complaints, told, line()]).toEqual([['the disk is full'], [], 'Running: 3 flows, nothing due']);
    machine = before;
    press('stop');
    await settle();
    expect(line()).toBe('Stopped since 13.00');
  });
});

describe('closing the window', () => {
  test('asked for the first time: kept, it goes on without being asked again', async () => {
    preferences = { ...preferences, keepRunning: null, explained: false };
    answers = ['Keep running'];
    await start();
    await close();
    expect([isOpen, ended, preferences.keepRunning, view !== null]).toEqual([false, 0, true, true]);
    isOpen = true;
    await close();
    expect([isOpen, questions.length, told]).toEqual([false, 1, []]);
  });
  test.each<[string | null, boolean, number, boolean | null]>([
    ['Quit Kanal', true, 1, false],
    ['Cancel', true, 0, null],
    [null, true, 0, null],
  ])('asked for the first time: %s', async (answer, stays, ends, kept) => {
    preferences = { ...preferences, keepRunning: null, explained: false };
    answers = [answer];
    await start();
    await close();
    expect([isOpen, ended, preferences.keepRunning]).toEqual([stays, ends, kept]);
  });
  test('chosen in the settings: explained once', async () => {
    preferences = { ...preferences, explained: false };
    await start();
    await close();
    isOpen = true;
    await close();
    expect(told).toEqual(['Kanal goes on in the background']);
  });
  test('the panel has gone meanwhile: never hidden where nobody would find it', async () => {
    await start();
    trayHost = false;
    answers = ['Cancel'];
    await close();
    expect([isOpen, ended, questions[0]!.detail.includes('no icons')]).toEqual([true, 0, true]);
  });
  test('nothing runs: the program ends, and the window with it', async () => {
    status = { ...status, liveFlows: 0 };
    await start();
    await close();
    expect(ended).toBe(1);
    expect(background.mayCloseWindow(), 'now it may').toBe(true);
  });
  test('published a moment ago: what runs is asked for again', async () => {
    status = { ...status, liveFlows: 0 };
    await start();
    status = { ...status, liveFlows: 1 };
    await close();
    expect([isOpen, ended]).toEqual([false, 0]);
  });
  test('a machine that hangs keeps no window open', async () => {
    await start();
    machine = () => new Promise(() => undefined);
    await close();
    expect(isOpen).toBe(true);
    await pass(2000);
    expect(isOpen).toBe(false);
  });
});

describe('quitting', () => {
  test('flows run: asked; no means no, yes means yes', async () => {
    await start();
    answers = ['Cancel', 'Quit Kanal'];
    expect(background.mayQuit()).toBe(false);
    await settle();
    expect(ended).toBe(0);
    press('quit');
    await settle();
    expect([ended, background.mayQuit(), questions[1]!.message]).toEqual([1, true, '3 flows are running. Quit Kanal all the same?']);
  });
  test('asked no more when that was ticked', async () => {
    await start();
    [answers, ticks] = [['Quit Kanal'], true];
    background.mayQuit();
    await settle();
    expect([preferences.asksBeforeQuit, ended]).toEqual([false, 1]);
  });
  test('two wishes to quit are one question', async () => {
    await start();
    answers = ['Cancel'];
    background.mayQuit();
    background.mayQuit();
    await settle();
    expect(questions).toHaveLength(1);
  });
  test('the computer is shut down: nobody is asked, and the icon goes', async () => {
    await start();
    background.quitUnasked();
    expect([ended, questions, view, background.mayQuit(), background.mayCloseWindow()]).toEqual([1, [], null, true, true]);
    background.hear({ type: 'changed', topics: ['runner'] });
    await pass(5000);
    expect(view).toBeNull();
  });
});

test('the first flow goes live: asked once', async () => {
  preferences = { ...preferences, keepRunning: null, explained: false };
  status = { ...status, liveFlows: 0 };
  await start();
  answers = ['Keep running'];
  await changed({ liveFlows: 1 });
  expect([questions.length, preferences.keepRunning, preferences.explained, view !== null]).toEqual([1, true, true, true]);
  await changed({ liveFlows: 2 });
  expect(questions).toHaveLength(1);
});

test('the first flow goes live, and the question is waved away: nothing is decided, and closing asks again', async () => {
  preferences = { ...preferences, keepRunning: null, explained: false };
  status = { ...status, liveFlows: 0 };
  await start();
  answers = [null, 'Keep running'];
  await changed({ liveFlows: 1 });
  expect([questions.length, preferences.keepRunning]).toEqual([1, null]);
  await close();
  expect([isOpen, preferences.keepRunning]).toEqual([false, true]);
});

test('another workspace by a double click: its flows run instead, so that is asked', async () => {
  await start();
  answers = ['Cancel', 'Open the other one'];
  expect([await background.mayOpen('/other.kanal'), await background.mayOpen('/other.kanal'), await background.mayOpen(WORKSPACE.file)]).toEqual([false, true, true]);
});
