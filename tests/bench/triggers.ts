// How fast the record of events is read: 100,000 new events against fifty live flows, each of which hears one type of event with a
// property of its own. Half of the events are of types that a flow hears; one in twenty of those lets its contact in. The bar is
// 50,000 events/s.
import { flowSchema, START } from '../../shared/flow/flow.ts';
import { NEXT } from '../../shared/steps/step.ts';
import { readEvents } from '../../src-main/runner/event-triggers.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { milliseconds } from './big-machine.ts';
import { LIVE_NOW, liveWorkspace } from './live-workspace.ts';
import { median, option } from './measure.ts';

const events = option('events', 100_000);
const flows = option('flows', 50);
const runs = option('runs', 3);
const contacts = 20_000;

const times: number[] = [];
let entered = 0;
for (let run = 0; run < runs; run++) {
  const { workspace, remove } = liveWorkspace();
  const { db } = workspace;
  const numbers = 'WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ? - 1)';
  db.prepare(`${numbers} INSERT INTO contacts (id, email, added_at) SELECT n + 1, 'person' || n || '@mail.example', ? FROM numbers`).run(contacts, LIVE_NOW);
  for (let n = 0; n < flows; n++) {
    const flow = flowSchema.parse({
      name: `Flow ${n}`,
      triggers: [{ id: 'heard', type: 'eventHappened', config: { name: `event${n}`, where: [{ property: 'kind', operator: 'equals', value: 'yes' }] } }],
      steps: [{ id: 'pause', type: 'wait', config: { duration: { amount: 7, unit: 'days' } } }],
      edges: [{ from: START, outlet: NEXT, to: 'pause' }],
    });
    publish(workspace, insertFlow(workspace, flow), flow, []);
  }
  db.prepare(
    `${numbers} INSERT INTO events (contact_id, type, at, recorded_at, source, data)
     SELECT CAST(1 + n * 7919 % ? AS INTEGER), 'event' || CAST(n % ? AS INTEGER), ?, ?, 'bench', json_object('kind', CASE WHEN n / 100 % 20 = 0 THEN 'yes' ELSE 'no' END, 'n', n) FROM numbers`,
  ).run(events, contacts, flows * 2, LIVE_NOW, LIVE_NOW);
  let slices = 0;
  times.push(
    await milliseconds(() => {
      while (readEvents(workspace)) slices++;
    }),
  );
  entered = db.prepare('SELECT count(*) FROM enrollments').pluck().get() as number;
  if (slices === 0 || entered === 0) throw new Error('Nobody came in');
  remove();
}
const speed = events / (median(times) / 1000);
process.stdout.write(`triggers: ${events.toLocaleString('en')} events, ${flows} flows, ${entered.toLocaleString('en')} came in: ${(median(times) / 1000).toFixed(2)} s, ${Math.round(speed).toLocaleString('en')} events/s${speed < 50_000 ? '  missed' : ''}\n`);
