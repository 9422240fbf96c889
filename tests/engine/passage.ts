// A dumb executor for stories: one contact, virtual time, facts and messages told by the story.
import { advance } from '../../shared/engine/advance.ts';
import { compileFlow, factsNeeded, type CompiledFlow } from '../../shared/engine/compiled.ts';
import { enroll } from '../../shared/engine/enroll.ts';
import type { Enrollment, Visit } from '../../shared/engine/enrollment.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import type { Effect, Facts } from '../../shared/steps/step.ts';
import { atLocal, instantText, localDate, localTime } from '../../shared/time.ts';

export type Passage = {
  enrollment: Enrollment;
  visits: Visit[];
  effects: Effect[];
  flow: CompiledFlow;
};

export type World = {
  zone: string;
  workspaceZone: string;
  /** Answers to what steps ask; by step id. */
  facts: Record<string, Facts>;
  goal: boolean | undefined;
  exit: boolean | undefined;
  redirect: ReadonlyMap<string, string> | undefined;
  /** How a message ends at the instant at which it is asked for; `null`: not yet. */
  post: 'sent' | 'failed' | 'unknown' | 'cancelled' | null;
};

/** A contact comes into the flow at a local time ("2026-03-01 09:00"). */
export function story(flow: Flow, at: string, options: Partial<World> = {}) {
  const world: World = {
    zone: 'Europe/Copenhagen',
    workspaceZone: 'Europe/Copenhagen',
    facts: {},
    goal: undefined,
    exit: undefined,
    redirect: undefined,
    post: 'sent',
    ...options,
  };
  let now = local(at, world.zone);
  const compiled = compileFlow(flow);
  const passage: Passage = {
    flow: compiled,
    enrollment: enroll({ flow: compiled, flowId: 1, id: 42, contactId: 7, now, lastEvent: 0 }),
    visits: [],
    effects: [],
  };

  function turn(): void {
    for (
      let steps = 0;
      passage.enrollment.state === 'active' && passage.enrollment.dueAt !== null && passage.enrollment.dueAt <= now;
      steps++
    ) {
      if (steps > 1000) throw new Error('It goes round and round');
      const { stepId } = passage.enrollment;
      const asked = Object.keys(factsNeeded(passage.flow, stepId));
      const told = world.facts[stepId ?? ''] ?? {};
      const facts = Object.fromEntries(asked.map((name) => [name, told[name] ?? null]));
      const { enrollment, visit, effects } = advance({ ...world, flow: passage.flow, enrollment: passage.enrollment, facts, now, lastEvent: 0 });
      passage.enrollment = enrollment;
      passage.effects.push(...effects);
      if (visit !== null) passage.visits.push(visit);
      if (effects.some((effect) => effect.kind === 'send') && world.post !== null) settle(world.post);
    }
  }

  function settle(result: 'sent' | 'failed' | 'unknown' | 'cancelled'): void {
    passage.enrollment = { ...passage.enrollment, messageResult: result, dueAt: now };
  }

  turn();
  return {
    world,
    passage,
    /** Time passes until a local time; whatever falls due on the way happens when it is due. */
    until(later: string) {
      const end = local(later, world.zone);
      while (passage.enrollment.state === 'active' && passage.enrollment.dueAt !== null && passage.enrollment.dueAt <= end) {
        now = Math.max(now, passage.enrollment.dueAt);
        turn();
      }
      now = end;
      return this;
    },
    /** Somebody looks again: after a publish, or because something has changed. */
    wake() {
      passage.enrollment = { ...passage.enrollment, dueAt: now };
      turn();
      return this;
    },
    settled(result: 'sent' | 'failed' | 'unknown' | 'cancelled') {
      settle(result);
      turn();
      return this;
    },
    publish(next: Flow) {
      passage.flow = compileFlow(next);
      return this.wake();
    },
    get due() {
      const { dueAt } = passage.enrollment;
      return dueAt === null ? null : `${localDate(dueAt, world.zone)} ${localTime(dueAt, world.zone)}`;
    },
    get at() {
      return (
        passage.enrollment.stepId ??
        `${passage.enrollment.state}${passage.enrollment.exitReason === null ? '' : `: ${passage.enrollment.exitReason}`}`
      );
    },
    /** "step>outlet" for each stay that has ended. */
    get way() {
      return passage.visits.map(({ stepId, outlet }) => `${stepId}>${outlet ?? 'out'}`).join(' ');
    },
    get utcDue() {
      return passage.enrollment.dueAt === null ? null : instantText(passage.enrollment.dueAt);
    },
  };
}

function local(text: string, zone: string): number {
  const [date, time] = text.split(' ');
  return atLocal(date!, time!, zone);
}
