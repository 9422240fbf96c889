// A file of two gigabytes: the machine reads the whole of it once, begins to import it, and is told to stop. Meanwhile a window
// asks for a page of contacts and for the runner's state, over HTTP, again and again. What counts is the memory, how long those
// answers take, and how long it takes to stop. `--megabytes`, `--seconds` (of importing) make it smaller or longer.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Answer, FileInspection, ImportRow, MachineEvent } from '../../shared/api.ts';
import type { ImportProgress } from '../../shared/contacts/import-plan.ts';
import { writeContacts } from './contacts-file.ts';
import { option, timed } from './measure.ts';

const megabytes = option('megabytes', 2048);
const seconds = option('seconds', 20);
const BETWEEN_CALLS_MS = 20;

const kanal = join(import.meta.dirname, '../../dist/main/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
const free = statfsSync(folder);
if (free.bavail * free.bsize < megabytes * 3_000_000) throw new Error(`${folder} has no room for a file of ${megabytes} MB and a workspace.`);

const file = join(folder, 'contacts.csv');
const workspace = join(folder, 'huge.kanal');
const rows = await writeContacts(file, { bytes: megabytes * 1024 * 1024 });
timed(process.execPath, [kanal, 'new', workspace]);
const machine = spawn(process.execPath, [kanal, 'serve', workspace, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const url = new URL(await addressOf(machine.stdout));
  const token = url.hash.replace('#token=', '');
  const progress = { latest: null as ImportProgress | null };
  const socket = new WebSocket(`ws://${url.host}/events`, [`kanal.${token}`], { origin: url.origin });
  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as MachineEvent;
    if (event.type === 'import') progress.latest = event.progress;
  });
  await once(socket, 'open');
  const call = async <Value>(method: string, input: unknown): Promise<Value> => {
    const response = await fetch(`${url.origin}/call`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ method, input }) });
    const answer = (await response.json()) as Answer;
    if ('value' in answer) return answer.value as Value;
    throw new Error(`${method}: ${JSON.stringify(answer)}`);
  };
  const took: Record<'idle' | 'checking' | 'taking', number[]> = { idle: [], checking: [], taking: [] };
  const probe = async (phase: keyof typeof took): Promise<void> => {
    for (const [method, input] of [['contacts.list', { screen: 'contacts' }], ['runner.status', {}]] as const) {
      const began = performance.now();
      await call(method, input);
      took[phase].push(performance.now() - began);
    }
    await pass(BETWEEN_CALLS_MS);
  };

  for (let n = 0; n < 50; n++) await probe('idle');
  const inspected = performance.now();
  const { plan } = await call<FileInspection>('imports.inspect', { file });
  const inspection = (performance.now() - inspected) / 1000;
  const { import: id } = await call<{ import: number }>('imports.start', { file, plan: { ...plan, consent: { channel: 'email', source: 'benchmark' } } });
  const began = performance.now();
  while (progress.latest?.checking !== false) await probe('checking');
  const checked = (performance.now() - began) / 1000;
  const taking = performance.now();
  while (performance.now() - taking < seconds * 1000) await probe('taking');
  const { counts } = progress.latest;
  const cancelled = performance.now();
  await call('imports.cancel', { import: id });
  const cancel = performance.now() - cancelled;
  const { state } = await call<ImportRow>('imports.wait', { import: id });
  if (state !== 'cancelled') throw new Error(`The import ended ${state} before it could be cancelled; make --seconds smaller.`);

  const line = (label: string, text: string) => `${label.padEnd(18)} ${text}\n`;
  process.stdout.write(
    line('benchmark', 'import-huge') +
      line('workload', `${megabytes} MB, ${rows.toLocaleString('en')} rows x 12 columns; calls every ${BETWEEN_CALLS_MS} ms`) +
      line('looked at', `${inspection.toFixed(1)} s`) +
      line('first pass', `${checked.toFixed(1)} s, ${Math.round(rows / checked).toLocaleString('en')} rows/s`) +
      line('importing', `${counts.rows.toLocaleString('en')} rows in ${seconds} s, ${Math.round(counts.rows / seconds).toLocaleString('en')} rows/s`) +
      Object.entries(took).map(([phase, times]) => line(`calls, ${phase}`, `${times.length}: ${spread(times)}`)).join('') +
      line('cancelled within', `${Math.round(cancel)} ms (bar: 2000 ms)`) +
      line('peak memory', `${peakMegabytes(machine.pid!)} (bar: 500 MB)`),
  );
  socket.terminate();
} finally {
  machine.kill();
  await once(machine, 'exit');
  rmSync(folder, { recursive: true });
}

/** Where the machine answers: the first address that it prints. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of output) {
    text += String(piece);
    const found = /http:\/\/\S+/.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error(`The machine has ended: ${text}`);
}

function spread(times: number[]): string {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number) => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1)} ms`;
  return `median ${at(0.5)}, p99 ${at(0.99)} (bar: 200 ms), longest ${at(1)}`;
}

/** The most that a process has had in memory, where the system says so. */
function peakMegabytes(pid: number): string {
  const status = `/proc/${pid}/status`;
  const kilobytes = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return kilobytes === undefined ? 'not measured here' : `${Math.round(Number(kilobytes) / 1024)} MB`;
}
