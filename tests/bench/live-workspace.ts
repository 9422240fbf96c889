// A workspace in a folder of its own with a published flow of two waits and any number of people who wait in it, put there by SQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowSchema, START, type Flow } from '../../shared/flow/flow.ts';
import { NEXT } from '../../shared/steps/step.ts';
import { DAY } from '../../shared/time.ts';
import { virtualClock, type VirtualClock } from '../../src-main/clock.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createDatabase } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import type { Workspace } from '../../src-main/workspace.ts';

export const LIVE_NOW = Date.UTC(2026, 2, 2, 8);

/** Sends nothing, because nothing is planned. */
export const SILENT_OUTBOX: Outbox = { recover: () => undefined, performDue: () => Promise.resolve(0), nextDueAt: () => null, paused: () => null, close: () => Promise.resolve() };

export type LiveWorkspace = { workspace: Workspace; clock: VirtualClock; remove(): void };

/** An empty workspace on a virtual clock; `remove` closes and deletes it. */
export function liveWorkspace(): LiveWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-live-'));
  const file = join(folder, 'live.kanal');
  const db = createDatabase(file);
  const clock = virtualClock(LIVE_NOW);
  const workspace: Workspace = { file, db, clock, secrets: { get: () => null, set: () => undefined, remove: () => undefined }, tell: () => undefined, changed: () => undefined, wake: () => undefined };
  return {
    workspace,
    clock,
    remove() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** "pause" of so many days, then "rest" of seven. */
export function twoWaits(days: number): Flow {
  const wait = (id: string, amount: number) => ({ id, type: 'wait', config: { duration: { amount, unit: 'days' } } });
  return flowSchema.parse({
    name: 'Two waits',
    triggers: [{ id: 'hand', type: 'byHand', config: {} }],
    steps: [wait('pause', days), wait('rest', 7)],
    edges: [
      { from: START, outlet: NEXT, to: 'pause' },
      { from: 'pause', outlet: NEXT, to: 'rest' },
    ],
  });
}

/** Publishes the flow and has `people` wait at its first step, who came there evenly over the last day; answers the flow's id. */
export function withPeople({ db, ...workspace }: Workspace, flow: Flow, people: number, contacts: number): number {
  const id = insertFlow({ db, ...workspace }, flow);
  publish({ db, ...workspace }, id, flow, []);
  const numbers = 'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)';
  db.pragma('synchronous = OFF');
  db.transaction(() => {
    db.prepare(`${numbers} INSERT INTO contacts (id, email, added_at) SELECT n, 'person' || n || '@mail.example', ? FROM numbers`).run(contacts, LIVE_NOW);
    db.prepare(
      `${numbers} INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, started, due_at, entered_at)
       SELECT ?, n, '', 'hand', 'active', 'pause', came, 1, came + ?, came FROM (SELECT n, ? - CAST(n * ? / ? AS INTEGER) AS came FROM numbers)`,
    ).run(people, id, 7 * DAY, LIVE_NOW, DAY, people);
  })();
  db.pragma('synchronous = NORMAL');
  db.pragma('wal_checkpoint(TRUNCATE)');
  return id;
}
