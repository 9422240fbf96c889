// Calls about time travel: what a flow would do, on a copy of the workspace.
import { refuse } from '../../shared/problem.ts';
import type { Assumptions } from '../../shared/simulation/assumptions.ts';
import type { Check } from '../../shared/simulation/checks.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { createSimulator } from '../simulation/simulator.ts';
import { checksOf, saveChecks } from '../store/checks.ts';
import { transaction } from '../store/database.ts';
import { flowVersion, publishedFlows } from '../store/flows.ts';
import { findMessage } from '../store/messages.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

type SimulationCall = Extract<keyof Handlers, `simulations.${string}` | `checks.${string}`>;

export function simulationHandlers(workspace: Workspace): Pick<Handlers, SimulationCall> {
  const simulator = createSimulator(workspace, (progress) => workspace.tell({ type: 'simulation', progress }));
  // A question is answered in a moment, and stops no simulation.
  const questions = createSimulator(workspace, () => undefined);
  return {
    'simulations.run'(plan) {
      knownMessages(workspace, assumedAbout(plan.assume));
      return simulator.run('simulate', plan);
    },
    'simulations.backtest'(plan) {
      knownMessages(workspace, assumedAbout(plan.assume));
      return simulator.run('backtest', plan);
    },
    'simulations.cover': (plan) => simulator.run('cover', plan),
    'simulations.try'(plan) {
      knownMessages(workspace, Object.keys(plan.choose));
      return simulator.run('try', plan);
    },
    'simulations.previewPublish': (plan) => simulator.run('previewPublish', plan),
    'simulations.why': (question) => questions.run('why', question),
    'simulations.check'(plan) {
      knownMessages(workspace, assumedAbout(plan.assume));
      const gone = unknownMessage(workspace, checkedAbout(checksOf(workspace)));
      if (gone !== undefined) refuse('check-without-message', say('A check is about the message {message}, which does not exist any more, so it would hold whatever happens. Choose another message in the check, or leave the check out.', { message: gone }), { message: gone });
      return simulator.run('check', plan);
    },
    'checks.list': () => checksOf(workspace),
    'checks.save'({ checks }) {
      knownMessages(workspace, checkedAbout(checks));
      transaction(workspace.db, () => {
        saveChecks(workspace, checks);
        recordAudit(workspace, 'user', 'checks-changed', { checks });
      });
      workspace.changed('settings');
      return null;
    },
    async 'simulations.stop'() {
      await simulator.stop();
      return null;
    },
  };
}

const assumedAbout = ({ messages }: Assumptions): string[] => Object.keys(messages);

const checkedAbout = (checks: readonly Check[]): string[] => checks.flatMap((check) => (check.kind === 'notToBuyers' && check.message !== 'any' ? [check.message] : []));

/** The first of these keys that no message has, neither now nor in a version that runs. */
function unknownMessage(workspace: Workspace, keys: readonly string[]): string | undefined {
  const running = () => publishedFlows(workspace).flatMap(({ id, version }) => flowVersion(workspace, id, version)?.messages ?? []);
  return keys.find((key) => findMessage(workspace, key) === undefined && !running().some((message) => message.key === key));
}

/** Refuses keys that no message has: nothing can come of what is said about it, and a check on it would hold whatever happens. */
function knownMessages(workspace: Workspace, keys: readonly string[]): void {
  const unknown = unknownMessage(workspace, keys);
  if (unknown !== undefined) refuse('message-unknown', say('There is no message {message}. Choose another one.', { message: unknown }), { message: unknown });
}
