// What a turn of the runner costs when 1,000 people are due and many more wait: cost must follow what is due, never what waits.
// The same turn among 10,000, 100,000, a million and five million, for people who came one after the other (as those who are due
// together mostly have) and for people from all over the table, each of whom lies on a page of their own, which must be read and
// written; the bar is 1.3 x the time of the smallest. Beside it, in turn with it and for as many other people: bare statements that
// read and write the same rows, and decide nothing. What they take longer among many is what it costs to reach so many pages. Among
// 100,000 people from all over have their own pages already, which those among 10,000 share: what it costs beyond that is what the
// caches no longer hold. Few have been at a step before; with `--past 3` all have, and their visits lie on pages of their own, too.
// The pages told are those that a turn writes, of 4 KB each; the processor's time says more than the clock's where others load the
// machine.
import { DAY } from '../../shared/time.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { sql, transaction, type Database } from '../../src-main/store/database.ts';
import { milliseconds } from './big-machine.ts';
import { LIVE_NOW, liveWorkspace, SILENT_OUTBOX, twoWaits, withPeople } from './live-workspace.ts';
import { median, option } from './measure.ts';

const due = option('due', 1000);
/** The first turns warm up the program. */
const WARMING = 12;
const turns = option('runs', 15) + WARMING;
/** Every second round is that of the bare statements. */
const rounds = 2 * turns;
const sizes = [10_000, 100_000, option('middle', 1_000_000), option('waiting', 5_000_000)];
const past = option('past', 0);
/** The enrollments that are due in a round; other ones each time. */
const KINDS: Record<string, (round: number, size: number) => number[]> = {
  'one after the other': (round, size) => Array.from({ length: due }, (_, n) => 1 + ((((round * 7919) % Math.floor(size / due)) * due + n) % size)),
  'from all over': (round, size) => {
    const apart = Math.floor(size / due);
    const shift = (round * Math.max(1, Math.floor(apart / rounds))) % apart;
    return Array.from({ length: due }, (_, n) => 1 + n * apart + shift);
  },
};

type Way = { act: () => unknown; taken: number[]; worked: number[]; written: number[] };
const first = new Map<string, { time: number; work: number }>();

/** Reads the rows of those who are due, writes that they have left the first step, and puts them at the second; prepared once. */
function bareStatements(db: Database, flow: number): (now: number) => void {
  const whoIsDue = sql(db, `SELECT id FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ? ORDER BY due_at, id`).pluck();
  const read = sql(db, 'SELECT e.visit, e.step_entered_at AS came, c.time_zone FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.id = ?');
  const left = sql(db, `INSERT INTO visits (enrollment_id, visit, flow_id, version, step_id, entered_at, left_at, outlet) VALUES (?, ?, ?, 1, 'pause', ?, ?, 'next')`);
  const stands = sql(db, `UPDATE enrollments SET step_id = 'rest', step_entered_at = ?, due_at = ?, visit = visit + 1 WHERE id = ?`);
  return (now) => {
    transaction(db, () => {
      for (const id of whoIsDue.all(flow, now) as number[]) {
        const { visit, came } = read.get(id) as { visit: number; came: number };
        left.run(id, visit, flow, came, now);
        stands.run(now, now + 7 * DAY, id);
      }
    });
  };
}

/** Has everybody come from so many steps before, one a day. */
function withPast(db: Database, days: number): void {
  db.transaction(() => {
    db.prepare(
      `INSERT INTO visits (enrollment_id, visit, flow_id, version, step_id, entered_at, left_at, outlet)
       SELECT e.id, v.value, e.flow_id, 1, 'before', e.entered_at - (? - v.value) * ?, e.entered_at - (? - v.value) * ?, 'next' FROM enrollments e CROSS JOIN json_each(?) v ORDER BY e.id, v.value`,
    ).run(days + 1, DAY, days, DAY, JSON.stringify(Array.from({ length: days }, (_, index) => index + 1)));
    db.prepare('UPDATE enrollments SET visit = ?').run(days + 1);
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
}

for (const size of sizes) {
  const { workspace, clock, remove } = liveWorkspace();
  const { db } = workspace;
  const flow = withPeople(workspace, twoWaits(7), size, size);
  if (past > 0) withPast(db, past);
  const runner = createRunner(workspace, SILENT_OUTBOX);
  await runner.runDue();
  const bare = bareStatements(db, flow);
  // Their turns come without anybody touching them just before: what does not fit into the cache is not in it.
  const arrange = db.prepare(`UPDATE enrollments SET step_id = 'pause', step_entered_at = ?, due_at = ? WHERE id IN (SELECT value FROM json_each(?))`);
  const arranged = Math.max(1, Math.min(rounds, Math.floor(size / due / 2)));
  let now = LIVE_NOW;
  for (const [kind, chosen] of Object.entries(KINDS)) {
    const ways: Record<string, Way> = {
      runner: { act: () => runner.runDue(), taken: [], worked: [], written: [] },
      'bare statements': { act: () => bare(now), taken: [], worked: [], written: [] },
    };
    for (let round = 0; round < rounds; round++) {
      if (round % arranged === 0) {
        db.transaction(() => {
          for (let n = 0; n < arranged; n++) arrange.run(now + (n + 1) * 1000 - 7 * DAY, now + (n + 1) * 1000, JSON.stringify(chosen(round + n, size)));
        })();
      }
      now += 1000;
      clock.setTo(now);
      // The way of the rows into the file is not the turn's: a thread sees to that. The log begins anew, and is not made anew.
      db.pragma('wal_checkpoint(RESTART)');
      const { act, taken, worked, written } = Object.values(ways)[round % 2]!;
      const before = process.cpuUsage();
      const took = await milliseconds(act);
      const { user, system } = process.cpuUsage(before);
      const [{ log }] = db.pragma('wal_checkpoint(NOOP)') as [{ log: number }];
      if (round >= 2 * WARMING) {
        taken.push(took);
        worked.push((user + system) / 1000);
        written.push(log);
      }
      // The log of the runner grows by what the runner does.
      if (act === ways['bare statements']!.act) sql(db, 'DELETE FROM visits WHERE enrollment_id IN (SELECT value FROM json_each(?)) AND left_at = ?').run(JSON.stringify(chosen(round, size)), now);
      const left = db.prepare(`SELECT count(*) FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ?`).pluck().get(flow, now);
      if (left !== 0) throw new Error(`${String(left)} are still due`);
    }
    for (const [name, { taken, worked, written }] of Object.entries(ways)) {
      const [time, work] = [median(taken), median(worked)];
      const smallest = first.get(`${kind}, ${name}`) ?? { time, work };
      first.set(`${kind}, ${name}`, smallest);
      const ratio = time / smallest.time;
      const [least, most] = [Math.min(...taken), Math.max(...taken)];
      const columns = [
        `tick: ${due.toLocaleString('en')} due among ${size.toLocaleString('en').padStart(9)}, ${kind.padEnd(19)}, ${name.padEnd(15)}: ${time.toFixed(1).padStart(6)} ms (${least.toFixed(1)} to ${most.toFixed(1)}), ${ratio.toFixed(2)} x`,
        `${work.toFixed(1).padStart(5)} ms of the processor, ${(work / smallest.work).toFixed(2)} x, ${(work - smallest.work).toFixed(1).padStart(4)} more`,
        `${median(written).toLocaleString('en').padStart(5)} pages`,
      ];
      process.stdout.write(`${columns.join('; ')}${name === 'runner' && ratio > 1.3 ? '  missed' : ''}\n`);
    }
  }
  remove();
}
