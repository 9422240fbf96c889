// A machine over real files, as hosts build it: a data folder with its guards, a folder for mail, a clock that a test moves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInput, CallName, CallOutput } from '../../shared/api.ts';
import { createBackend, type Backend } from '../../src-main/backend.ts';
import { virtualClock, type VirtualClock } from '../../src-main/clock.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { fakeChannel, type FakeChannel, type FakeSteps } from '../mail/fake-channel.ts';
import { memorySecrets, TEST_NOW } from '../workspace-fixture.ts';

export type Stage = {
  folder: string;
  clock: VirtualClock;
  backend: Backend;
  workspace(): Workspace;
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** The code of the problem with which a call is refused. */
  refusal<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<string | undefined>;
  /** Everything that falls due in so many hours happens. */
  pass(hours: number): Promise<void>;
  channel: FakeChannel;
  /** Who was written to with what, in order: "ada@x.dk: Hello". */
  mails(): string[];
  /** This test means something to go wrong that is logged. */
  expectTrouble(): void;
  end(): Promise<void>;
};

export function stage(steps: FakeSteps = {}): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-privacy-'));
  const clock = virtualClock(TEST_NOW);
  const channel = fakeChannel(steps, 2);
  const problems: unknown[] = [];
  const backend = createBackend({
    clock,
    dataFolder: join(folder, 'data'),
    documentsFolder: folder,
    secrets: memorySecrets(),
    log: (_, error) => void problems.push(error),
    openChannel: () => channel,
    channel,
    autoRun: false,
  });
  const answer = (name: CallName, input: unknown) => backend.call(name, input);
  return {
    folder,
    clock,
    backend,
    channel,
    workspace: () => backend.current()!.workspace,
    async call(name, input) {
      const got = await answer(name, input);
      if ('value' in got) return got.value as never;
      throw new Error(`${name}: ${JSON.stringify(got)}`);
    },
    async refusal(name, input) {
      const got = await answer(name, input);
      return 'problems' in got ? got.problems[0]?.code : undefined;
    },
    async pass(hours) {
      const { workspace, runner } = backend.current()!;
      await runUntil(workspace, runner, clock, clock.now() + hours * 3_600_000);
    },
    mails: () => channel.accepted.map(({ to, subject }) => `${to}: ${subject}`),
    expectTrouble: () => void problems.splice(0),
    async end() {
      await backend.close();
      rmSync(folder, { recursive: true, force: true });
      if (problems.length > 0) throw problems[0];
    },
  };
}

/** A published flow "by hand": mail "one", a day, mail "two", a day, mail "three"; answers its id. */
export async function threeMails({ call }: Stage): Promise<number> {
  for (const key of ['one', 'two', 'three']) {
    await call('messages.create', { name: key });
    await call('messages.save', { key, name: key, purpose: 'transactional', subject: key, preheader: '', body: `<p>${key}, {{ contact.first_name | default: "you" }}</p>` });
  }
  const { id } = await call('flows.create', { name: 'Three mails' });
  const { draft, revision } = await call('flows.get', { flow: id });
  const mail = (key: string) => ({ id: key, type: 'sendEmail', config: { message: key, late: 'send' } });
  const day = (key: string) => ({ id: key, type: 'wait', config: { duration: { amount: 1, unit: 'days' } } });
  const edge = (from: string, to: string) => ({ from, outlet: 'next', to });
  await call('flows.saveDraft', {
    flow: id,
    revision,
    draft: {
      ...draft,
      triggers: [{ id: 't', type: 'byHand', config: {} }],
      steps: [mail('one'), day('w1'), mail('two'), day('w2'), mail('three')],
      edges: [edge('start', 'one'), edge('one', 'w1'), edge('w1', 'two'), edge('two', 'w2'), edge('w2', 'three')],
    },
  });
  await call('flows.publish', { flow: id });
  return id;
}
