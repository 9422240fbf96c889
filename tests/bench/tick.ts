// What a turn of the runner costs when 1,000 people are due and many more wait: cost must follow what is due, never what waits.
// The same turn among 10,000, a million and five million, for people who came one after the other (as those who are due together
// mostly have) and for people from all over the table, each of whom lies on a page of their own, which must be read and written;
// the bar is 1.3 x the time of the smallest. The pages are those that a turn writes, of 4 KB each; the processor's time says more
// than the clock's where others load the machine.
import { createRunner } from '../../src-main/runner/runner.ts';
import { DAY } from '../../shared/time.ts';
import { milliseconds } from './big-machine.ts';
import { LIVE_NOW, liveWorkspace, SILENT_OUTBOX, twoWaits, withPeople } from './live-workspace.ts';
import { median, option } from './measure.ts';

const due = option('due', 1000);
/** The first turns warm up the program. */
const WARMING = 12;
const turns = option('runs', 15) + WARMING;
const sizes = [10_000, option('middle', 1_000_000), option('waiting', 5_000_000)];
/** The enrollments that are due in a turn; other ones each time. */
const KINDS: Record<string, (turn: number, size: number) => number[]> = {
  'one after the other': (turn, size) => Array.from({ length: due }, (_, n) => 1 + ((((turn * 7919) % Math.floor(size / due)) * due + n) % size)),
  'from all over': (turn, size) => {
    const apart = Math.floor(size / due);
    const shift = (turn * Math.max(1, Math.floor(apart / turns))) % apart;
    return Array.from({ length: due }, (_, n) => 1 + n * apart + shift);
  },
};
const first = new Map<string, number>();

for (const size of sizes) {
  const { workspace, clock, remove } = liveWorkspace();
  const { db } = workspace;
  const flow = withPeople(workspace, twoWaits(7), size, size);
  const runner = createRunner(workspace, SILENT_OUTBOX);
  await runner.runDue();
  // Their turns come without anybody touching them just before: what does not fit into the cache is not in it.
  const arrange = db.prepare(`UPDATE enrollments SET step_id = 'pause', step_entered_at = ?, due_at = ? WHERE id IN (SELECT value FROM json_each(?))`);
  const arranged = Math.max(1, Math.min(turns, Math.floor(size / due / 2)));
  let now = LIVE_NOW;
  for (const [kind, chosen] of Object.entries(KINDS)) {
    const taken: number[] = [];
    const worked: number[] = [];
    const written: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      if (turn % arranged === 0) {
        db.transaction(() => {
          for (let n = 0; n < arranged; n++) arrange.run(now + (n + 1) * 1000 - 7 * DAY, now + (n + 1) * 1000, JSON.stringify(chosen(turn + n, size)));
        })();
      }
      now += 1000;
      clock.setTo(now);
      // The way of the rows into the file is not the turn's: a thread sees to that. The log begins anew, and is not made anew.
      db.pragma('wal_checkpoint(RESTART)');
      const before = process.cpuUsage();
      const took = await milliseconds(() => runner.runDue());
      const { user, system } = process.cpuUsage(before);
      const [{ log }] = db.pragma('wal_checkpoint(NOOP)') as [{ log: number }];
      if (turn >= WARMING) {
        taken.push(took);
        worked.push((user + system) / 1000);
        written.push(log);
      }
      const left = db.prepare(`SELECT count(*) FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ?`).pluck().get(flow, now);
      if (left !== 0) throw new Error(`${String(left)} are still due`);
    }
    const time = median(taken);
    if (!first.has(kind)) first.set(kind, time);
    const ratio = time / first.get(kind)!;
    const [least, most] = [Math.min(...taken), Math.max(...taken)];
    process.stdout.write(`tick: ${due.toLocaleString('en')} due among ${size.toLocaleString('en').padStart(9)}, ${kind.padEnd(19)}: ${time.toFixed(1).padStart(6)} ms (${least.toFixed(1)} to ${most.toFixed(1)}), ${median(worked).toFixed(1).padStart(5)} ms of the processor, ${median(written).toLocaleString('en').padStart(5)} pages, ${ratio.toFixed(2)} x${ratio > 1.3 ? '  missed' : ''}\n`);
  }
  remove();
}
