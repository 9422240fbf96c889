// A simulation of a workspace that is too large for memory: a million contacts, all of whom get a message, wait, and go two ways.
// Beside it: what copying the file takes.
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertFlow } from '../../src-main/store/flows.ts';
import { openDatabase } from '../../src-main/store/database.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { readImage } from '../../src-main/store/simulation-copy.ts';
import { simulate } from '../../src-main/simulation/simulate.ts';
import { cartFlow, planFor } from '../simulation/simulation-fixture.ts';
import { BIG_NOW, bigWorkspace } from './big-workspace.ts';
import { option, report, type Measured } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const days = option('days', 90);
const folder = mkdtempSync(join(tmpdir(), 'kanal-simulate-big-'));

async function measured(act: () => Promise<unknown>): Promise<Measured> {
  const begin = process.hrtime.bigint();
  await act();
  return { seconds: Number(process.hrtime.bigint() - begin) / 1e9, peakMegabytes: process.memoryUsage.rss() / 1e6 };
}

try {
  const file = join(folder, 'big.kanal');
  copyFileSync(bigWorkspace(contacts, contacts * 5), file);
  const db = openDatabase(file, () => undefined);
  const workspace = { file, db, clock: { now: () => BIG_NOW, after: () => () => undefined } };
  for (const key of ['reminder', 'offer']) saveMessage(workspace as never, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: '<p>Hi</p>' });
  const flow = insertFlow(workspace as never, cartFlow());
  db.close();
  let image: Awaited<ReturnType<typeof readImage>> | undefined;
  const copying = await measured(async () => (image = await readImage({ file, folder })));
  let steps = 0;
  const running = await measured(async () => {
    const result = await simulate(image!, BIG_NOW, planFor(flow, { days, assume: { everywhere: { opened: 0.3, clicked: 0.05 } } }), () => undefined);
    steps = Object.values(result.steps).reduce((sum, step) => sum + Object.values(step.left).reduce((all, n) => all + n, 0), 0);
  });
  report('simulate-big', `${contacts.toLocaleString('en')} contacts x ${days} days, ${Math.round(statSync(file).size / 1e6)} MB, ${steps.toLocaleString('en')} steps`, { count: steps, called: 'steps' }, [running], 'copying the file', [copying]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
