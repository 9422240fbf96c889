// What it takes to publish a new version of a flow in which 100,000 people wait at a step that has changed, whether they go on in it
// or stay in theirs; beside it one UPDATE of the same rows, on the same file. The bar is five times that.
import { publish } from '../../src-main/runner/publishing.ts';
import { milliseconds } from './big-machine.ts';
import { LIVE_NOW, liveWorkspace, twoWaits, withPeople } from './live-workspace.ts';
import { median, option } from './measure.ts';

const people = option('people', 100_000);
const runs = option('runs', 5);

const { workspace, remove } = liveWorkspace();
const { db } = workspace;
const flow = withPeople(workspace, twoWaits(7), people, people);
const product: number[] = [];
const keeping: number[] = [];
const plain: number[] = [];
for (let run = 0; run < runs; run++) {
  // Their due instants are different ones before each of the two, as they are in a flow that runs.
  const spread = () => db.prepare(`UPDATE enrollments SET due_at = ? + id * 1000 WHERE flow_id = ?`).run(LIVE_NOW, flow);
  const update = db.prepare(`UPDATE enrollments SET due_at = ? WHERE flow_id = ? AND step_id = 'pause' AND (state = 'active' OR state = 'held' OR state = 'failed')`);
  spread();
  plain.push(await milliseconds(() => update.run(LIVE_NOW, flow)));
  spread();
  product.push(await milliseconds(() => publish(workspace, flow, twoWaits(8 + run), [])));
  keeping.push(await milliseconds(() => publish(workspace, flow, twoWaits(100 + run), [], [], true)));
  db.prepare('UPDATE enrollments SET kept_version = NULL WHERE flow_id = ?').run(flow);
}
for (const [what, times] of [['go on in it', product], ['stay in theirs', keeping]] as const) {
  const ratio = median(times) / median(plain);
  process.stdout.write(`publish: ${people.toLocaleString('en')} people waiting at a step that has changed, who ${what}: ${median(times).toFixed(0)} ms; one UPDATE of the same rows ${median(plain).toFixed(0)} ms; ${ratio.toFixed(2)} x${ratio > 5 ? '  missed' : ''}\n`);
}
remove();
