// The process in which the machine runs under Electron, so that SQLite never holds up the window. It speaks to electron.ts
// alone, by messages (src-main/machine-process.ts).
import { createBackend, type Backend } from './backend.ts';
import { openChannel } from './channels/smtp.ts';
import { systemClock } from './clock.ts';
import { openLog } from './log.ts';
import type { FromMachine, MachineStart, ToMachine } from './machine-process.ts';
import type { Secrets } from './workspace.ts';

/** Electron gives this to utility processes; see https://www.electronjs.org/docs/latest/api/parent-port. */
type ParentPort = { postMessage(message: FromMachine): void; on(event: 'message', listener: (event: { data: ToMachine }) => void): void };

const parent = (process as unknown as { parentPort: ParentPort }).parentPort;
let backend: Backend | null = null;

parent.on('message', ({ data }) => {
  if (data.kind === 'start') backend = start(data.start);
  else if (data.kind === 'wake') backend?.wake();
  else if (data.kind === 'close') void close();
  else void answer(data.id, data.method, data.input);
});

function start({ dataFolder, documentsFolder, secrets }: MachineStart): Backend {
  const { log } = openLog(dataFolder, 'machine');
  process.on('uncaughtException', (error) => {
    log('Uncaught', error);
    process.exit(1);
  });
  const made = createBackend({
    clock: systemClock,
    dataFolder,
    documentsFolder,
    secrets: keptByWindow(secrets),
    log,
    openChannel,
    autoRun: true,
  });
  made.on((event) => parent.postMessage({ kind: 'event', event }));
  return made;
}

async function answer(id: number, method: unknown, input: unknown): Promise<void> {
  if (backend === null) throw new Error('Called before it was started');
  parent.postMessage({ kind: 'answer', id, answer: await backend.call(method, input) });
}

async function close(): Promise<void> {
  await backend?.close();
  process.exit(0);
}

function keptByWindow(given: Record<string, string>): Secrets {
  const known = new Map(Object.entries(given));
  return {
    get: (key) => known.get(key) ?? null,
    set(key, secret) {
      known.set(key, secret);
      parent.postMessage({ kind: 'secret', key, secret });
    },
    remove(key) {
      known.delete(key);
      parent.postMessage({ kind: 'secret', key, secret: null });
    },
  };
}
