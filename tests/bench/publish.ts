// What it takes to publish a new version of a flow in which 100,000 people wait at a step that has changed; beside it one UPDATE of
// the same rows, on the same file. The bar is five times that.
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
const plain: number[] = [];
for (let run = 0; run < runs; run++) {
  // Their due instants are different ones before each of the two, as they are in a flow that runs.
  const spread = () => db.prepare(`UPDATE enrollments SET due_at = ? + id * 1000 WHERE flow_id = ?`).run(LIVE_NOW, flow);
  const update = db.prepare(`UPDATE enrollments SET due_at = ? WHERE flow_id = ? AND step_id = 'pause' AND state IN ('active', 'held', 'failed')`);
  spread();
  plain.push(await milliseconds(() => update.run(LIVE_NOW, flow)));
  spread();
  product.push(await milliseconds(() => publish(workspace, flow, twoWaits(8 + run), [])));
}
const ratio = median(product) / median(plain);
process.stdout.write(`publish: ${people.toLocaleString('en')} people waiting at a step that has changed: ${median(product).toFixed(0)} ms; one UPDATE of the same rows ${median(plain).toFixed(0)} ms; ${ratio.toFixed(2)} x${ratio > 5 ? '  missed' : ''}\n`);
remove();
