// What a turn of the runner costs when 1,000 people are due and many more wait: cost must follow what is due, never what waits.
// The same turn among 10,000, a million and five million, for people who came one after the other (as those who are due together
// mostly have) and for people from all over the table, each of whom lies on other pages of the file; the bar is 1.3 x the time of
// the smallest.
import { createRunner } from '../../src-main/runner/runner.ts';
import { DAY } from '../../shared/time.ts';
import { milliseconds } from './big-machine.ts';
import { LIVE_NOW, liveWorkspace, SILENT_OUTBOX, twoWaits, withPeople } from './live-workspace.ts';
import { median, option } from './measure.ts';

const due = option('due', 1000);
const rounds = option('runs', 15);
const sizes = [10_000, option('middle', 1_000_000), option('waiting', 5_000_000)];
/** The enrollments that are due in a round; other ones each time. */
const KINDS: Record<string, (round: number, size: number) => number[]> = {
  'one after the other': (round, size) => Array.from({ length: due }, (_, n) => 1 + ((((round * 7919) % Math.floor(size / due)) * due + n) % size)),
  'from all over': (round, size) => Array.from({ length: due }, (_, n) => 1 + Math.floor((n * size) / due) + (round % Math.floor(size / due))),
};
const first = new Map<string, number>();

for (const size of sizes) {
  const { workspace, clock, remove } = liveWorkspace();
  const { db } = workspace;
  const flow = withPeople(workspace, twoWaits(7), size, size);
  const runner = createRunner(workspace, SILENT_OUTBOX);
  await runner.runDue();
  let now = LIVE_NOW;
  for (const [kind, chosen] of Object.entries(KINDS)) {
    const taken: number[] = [];
    // The first rounds warm up the program, and the pages of the file.
    for (let round = -3; round < rounds; round++) {
      now += 1000;
      clock.setTo(now);
      db.prepare(`UPDATE enrollments SET step_id = 'pause', step_entered_at = ?, due_at = ? WHERE id IN (SELECT value FROM json_each(?))`).run(now - 7 * DAY, now, JSON.stringify(chosen(round + 3, size)));
      // The way of the rows into the file is not the tick's.
      db.pragma('wal_checkpoint(TRUNCATE)');
      const took = await milliseconds(() => runner.runDue());
      if (round >= 0) taken.push(took);
      const left = db.prepare(`SELECT count(*) FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ?`).pluck().get(flow, now);
      if (left !== 0) throw new Error(`${String(left)} are still due`);
    }
    const time = median(taken);
    if (!first.has(kind)) first.set(kind, time);
    const ratio = time / first.get(kind)!;
    process.stdout.write(`tick: ${due.toLocaleString('en')} due among ${size.toLocaleString('en').padStart(9)}, ${kind.padEnd(19)}: ${time.toFixed(1).padStart(6)} ms (${Math.min(...taken).toFixed(1)} to ${Math.max(...taken).toFixed(1)}), ${ratio.toFixed(2)} x${ratio > 1.3 ? '  missed' : ''}\n`);
  }
  remove();
}
