// A machine with the big workspace open in it, for benchmarks that ask it by calls as a window does; and how long answers take.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts';
import { createBackend } from '../../src-main/backend.ts';
import { folderChannel } from '../../src-main/channels/to-folder.ts';
import { virtualClock } from '../../src-main/clock.ts';
import { memorySecrets } from '../../src-main/secrets.ts';
import { BIG_NOW, bigWorkspace } from './big-workspace.ts';
import { median } from './measure.ts';

export type BigMachine = {
  file: string;
  folder: string;
  call<Name extends CallName>(method: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  close(): Promise<void>;
};

/** Opens a copy of the big workspace. Nothing runs in it until it is told to. */
export async function bigMachine(contacts: number, events: number): Promise<BigMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
  const file = join(folder, 'big.kanal');
  copyFileSync(bigWorkspace(contacts, events), file);
  const backend = createBackend({
    clock: virtualClock(BIG_NOW),
    dataFolder: join(folder, 'data'),
    documentsFolder: folder,
    secrets: memorySecrets(),
    log(message, error) {
      process.stderr.write(`${message} ${error instanceof Error ? error.stack : String(error)}\n`);
    },
    openChannel: () => {
      throw new Error('No mail leaves a benchmark');
    },
    channel: folderChannel(join(folder, 'mail'), { name: 'Bench', address: 'bench@mail.example' }),
    autoRun: false,
  });
  async function call<Name extends CallName>(method: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    const answer = await backend.call(method, input);
    if ('value' in answer) return answer.value as CallOutput<Name>;
    throw new Error(`${method}: ${JSON.stringify(answer)}`);
  }
  await call('workspace.open', { file });
  return {
    file,
    folder,
    call,
    async close() {
      await backend.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How many milliseconds something takes. */
export async function milliseconds(act: () => unknown): Promise<number> {
  const begin = process.hrtime.bigint();
  await act();
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

/** Prints one line: how often, the median, the slowest of a hundred and the slowest of all. */
export function reportTimes(what: string, times: number[], beside = ''): void {
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))]!;
  const shown = (value: number) => `${value.toFixed(1)} ms`.padStart(11);
  process.stdout.write(`${what.padEnd(58)} ${String(times.length).padStart(5)} x  median${shown(median(times))}  p99${shown(p99)}  max${shown(sorted.at(-1)!)}  ${beside}\n`);
}
