// Any flow that may be published, any contact, any answers: the passage is a path of the flow, never stands still or runs on
// for ever within one instant, and nobody vanishes (FAULTS I3, I4, I8).
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advance } from '../../shared/engine/advance.ts';
import { compileFlow, factsNeeded } from '../../shared/engine/compiled.ts';
import { enroll } from '../../shared/engine/enroll.ts';
import type { Visit } from '../../shared/engine/enrollment.ts';
import { addStep, connect, removeStep, setDisabled } from '../../shared/flow/edits.ts';
import { START, type Flow, type Step } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { flowProblems, mayPublish } from '../../shared/flow/problems.ts';
import { nextOf, outletsOf, reachableFrom, stepOf } from '../../shared/flow/reading.ts';
import { DAY } from '../../shared/time.ts';
import { flowOf } from '../flow/flows.ts';

const names = namesFrom({
  messages: [{ key: 'hello', name: 'Hello' }],
  attributes: [{ key: 'renewal', label: 'Renewal', kind: 'date' }],
  segments: [],
});
const rule = { kind: 'tag', tag: 'vip', has: true };
const KINDS: Pick<Step, 'type' | 'config'>[] = [
  { type: 'sendEmail', config: { message: 'hello' } },
  { type: 'wait', config: {} },
  { type: 'wait', config: { duration: { amount: 90, unit: 'minutes' } } },
  { type: 'waitUntil', config: { weekdays: [1, 4] } },
  { type: 'waitUntil', config: { until: 'attribute', attribute: 'renewal', past: 'go', missing: 'exit' } },
  {
    type: 'branch',
    config: {
      branches: [
        { id: 'a', rule },
        { id: 'b', rule },
      ],
    },
  },
  { type: 'split', config: {} },
  { type: 'addTag', config: { tag: 'vip' } },
  { type: 'exit', config: {} },
];

/** A flow grown step by step at random spots, with lines drawn across and steps switched off; without steps nobody comes to. */
function grow(seeds: readonly { kind: number; spot: number; act: number }[]): Flow {
  let flow = flowOf({}, []);
  seeds.forEach(({ kind, spot, act }, index) => {
    const sources = [START, ...flow.steps.map(({ id }) => id)];
    const from = sources[spot % sources.length]!;
    const outlets = from === START ? ['next'] : outletsOf(flow, stepOf(flow, from)).map(({ id }) => id);
    const outlet = outlets[act % Math.max(1, outlets.length)];
    if (outlet === undefined) return;
    const target = flow.steps[kind % Math.max(1, flow.steps.length)]?.id;
    if (act % 5 === 4 && target !== undefined) flow = connect(flow, { from, outlet }, target);
    else if (act % 11 === 10 && target !== undefined) flow = setDisabled(flow, target, true);
    else flow = addStep(flow, { id: `s${index}`, ...KINDS[kind % KINDS.length]! }, { from, outlet });
  });
  const reached = reachableFrom(flow, [START]);
  return flow.steps.filter(({ id }) => !reached.has(id)).reduce((result, { id }) => removeStep(result, id), flow);
}

const seeds = fc.array(fc.record({ kind: fc.nat(1000), spot: fc.nat(1000), act: fc.nat(1000) }), { minLength: 1, maxLength: 30 });

it('every passage is a path', () => {
  let published = 0;
  fc.assert(
    fc.property(
      seeds,
      fc.nat(1e6),
      fc.constantFrom('Europe/Copenhagen', 'Australia/Lord_Howe', 'America/Santiago'),
      fc.infiniteStream(fc.boolean()),
      (list, id, zone, coins) => {
        const flow = grow(list);
        if (!mayPublish(flowProblems(flow, names))) return;
        published++;
        const compiled = compileFlow(flow);
        const toss = () => coins.next().value as boolean;
        let now = Date.UTC(2026, 2, 27, 12);
        const end = now + 60 * DAY;
        let enrollment = enroll({ flow: compiled, flowId: 1, id, contactId: id, now, lastEvent: 0 });
        const visits: Visit[] = [];
        while (enrollment.state === 'active' && now < end) {
          for (let turns = 0; enrollment.state === 'active' && enrollment.dueAt !== null && enrollment.dueAt <= now; turns++) {
            // Each step at the most once within one instant, and once more for a mail that is settled.
            expect(turns).toBeLessThanOrEqual(flow.steps.length * 2);
            const facts = Object.fromEntries(
              Object.entries(factsNeeded(compiled, enrollment.stepId)).map(([name, ask]) => [name, 'rule' in ask ? toss() : 'attribute' in ask ? '2026-04-10' : null]),
            );
            const step = advance({ flow: compiled, enrollment, facts, now, lastEvent: 0, zone, workspaceZone: 'UTC' });
            if (step.visit === null) expect(step.enrollment.dueAt === null || step.enrollment.dueAt > now).toBe(true);
            else visits.push(step.visit);
            enrollment = step.enrollment;
          }
          if (enrollment.state !== 'active') break;
          if (enrollment.dueAt === null) enrollment = { ...enrollment, messageResult: 'sent', dueAt: now };
          else now = enrollment.dueAt;
        }
        visits.forEach((visit, index) => {
          const step = stepOf(flow, visit.stepId);
          const next = visits[index + 1];
          expect(visit.visit).toBe(index + 1);
          expect(visit.leftAt).toBeGreaterThanOrEqual(visit.enteredAt);
          const to = visit.outlet === null ? null : nextOf(flow, step.id, visit.outlet);
          if (visit.outlet !== null && outletsOf(flow, step).length > 0)
            expect(outletsOf(flow, step).map((outlet) => outlet.id)).toContain(visit.outlet);
          expect(to).toBe(next?.stepId ?? enrollment.stepId);
          if (next !== undefined) expect(next.enteredAt).toBe(visit.leftAt);
        });
        expect(visits[0]?.stepId ?? enrollment.stepId).toBe(compiled.first);
        expect(['active', 'finished', 'exited']).toContain(enrollment.state);
      },
    ),
    { numRuns: 800 },
  );
  expect(published).toBeGreaterThan(150);
});
