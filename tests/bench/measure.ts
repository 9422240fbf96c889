// What the benchmarks share: running a command as a whole process, medians, and the table that is printed.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Measured = { seconds: number; peakMegabytes: number };

/** Runs a command to its end and answers its wall time and the peak memory of its largest process. Throws when it fails. */
export function timed(command: string, args: string[]): Measured {
  const times = join(tmpdir(), `kanal-bench-${process.pid}.time`);
  const hasTime = process.platform === 'linux' && spawnSync('/usr/bin/time', ['--version']).status === 0;
  const start = process.hrtime.bigint();
  const result = hasTime
    ? spawnSync('/usr/bin/time', ['-f', '%M', '-o', times, command, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
    : spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
  const peakMegabytes = hasTime ? Number(readFileSync(times, 'utf8').trim().split('\n').at(-1)) / 1024 : Number.NaN;
  rmSync(times, { force: true });
  return { seconds, peakMegabytes };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The number that follows `--name` on the command line, or the one given. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

/** Prints one line of the table; `units` counts what was done in the time. */
export function report(name: string, workload: string, units: { count: number; called: string }, product: Measured[], baselineName: string, baseline: Measured[]): void {
  const seconds = median(product.map((run) => run.seconds));
  const baselineSeconds = median(baseline.map((run) => run.seconds));
  const perSecond = (time: number) => `${Math.round(units.count / time).toLocaleString('en')} ${units.called}/s`;
  const rows = [
    ['benchmark', name],
    ['workload', workload],
    ['median', `${seconds.toFixed(2)} s, ${perSecond(seconds)}`],
    ['baseline', `${baselineName}: ${baselineSeconds.toFixed(2)} s, ${perSecond(baselineSeconds)}`],
    ['ratio', `${(seconds / baselineSeconds).toFixed(2)} x the baseline's time, ${(baselineSeconds / seconds).toFixed(2)} of its speed`],
    ['peak memory', Number.isNaN(product[0]!.peakMegabytes) ? 'not measured here' : `${Math.round(Math.max(...product.map((run) => run.peakMegabytes)))} MB`],
  ];
  process.stdout.write(`${rows.map(([label, value]) => `${label!.padEnd(12)} ${value}`).join('\n')}\n\n`);
}
