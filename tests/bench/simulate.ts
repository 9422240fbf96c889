// A flow that reminds of a full cart, for many contacts and ninety days, with people who open, click, order and opt out. Beside it:
// the runner by itself with the same people and flow, in memory, from enrolling to the end, with nobody who reacts. A first run of
// each warms up the program and is not counted: one takes less than a second, and the bench of the executor, to which this one is
// held, runs for many.
import { DAY } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { enterChosen } from '../../src-main/simulation/enter.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { row, transaction } from '../../src-main/store/database.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { cartFlow, EVERYBODY, planFor, shop, simulated } from '../simulation/simulation-fixture.ts';
import { addContact } from '../workspace-fixture.ts';
import { option, report, type Measured } from './measure.ts';

const contacts = option('contacts', 10_000);
const days = option('days', 90);
const runs = option('runs', 3);

function fullShop() {
  const made = shop(0);
  transaction(made.workspace.db, () => {
    for (let n = 1; n <= contacts; n++) addContact(made.workspace, { email: `p${n}@mail.example`, first_name: `P${n}`, consent: n % 10 === 0 ? [] : ['email'] });
  });
  return made;
}

async function measured(act: () => Promise<unknown>): Promise<Measured> {
  const begin = process.hrtime.bigint();
  await act();
  return { seconds: Number(process.hrtime.bigint() - begin) / 1e9, peakMegabytes: process.memoryUsage.rss() / 1e6 };
}

const simulation: Measured[] = [];
const plain: Measured[] = [];
let steps = 0;
for (let n = 0; n <= runs; n++) {
  const { workspace, flow } = fullShop();
  const assume = { everywhere: { opened: 0.4, clicked: 0.1, ordered: 0.05, optedOut: 0.01 } };
  simulation.push(await measured(() => simulated(workspace, planFor(flow, { days, assume }))));
  plain.push(
    await measured(async () => {
      publish(workspace, flow, cartFlow(), allMessages(workspace));
      const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
      enterChosen(workspace, flow, EVERYBODY);
      await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + days * DAY);
    }),
  );
  steps = row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM visits')!.n;
  workspace.close();
}
for (const taken of [simulation, plain]) taken.shift();
report('simulate', `${contacts.toLocaleString('en')} contacts x ${days} days, ${steps.toLocaleString('en')} steps`, { count: steps, called: 'steps' }, simulation, 'the runner by itself, nobody reacts', plain);
