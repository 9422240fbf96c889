// The machine's process dies, and what then happens: calls are answered, it comes back with its file, and not for ever (F48).
import { beforeEach, expect, test } from 'vitest';
import type { Answer, MachineEvent } from '../../shared/api.ts';
import type { Clock } from '../../src-main/clock.ts';
import { superviseMachine, type FromMachine, type Machine, type MachineChild, type ToMachine } from '../../src-main/machine-process.ts';

type FakeChild = MachineChild & { got: ToMachine[]; say(message: FromMachine): void; die(code: number | null): void; killed: boolean };

let now: number;
let timers: { at: number; act: () => void }[];
let children: FakeChild[];
let told: MachineEvent[];
let kept: [string, string | null][];
let machine: Machine;

const clock: Clock = {
  now: () => now,
  after(ms, act) {
    const timer = { at: now + ms, act };
    timers.push(timer);
    return () => void (timers = timers.filter((other) => other !== timer));
  },
};

async function pass(ms: number): Promise<void> {
  now += ms;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { act } of due) act();
  await settle();
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function fork(): FakeChild {
  let hear: (message: FromMachine) => void = () => undefined;
  let exit: (code: number | null) => void = () => undefined;
  const child: FakeChild = {
    got: [],
    killed: false,
    post: (message) => void child.got.push(message),
    onMessage: (listener) => void (hear = listener),
    onExit: (listener) => void (exit = listener),
    kill: () => void (child.killed = true),
    say: (message) => hear(message),
    die: (code) => exit(code),
  };
  children.push(child);
  return child;
}

const latest = () => children.at(-1)!;
/** The calls that the latest process was asked, without their ids. */
const asked = () => latest().got.flatMap((message) => (message.kind === 'call' ? [message.method] : []));

/** Answers the last call of the latest process. */
function answerLast(answer: Answer): void {
  const last = latest().got.findLast((message) => message.kind === 'call')!;
  latest().say({ kind: 'answer', id: last.id, answer });
}

beforeEach(() => {
  now = 1_000_000;
  [timers, children, told, kept] = [[], [], [], []];
  machine = superviseMachine({
    fork,
    start: () => ({ dataFolder: '/data', documentsFolder: '/documents', secrets: { a: 'b' } }),
    clock,
    log: () => undefined,
    tell: (event) => told.push(event),
    keep: (key, secret) => kept.push([key, secret]),
  });
});

test('a call goes over and its answer comes back; events and passwords are passed on', async () => {
  expect(latest().got[0]).toEqual({ kind: 'start', start: { dataFolder: '/data', documentsFolder: '/documents', secrets: { a: 'b' } } });
  const answer = machine.call('flows.list', {});
  answerLast({ value: [] });
  expect(await answer).toEqual({ value: [] });
  latest().say({ kind: 'event', event: { type: 'changed', topics: ['flows'] } });
  latest().say({ kind: 'secret', key: 'account-1', secret: 'x' });
  expect([told, kept]).toEqual([[{ type: 'changed', topics: ['flows'] }], [['account-1', 'x']]]);
});

test('F48: dies: what was asked is answered with a problem; after a pause it comes back with its file, and the window reads again', async () => {
  const opened = machine.call('workspace.open', { file: '/a.kanal' });
  answerLast({ value: { file: '/a.kanal' } });
  await opened;
  const lost = machine.call('flows.list', {});
  latest().die(139);
  expect(await lost).toMatchObject({ problems: [{ code: 'machine-restarted' }] });

  const waiting = machine.call('contacts.list', {});
  expect(children.length).toBe(1);
  await pass(200);
  expect(children.length).toBe(2);
  expect(asked()).toEqual(['workspace.open', 'contacts.list']);
  answerLast({ value: { total: 0, rows: [] } });
  expect(await waiting).toEqual({ value: { total: 0, rows: [] } });
  const reopening = latest().got.find((message) => message.kind === 'call')!;
  latest().say({ kind: 'answer', id: reopening.id, answer: { value: { file: '/a.kanal' } } });
  await settle();
  expect(told.at(-1)).toMatchObject({ type: 'changed', topics: expect.arrayContaining(['workspace', 'flows', 'runner']) as unknown });
});

test('a file that was closed is not opened again', async () => {
  for (const [method, value] of [
    ['workspace.open', { file: '/a.kanal' }],
    ['workspace.close', null],
  ] as const) {
    const done = machine.call(method, {});
    answerLast({ value });
    await done;
  }
  latest().die(1);
  await pass(200);
  expect(asked()).toEqual([]);
});

test('F48: three deaths within a minute: it stays down, and says so', async () => {
  latest().die(1);
  await pass(200);
  latest().die(1);
  await pass(200);
  expect(children.length, 'the second pause is longer').toBe(2);
  await pass(600);
  expect(children.length).toBe(3);
  latest().die(1);
  await pass(60_000);
  expect(children.length).toBe(3);
  expect(await machine.call('flows.list', {})).toMatchObject({ problems: [{ code: 'machine-down' }] });
});

test('deaths far apart are forgiven', async () => {
  for (let death = 0; death < 5; death++) {
    latest().die(1);
    await pass(200);
    await pass(60_000);
  }
  expect(children.length).toBe(6);
});

test('closing asks, waits, and ends by force only what does not listen', async () => {
  const closed = machine.close();
  expect(latest().got.at(-1)).toEqual({ kind: 'close' });
  await pass(9_999);
  expect(latest().killed).toBe(false);
  await pass(1);
  expect(latest().killed).toBe(true);
  latest().die(null);
  await closed;
  expect(children.length, 'not started again').toBe(1);
});
