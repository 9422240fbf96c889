// The machine and its model side by side: how they begin, how time passes for both, and how they are compared.
import { expect } from 'vitest';
import { START, type Edge, type Flow, type Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { flowOf, onAdded } from '../runner/story.ts';
import { Machine, type Seen } from './machine.ts';
import { Model, type ChainStep } from './model.ts';

export type World = { model: Model; machine: Machine; backup: Model | null; fresh: number };

const CHAIN: ChainStep[] = [
  { id: 'mail1', kind: 'mail', hours: 0 },
  { id: 'wait1', kind: 'wait', hours: 30 },
  { id: 'split1', kind: 'split', hours: 0 },
  { id: 'mail2', kind: 'mail', hours: 0 },
  { id: 'wait2', kind: 'wait', hours: 5 },
  { id: 'tag1', kind: 'tag', hours: 0 },
];

const outletsOf = ({ kind }: ChainStep) => (kind === 'split' ? ['a', 'b'] : ['next']);

function stepFrom({ id, kind, hours }: ChainStep): Step {
  if (kind === 'wait') return { id, type: 'wait', config: { duration: { amount: hours, unit: 'hours' } } };
  if (kind === 'mail') return { id, type: 'sendEmail', config: { message: 'welcome' } };
  if (kind === 'tag') return { id, type: 'addTag', config: { tag: id } };
  return { id, type: 'split', config: { shares: [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }] } };
}

export function flowFrom(chain: readonly ChainStep[], back?: Edge): Flow {
  const edges = chain.slice(0, -1).flatMap((step, index) => outletsOf(step).map((outlet): Edge => ({ from: step.id, outlet, to: chain[index + 1]!.id })));
  const flow = flowOf({ triggers: [onAdded], steps: chain.map(stepFrom), entry: { reentry: 'afterExit', reentryDays: 30, audience: null } });
  return { ...flow, edges: [{ from: START, outlet: 'next', to: chain[0]!.id }, ...edges, ...(back === undefined ? [] : [back])] };
}

export function newWorld(): World {
  const machine = new Machine(flowFrom(CHAIN));
  return { machine, model: new Model(CHAIN, machine.now), backup: null, fresh: 0 };
}

/** Compares the machine with the model; `isQuiet`: it has had its turn at this instant. */
export async function compare({ model, machine }: World, isQuiet: boolean): Promise<Seen> {
  const seen = machine.see();
  model.follow(seen, machine.stored, isQuiet);
  if (machine.bugs.length > 0) throw machine.bugs[0];
  const { entered, active, held, failed, finished, exited, steps, kept } = await machine.calls['flows.counts']({ flow: 1 });
  expect(entered, 'I3: conservation').toBe(active + held + failed + finished + exited);
  expect(active + held + failed, 'I3: those inside').toBe(model.inside().length);
  for (const { version, people } of kept) expect(people, `A14.6: those on version ${version}`).toBe(model.inside().filter((passage) => passage.kept === version).length);
  expect(kept.reduce((sum, { people }) => sum + people, 0), 'A14.6: those on earlier versions').toBe(model.inside().filter((passage) => passage.kept !== null).length);
  for (const [step, { planned, sent, failed: lost, unknown, held: stopped, cancelled }] of Object.entries(steps)) {
    const open = seen.ledger.filter((line) => line.step === step && line.state === 'planned').length;
    expect(open + sent + lost + unknown + stopped + cancelled, `I10: the messages of ${step}`).toBe(planned);
  }
  return seen;
}

/** One look of the machine at an instant. */
export async function look(world: World): Promise<void> {
  const { model, machine } = world;
  const isLong = machine.now - model.lastLook > DAY && model.lastLook > 0 && model.pausedAt === null && model.overdue(machine.see()).length > 0;
  if (!(await machine.turn())) {
    // It has looked at the clock before it died.
    model.lastLook = machine.now;
    return;
  }
  const wasAway = model.away;
  const { away } = await compare(world, true);
  if (isLong && !wasAway) expect(away, 'F14: a person is asked').toBe(true);
}

/** Time passes while the machine runs: it looks at every instant at which something is due, and twice a day. */
export async function pass(world: World, ms: number): Promise<void> {
  const { machine } = world;
  const end = machine.now + ms;
  await look(world);
  while (machine.isAlive && machine.now < end) {
    const next = machine.runner.nextDueAt(machine.now);
    machine.now = Math.min(end, machine.now + 12 * HOUR, next ?? Infinity);
    await look(world);
  }
}

/** I9: what SQLite finds at every opening. */
export function expectWhole({ integrity, dangling }: ReturnType<Machine['start']>): void {
  expect(integrity, 'I9').toBe('ok');
  expect(dangling, 'I9').toEqual([]);
}
