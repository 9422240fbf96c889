// Calls about time travel: what a flow would do, on a copy of the workspace.
import type { Handlers } from '../dispatch.ts';
import { createSimulator } from '../simulation/simulator.ts';
import { checksOf, saveChecks } from '../store/checks.ts';
import type { Workspace } from '../workspace.ts';

type SimulationCall = Extract<keyof Handlers, `simulations.${string}` | `checks.${string}`>;

export function simulationHandlers(workspace: Workspace): Pick<Handlers, SimulationCall> {
  const simulator = createSimulator(workspace, (progress) => workspace.tell({ type: 'simulation', progress }));
  // A question is answered in a moment, and stops no simulation.
  const questions = createSimulator(workspace, () => undefined);
  return {
    'simulations.run': (plan) => simulator.run('simulate', plan),
    'simulations.backtest': (plan) => simulator.run('backtest', plan),
    'simulations.cover': (plan) => simulator.run('cover', plan),
    'simulations.try': (plan) => simulator.run('try', plan),
    'simulations.previewPublish': (plan) => simulator.run('previewPublish', plan),
    'simulations.why': (question) => questions.run('why', question),
    'simulations.check': (plan) => simulator.run('check', plan),
    'checks.list': () => checksOf(workspace),
    'checks.save'({ checks }) {
      saveChecks(workspace, checks);
      workspace.changed('settings');
      return null;
    },
    async 'simulations.stop'() {
      await simulator.stop();
      return null;
    },
  };
}
