// Workspaces that are too large for memory are copied into a temporary file: the answer is the same, byte for byte, and nothing of
// it is left behind.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { backtestPlanSchema } from '../../shared/simulation/backtest.ts';
import { coverPlanSchema } from '../../shared/simulation/cover.ts';
import { backtest } from '../../src-main/simulation/backtest.ts';
import { cover } from '../../src-main/simulation/cover.ts';
import { previewPublish } from '../../src-main/simulation/preview-publish.ts';
import { createSimulator } from '../../src-main/simulation/simulator.ts';
import { simulate } from '../../src-main/simulation/simulate.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { readImage } from '../../src-main/store/simulation-copy.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';
import { cartFlow, planFor } from './simulation-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'kanal-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shopInFile() {
  const workspace = testWorkspace({ file: join(folder, 'shop.kanal') });
  for (const key of ['reminder', 'offer']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  for (let n = 0; n < 30; n++) addContact(workspace, { email: `p${n}@mail.example`, consent: ['email'] });
  return { workspace, flow: insertFlow(workspace, cartFlow()) };
}

test('a copy in a file gives what a copy in memory gives', async () => {
  const { workspace, flow } = shopInFile();
  const now = workspace.clock.now();
  const plan = planFor(flow, { assume: { everywhere: { opened: 0.5, ordered: 0.2 } } });
  const quiet = () => undefined;
  const [inMemory, inFile] = [await readImage({ file: workspace.file, folder }), await readImage({ file: workspace.file, folder }, true)];
  expect(Buffer.isBuffer(inMemory)).toBe(true);
  expect(Buffer.isBuffer(inFile)).toBe(false);
  const answers = async (image: typeof inMemory) => JSON.stringify([
    await simulate(image, now, plan, quiet),
    await previewPublish(image, now, { flow, days: 3, removed: [] }, quiet),
    await backtest(image, now + 1, backtestPlanSchema.parse({ flow }), quiet),
    await cover(image, now, coverPlanSchema.parse({ flow }), quiet),
  ]);
  expect(await answers(inFile)).toBe(await answers(inMemory));
  workspace.close();
}, 60_000);

test('the simulating thread leaves no temporary file, whether it ends or is stopped', async () => {
  const { workspace, flow } = { workspace: testWorkspace({ file: join(folder, 'other.kanal') }), flow: 1 };
  insertFlow(workspace, cartFlow());
  const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('kanal-temporary-')));
  const simulator = createSimulator(workspace, () => undefined);
  await expect(simulator.run('simulate', planFor(flow))).rejects.toThrow();
  const stopped = expect(simulator.run('simulate', planFor(flow))).rejects.toThrow();
  await simulator.stop();
  await stopped;
  const mine = readdirSync(tmpdir()).filter((name) => name.startsWith('kanal-temporary-') && !before.has(name));
  // Others may be at work beside this.
  expect(mine.filter((name) => readdirSync(join(tmpdir(), name)).some((file) => file === 'snapshot.kanal'))).toEqual([]);
  workspace.close();
}, 60_000);
