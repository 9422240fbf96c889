// A shop with a flow that reminds of a full cart, for simulations: contacts with consent, some of whom bought before.
import type { Flow } from '../../shared/flow/flow.ts';
import { simulationPlanSchema, type SimulationPlan, type SimulationProgress, type SimulationResult } from '../../shared/simulation/simulation.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { simulate } from '../../src-main/simulation/simulate.ts';
import { branch, byHand, flowOf, mail, openedThis, tag, wait } from '../runner/story.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

export const EVERYBODY = { kind: 'all' as const, rules: [] };

/** Reminds, waits two days, reminds those again who have not opened, and tags those who have. */
export function cartFlow(more: Partial<Flow> = {}): Flow {
  return flowOf({
    name: 'Cart',
    triggers: [byHand],
    steps: [mail('reminder'), wait('two-days', 2), branch('opened', openedThis('reminder')), tag('keen'), mail('offer')],
    ways: ['reminder > two-days', 'two-days > opened', 'opened.yes > keen', 'opened.else > offer'],
    ...more,
  });
}

/** `people` contacts, all with consent but every tenth, who has none. */
export function shop(people: number, flow: Flow = cartFlow()): { workspace: TestWorkspace; flow: number } {
  const workspace = testWorkspace();
  for (const key of ['reminder', 'offer', 'welcome']) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: `<p>Hi {{ contact.first_name }}</p>` });
  for (let n = 1; n <= people; n++) addContact(workspace, { email: `p${n}@example.com`, first_name: `P${n}`, consent: n % 10 === 0 ? [] : ['email'] });
  return { workspace, flow: insertFlow(workspace, flow) };
}

export function planFor(flow: number, plan: Partial<Omit<SimulationPlan, 'assume'>> & { assume?: Record<string, unknown> } = {}): SimulationPlan {
  return simulationPlanSchema.parse({ flow, days: 7, who: EVERYBODY, ...plan });
}

/** Simulates in this thread. */
export function simulated(workspace: TestWorkspace, plan: SimulationPlan, tell: (progress: SimulationProgress) => void = () => undefined): Promise<SimulationResult> {
  return simulate(imageOf(workspace.db), workspace.clock.now(), plan, tell);
}
