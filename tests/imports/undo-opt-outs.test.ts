// Taking back an import that brought opt-outs gives back what people had consented to. Into the flows that they left because of it
// they do not come back by themselves (FEATURES D14): the answer says how many that are.
import { beforeEach, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { undoReport } from '../../src-main/commands/import-report.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner, type Runner } from '../../src-main/runner/runner.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { consentState } from '../../src-main/store/consents.ts';
import { rows } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { MESSAGES } from '../mail/sending-stage.ts';
import { flowOf, mail, wait } from '../runner/story.ts';
import { addContact, type TestWorkspace } from '../workspace-fixture.ts';
import { type Folder, type ImportCalls, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let calls: ImportCalls;
let runner: Runner;
stageForEach((stage) => ({ workspace, folder, calls } = stage));
beforeEach(() => {
  runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
});

const live = (...steps: Parameters<typeof flowOf>[0]['steps']) => {
  const flow = flowOf({ steps });
  const id = insertFlow(workspace, flow);
  publish(workspace, id, flow, MESSAGES);
};
const pass = async (ms: number) => {
  workspace.clock.setTo(workspace.clock.now() + ms);
  await runner.runDue();
};
async function bring(...lines: string[]): Promise<number> {
  const file = folder.write('opt-outs.csv', `${['email;email_consent', ...lines].join('\n')}\n`);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: false });
  const { import: id } = await calls['imports.start']({ file, plan, rejectsFile: null, dryRun: false });
  expect((await calls['imports.wait']({ import: id })).state).toBe('done');
  return id;
}
const ends = () => rows<{ end: string }>(workspace.db, 'SELECT coalesce(exit_reason, state) AS end FROM enrollments ORDER BY id').map(({ end }) => end);

test('they are counted, whether they left at once or at the next message; whoever opted out otherwise is not', async () => {
  live(mail('welcome'), wait('pause', 3), mail('news'));
  live(wait('first', 2), mail('receipt', 'receipt'), mail('offer'), wait('last', 9));
  const [ada, bob, cid] = ['ada', 'bob', 'cid'].map((name) => addContact(workspace, { email: `${name}@x.dk`, consent: ['email'] }));
  await pass(HOUR);
  const id = await bring('ada@x.dk;no', 'bob@x.dk;no', 'new@x.dk;no');
  await pass(0);
  // The second flow still has a receipt for them: they leave it at the offer.
  expect(ends()).toEqual(['opted-out', 'opted-out', 'active', 'active', 'active', 'active']);
  await pass(2 * DAY);
  const other = await bring('cid@x.dk;no');
  await pass(0);
  expect(ends().filter((end) => end === 'opted-out')).toHaveLength(6);
  const undone = await calls['imports.undo']({ import: id });
  expect([consentState(workspace, ada!, 'email'), consentState(workspace, bob!, 'email'), consentState(workspace, cid!, 'email')]).toEqual(['given', 'given', 'withdrawn']);
  expect(undone).toMatchObject({ removed: 1, restored: 2, consents: 2, leftFlows: 2 });
  expect(undoReport(id, undone, 'contacts')).toContain('2 had left flows because the import said that they opt out, and do not come back into them by themselves.');
  await pass(9 * DAY);
  expect(ends().filter((end) => end === 'opted-out')).toHaveLength(6);
  expect(await calls['imports.undo']({ import: other })).toMatchObject({ leftFlows: 1 });
});

test('an import that brought none says nothing of it', async () => {
  live(mail('welcome'), wait('pause', 3), mail('news'));
  addContact(workspace, { email: 'ada@x.dk', consent: ['email'] });
  await pass(HOUR);
  const id = await bring('ada@x.dk;', 'bob@x.dk;');
  const undone = await calls['imports.undo']({ import: id });
  expect(undone.leftFlows).toBe(0);
  expect(undoReport(id, undone, 'contacts')).not.toContain('opt out');
});
