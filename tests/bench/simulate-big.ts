// A simulation of a workspace that is too large for memory: a million contacts, all of whom get a message, wait, and go two ways.
// Beside it: the runner by itself with the same people and flow in the file itself, from enrolling to the end, with nobody who
// reacts. Says also what copying the file takes, and the most memory that the simulation ever had.
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../../shared/time.ts';
import { virtualClock } from '../../src-main/clock.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { enterChosen } from '../../src-main/simulation/enter.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { simulate } from '../../src-main/simulation/simulate.ts';
import { openDatabase } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { allMessages, saveMessage } from '../../src-main/store/messages.ts';
import { readImage, type Image } from '../../src-main/store/simulation-copy.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { cartFlow, EVERYBODY, planFor } from '../simulation/simulation-fixture.ts';
import { BIG_NOW, bigWorkspace } from './big-workspace.ts';
import { option, report, type Measured } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const days = option('days', 90);
const folder = mkdtempSync(join(tmpdir(), 'kanal-simulate-big-'));

async function measured(act: () => Promise<unknown>): Promise<Measured> {
  const begin = process.hrtime.bigint();
  await act();
  return { seconds: Number(process.hrtime.bigint() - begin) / 1e9, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

try {
  const file = join(folder, 'big.kanal');
  copyFileSync(bigWorkspace(contacts, contacts * 5), file);
  const clock = virtualClock(BIG_NOW);
  const workspace: Workspace = { file, db: openDatabase(file, () => undefined), clock, secrets: { get: () => null, set: () => undefined, remove: () => undefined }, tell: () => undefined, changed: () => undefined, wake: () => undefined };
  for (const key of ['reminder', 'offer']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  const flow = insertFlow(workspace, cartFlow());
  const megabytes = Math.round(statSync(file).size / 1e6);
  let image: Image;
  const copying = await measured(async () => (image = await readImage({ file, folder })));
  let steps = 0;
  const simulating = await measured(async () => {
    const result = await simulate(image, BIG_NOW, planFor(flow, { days, assume: { everywhere: { opened: 0.3, clicked: 0.05 } } }), () => undefined);
    steps = Object.values(result.steps).reduce((sum, step) => sum + Object.values(step.left).reduce((all, n) => all + n, 0), 0);
  });
  const running = await measured(async () => {
    publish(workspace, flow, cartFlow(), allMessages(workspace));
    const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
    enterChosen(workspace, flow, EVERYBODY);
    await runUntil(workspace, runner, clock, BIG_NOW + days * DAY);
  });
  workspace.db.close();
  report('simulate-big', `${contacts.toLocaleString('en')} contacts x ${days} days, ${megabytes} MB copied in ${copying.seconds.toFixed(1)} s, ${steps.toLocaleString('en')} steps`, { count: steps, called: 'steps' }, [simulating], 'the runner by itself, nobody reacts', [running]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
