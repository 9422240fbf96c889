// Simulations through the gate: in a thread of their own, from a real file, with progress, and stopped when asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { simulationHandlers } from '../../src-main/handlers/simulations.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { addContact, testWorkspace } from '../workspace-fixture.ts';
import { cartFlow, planFor, shop, simulated } from './simulation-fixture.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

test('the thread finds what this thread finds, and tells the windows how far it is', async () => {
  const { workspace, flow } = shop(30);
  const plan = planFor(flow, { assume: { everywhere: { opened: 0.5 } } });
  const result = await simulationHandlers(workspace)['simulations.run'](plan);
  expect(JSON.stringify(result)).toBe(JSON.stringify(await simulated(workspace, plan)));
  expect(workspace.heard.filter((event) => event.type === 'simulation').at(-1)).toMatchObject({ progress: { day: 7, days: 7 } });
}, 30_000);

test('a workspace in a file is read while it is open and in WAL mode, what was written last included', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-simulation-'));
  folders.push(folder);
  const workspace = testWorkspace({ file: join(folder, 'shop.kanal') });
  for (const key of ['reminder', 'offer']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  const flow = insertFlow(workspace, cartFlow());
  for (let n = 0; n < 5; n++) addContact(workspace, { email: `p${n}@example.com`, consent: ['email'] });
  const result = await simulationHandlers(workspace)['simulations.run'](planFor(flow));
  expect(result.people.entered).toBe(5);
  expect(workspace.db.prepare('SELECT count(*) FROM enrollments').pluck().get()).toBe(0);
  workspace.close();
}, 30_000);

test('stopped when asked, and by the next one; problems come back as problems', async () => {
  const { workspace, flow } = shop(200);
  const calls = simulationHandlers(workspace);
  const long = calls['simulations.run'](planFor(flow, { days: 700, assume: { everywhere: { opened: 1 } } }));
  await calls['simulations.stop']({});
  await expect(long).rejects.toThrow('The simulation was stopped.');
  await expect(calls['simulations.run'](planFor(99))).rejects.toMatchObject({ name: 'ProblemError' });
}, 30_000);
