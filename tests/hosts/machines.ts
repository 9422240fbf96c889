// The ways to reach a machine, each behind the same few functions: in this process, over HTTP, through the desktop program.
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Answer, MachineEvent } from '../../shared/api.ts';
import { createBackend, type Backend, type BackendOptions } from '../../src-main/backend.ts';
import { systemClock } from '../../src-main/clock.ts';
import { startNodeHost } from '../../src-main/node.ts';
import { memorySecrets } from '../../src-main/secrets.ts';
import { buildProgram, root } from '../program.ts';

export type Reached = {
  call(method: unknown, input: unknown): Promise<Answer>;
  /** Everything heard so far. */
  heard: MachineEvent[];
  close(): Promise<void>;
};

const dist = join(root, 'dist');

/** A machine with its data in `folder`, on the real clock, that can reach no mail server. Fails on any bug that is logged. */
export function testBackend(folder: string, options: Partial<BackendOptions> = {}): Backend {
  return createBackend({
    clock: systemClock,
    dataFolder: join(folder, 'data'),
    documentsFolder: join(folder, 'documents'),
    secrets: memorySecrets(),
    log(message, error) {
      throw new Error(message, { cause: error });
    },
    openChannel: () => {
      throw new Error('No mail leaves a test');
    },
    autoRun: true,
    ...options,
  });
}

export async function inProcess(folder: string): Promise<Reached> {
  const backend = testBackend(folder);
  const heard: MachineEvent[] = [];
  backend.on((event) => heard.push(event));
  return { call: backend.call, heard, close: () => backend.close() };
}

export async function overHttp(folder: string): Promise<Reached> {
  const backend = testBackend(folder);
  const host = await startNodeHost({ backend, port: 0, staticFolder: join(dist, 'renderer'), log: () => undefined });
  const { origin, host: authority } = new URL(host.url);
  const heard: MachineEvent[] = [];
  const socket = new WebSocket(`ws://${authority}/events`, [`kanal.${host.token}`], { origin });
  socket.on('message', (data: Buffer) => {
    const { seq: _seq, ...event } = JSON.parse(data.toString()) as MachineEvent & { seq: number };
    heard.push(event);
  });
  await new Promise((resolve, reject) => void socket.on('open', resolve).on('error', reject));
  return {
    async call(method, input) {
      const answer = await fetch(`${origin}/call`, {
        method: 'POST',
        headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ method, input }),
      });
      return (await answer.json()) as Answer;
    },
    heard,
    async close() {
      socket.terminate();
      await host.close();
      await backend.close();
    },
  };
}

export type Desktop = Reached & {
  /** A command of the stand-in (tests/hosts/stand-in/electron.ts). */
  ask<Value>(name: string, input?: unknown): Promise<Value>;
  ended: Promise<number | null>;
  /** Waits for a window that was opened to be able to ask. */
  windowAnswers(): Promise<void>;
};

/** The built desktop program on the stand-in; calls go through the window's own bridge in a page of Chromium. */
export async function desktop(folder: string, words: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Desktop> {
  mkdirSync(folder, { recursive: true });
  buildProgram();
  const child = fork(join(dist, 'main', 'electron.js'), [...words], {
    execArgv: ['--import', join(import.meta.dirname, 'stand-in', 'register.mjs')],
    env: { ...process.env, KANAL_DATA_FOLDER: join(folder, 'data'), ...environment },
    serialization: 'advanced',
  });
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 1;
  child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const asked = pending.get(id);
    pending.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  });
  const ended = new Promise<number | null>((resolve) => void child.on('exit', resolve));
  void ended.then((code) => {
    for (const { reject } of pending.values()) reject(new Error(`The desktop program ended with ${code}`));
  });
  const ask = <Value>(name: string, input?: unknown) =>
    new Promise<Value>((resolve, reject) => {
      const id = next++;
      pending.set(id, { resolve: resolve, reject });
      child.send({ id, name, input });
    });
  const windowAnswers = () =>
    untilTrue(() =>
      ask<boolean>(
        'evaluate',
        `typeof window.kanal === 'object' && (window.heard ??= (window.kanal.on((event) => window.heard.push(event)), [])) !== undefined`,
      ).catch(() => false),
    );
  if (!words.includes('--in-background')) await windowAnswers();
  const heard: MachineEvent[] = [];
  return {
    ask,
    ended,
    heard,
    windowAnswers,
    async call(method, input) {
      const answer = await ask<Answer>(
        'evaluate',
        `window.kanal.call(${JSON.stringify(method) ?? 'undefined'}, ${JSON.stringify(input) ?? 'undefined'})`,
      );
      heard.push(...(await ask<MachineEvent[]>('evaluate', `window.heard.splice(0)`)));
      return answer;
    },
    async close() {
      await ask('quit').catch(() => undefined);
      await ended;
    },
  };
}

/** Waits until something holds; fails after some seconds. */
export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It did not come to hold');
}
