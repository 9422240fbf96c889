// What must hold whatever the flow and whatever happens (FAULTS I3, I4, I8, I11): random flows, random histories.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOVED, PULLED } from '../../shared/engine/advance.ts';
import { joinOf } from '../../shared/engine/enrollment.ts';
import { JOINED } from '../../shared/steps/parallel.ts';
import { START, type Edge, type Flow, type Step } from '../../shared/flow/flow.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { addTagFor, removeTagFor } from '../../src-main/store/tags.ts';
import { flowVersion } from '../../src-main/store/flows.ts';
import { addContact } from '../workspace-fixture.ts';
import { branch, exit, flowOf, hasTag, join, mail, onAdded, onTag, openedThis, parallel, set, split, stage, tag, untag, wait, type Stage } from './story.ts';

const TAGS = ['a', 'b', 'c'];
const anyTag = fc.constantFrom(...TAGS);

const anyStep = (id: string): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.integer({ min: 1, max: 72 }).map((hours) => wait(id, hours, 'hours')),
    anyTag.map((name) => tag(id, name)),
    anyTag.map((name) => untag(id, name)),
    fc.constantFrom('welcome', 'offer').map((key) => mail(id, key)),
    anyTag.map((name) => branch(id, hasTag(name))),
    fc.constant(branch(id, openedThis('welcome'))),
    fc.constant(split(id, [{ id: 'l', label: 'L', weight: 30 }, { id: 'r', label: 'R', weight: 70 }])),
    fc.constantFrom('Ada', 'Ben').map((name) => set(id, 'first_name', name)),
    fc.constant(set(id, 'no_such_attribute', 1)),
    fc.constant(exit(id, 'done')),
    fc.tuple(anyTag, fc.integer({ min: 1, max: 48 })).map(([name, amount]): Step => ({ id, type: 'waitForEvent', config: { events: [{ id: 'tagged', event: 'tag_added', tag: name }, { id: 'open' }], atMost: { amount, unit: 'hours' } } })),
    fc.tuple(anyTag, fc.integer({ min: 1, max: 48 })).map(([name, amount]): Step => ({ id, type: 'waitUntilTrue', config: { rule: hasTag(name), atMost: { amount, unit: 'hours' } } })),
    anyTag.map((name): Step => ({ id, type: 'filter', config: { rule: hasTag(name) } })),
    fc.tuple(anyTag, fc.constantFrom('goOn', 'wait', 'exit'), fc.constantFrom('skip', 'keepOut')).map(([name, otherwise, atEntry]): Step => ({ id, type: 'goal', config: { rule: hasTag(name), otherwise, atEntry } })),
    fc.integer({ min: 1, max: 40 }).map((hours): Step => ({ id, type: 'waitRandom', config: { least: { amount: 1, unit: 'hours' }, most: { amount: 1 + hours, unit: 'hours' } } })),
    fc.integer({ min: 0, max: 3 }).map((days): Step => ({ id, type: 'waitBusinessDays', config: { days, daysOff: 'holidays_dk' } })),
    fc.constant(parallel(id, 'x', 'y')),
    fc.constant(join(id)),
    fc.constantFrom(1, 2).map((count) => join(id, { until: 'some', count })),
    fc.integer({ min: 1, max: 48 }).map((amount) => join(id, { limit: 'time', atMost: { amount, unit: 'hours' } })),
    fc.constant<Step>({ id, type: 'waitForWindow', config: { weekdays: [1, 2, 3, 4, 5], from: '22:00', to: '03:00' } }),
  );

const OUTLETS: Record<string, string[]> = { goal: ['next', 'missed'], branch: ['yes', 'else'], split: ['l', 'r'], exit: [], parallel: ['x', 'y'], waitForEvent: ['tagged', 'open', 'timedOut'], waitUntilTrue: ['true', 'timedOut'] };

/** Steps that lead on to later ones, or out; only a wait may lead back, so no loop is without time. */
const tangled: fc.Arbitrary<Flow> = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc
    .tuple(
      fc.tuple(...Array.from({ length: size }, (_, index) => anyStep(`s${index}`))),
      fc.array(fc.nat(), { minLength: size * 2, maxLength: size * 2 }),
      fc.constantFrom('never', 'afterExit'),
      fc.option(anyTag, { freq: 3 }),
      fc.option(anyTag, { freq: 3 }),
      fc.constantFrom('ignore', 'restart', 'queue'),
    )
    .map(([steps, ways, reentry, goal, leave, whileInside]) => {
      const edges = steps.flatMap((step, index): Edge[] =>
        outletsOf(step).flatMap((outlet, nth) => {
          const from = step.type === 'wait' ? 0 : index + 1;
          const to = from + (ways[(index * 2 + nth) % ways.length]! % (size - from + 1));
          return to < size ? [{ from: step.id, outlet, to: steps[to]!.id }] : [];
        }),
      );
      const flow = flowOf({ triggers: [onAdded, onTag('a')], steps, entry: { reentry, reentryDays: 30, audience: null, whileInside }, goal: goal === null ? null : hasTag(goal), exit: leave === null ? null : hasTag(leave) });
      return { ...flow, edges: [{ from: START, outlet: 'next', to: 's0' }, ...edges] };
    }),
);

const anyJoin = (id: string): fc.Arbitrary<Step> =>
  fc.oneof(fc.constant(join(id)), fc.constantFrom(1, 2).map((count) => join(id, { until: 'some', count })), fc.integer({ min: 1, max: 48 }).map((amount) => join(id, { limit: 'time', atMost: { amount, unit: 'hours' } })));

/** As a marketer draws them: one or two steps on each path, which may also end early; a wait at the end leads round again. */
const divided: fc.Arbitrary<Flow> = fc
  .tuple(fc.tuple(...['s0', 's2', 's3', 's4', 's5', 's7'].map((id) => anyStep(id))), anyJoin('s6'), fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), fc.option(anyTag, { freq: 3 }), fc.option(anyTag, { freq: 3 }))
  .map(([[s0, s2, s3, s4, s5, s7], s6, ways, goal, leave]) => {
    const steps = [s0!, parallel('s1', 'x', 'y'), s2!, s3!, s4!, s5!, s6, s7!];
    const onward: Record<string, (string | null)[]> = { s0: ['s1'], s2: ['s3', 's6', 's3', null], s3: ['s6', 's6', null], s4: ['s5', 's6', 's5', null], s5: ['s6', 's6', null], s6: ['s7'], s7: [s7!.type === 'wait' ? 's1' : null] };
    const edges = steps.flatMap((step, index): Edge[] =>
      outletsOf(step).flatMap((outlet, nth) => {
        const choices = onward[step.id];
        const to = choices === undefined ? (outlet === 'x' ? 's2' : 's4') : choices[ways[(index + nth) % ways.length]! % choices.length]!;
        return to === null ? [] : [{ from: step.id, outlet, to }];
      }),
    );
    const flow = flowOf({ triggers: [onAdded, onTag('a')], steps, entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, goal: goal === null ? null : hasTag(goal), exit: leave === null ? null : hasTag(leave) });
    return { ...flow, edges: [{ from: START, outlet: 'next', to: 's0' }, ...edges] };
  });

function outletsOf({ type, config }: Step): string[] {
  return type === 'join' && config['limit'] === 'time' ? ['next', 'timedOut'] : (OUTLETS[type] ?? ['next']);
}

const anyFlow = fc.oneof(tangled, divided);

type Act =
  | { kind: 'add'; tags: string[] }
  | { kind: 'tag'; contact: number; name: string }
  | { kind: 'untag'; contact: number; name: string }
  | { kind: 'open'; contact: number }
  | { kind: 'pass'; hours: number }
  | { kind: 'mail'; ends: 'sent' | 'failed' | 'suppressed' }
  | { kind: 'hand'; how: 'move' | 'skip' | 'restart' | 'remove' | 'retry'; step: number }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'publish'; flow: Flow };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), tags: fc.subarray(TAGS) }),
  fc.record({ kind: fc.constant('tag' as const), contact: fc.nat(20), name: anyTag }),
  fc.record({ kind: fc.constant('untag' as const), contact: fc.nat(20), name: anyTag }),
  fc.record({ kind: fc.constant('open' as const), contact: fc.nat(20) }),
  fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 0, max: 200 }) }),
  fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 0, max: 200 }) }),
  fc.record({ kind: fc.constant('mail' as const), ends: fc.constantFrom('sent' as const, 'failed' as const, 'suppressed' as const) }),
  fc.record({ kind: fc.constant('hand' as const), how: fc.constantFrom('move' as const, 'skip' as const, 'restart' as const, 'remove' as const, 'retry' as const), step: fc.nat(7) }),
  fc.constant({ kind: 'pause' as const }),
  fc.constant({ kind: 'resume' as const }),
  anyFlow.map((flow) => ({ kind: 'publish' as const, flow })),
);

/** Plays a history; `slices` is in how many parts each stretch of time passes. */
async function play(flow: Flow, acts: readonly Act[], slices: number): Promise<{ story: Stage; id: number }> {
  const story = stage();
  const { workspace } = story;
  const id = story.live(flow);
  const people = [addContact(workspace, { email: 'first@example.com' })];
  const someone = (n: number) => ({ contactId: people[n % people.length]! });
  for (const act of acts) {
    if (act.kind === 'add') people.push(addContact(workspace, { email: `p${people.length}@example.com`, tags: act.tags }));
    else if (act.kind === 'tag') addTagFor(workspace, [someone(act.contact)], act.name, { source: 'user' });
    else if (act.kind === 'untag') removeTagFor(workspace, [someone(act.contact)], act.name, { source: 'user' });
    else if (act.kind === 'open') openLatest(story, someone(act.contact).contactId);
    else if (act.kind === 'mail') story.outcome = () => (act.ends === 'suppressed' ? ['cancelled', 'suppressed'] : [act.ends, null]);
    else if (act.kind === 'pause') await story.calls['flows.pause']({ flow: id });
    else if (act.kind === 'resume') await story.calls['flows.resume']({ flow: id, overdue: 'rule' });
    else if (act.kind === 'hand') await byHand(story, id, act);
    else if (act.kind === 'publish') story.republish(id, act.flow);
    else for (let slice = 0; slice < slices; slice++) await story.pass((act.hours * HOUR) / slices);
    if (slices === 1) expectTogether(story);
  }
  return { story, id };
}

/** Everybody at a step is dealt with by hand; a move leads to the first step. */
async function byHand(story: Stage, flow: number, { how, step }: Extract<Act, { kind: 'hand' }>): Promise<void> {
  const calls = enrollmentHandlers(story.workspace);
  const who = { flow, enrollments: null, step: `s${step}` };
  // A step that the flow does not have, and at which nobody stands, is refused.
  const { draft } = await story.calls['flows.get']({ flow });
  if (!draft.steps.some(({ id }) => id === who.step) && story.one(`SELECT 1 FROM enrollments WHERE step_id = ? AND left_at IS NULL`, who.step) === undefined) return;
  if (how === 'move') await calls['enrollments.move']({ ...who, to: 's0' });
  else if (how === 'skip') await calls['enrollments.skip']({ ...who, outlet: null });
  else if (how === 'remove') await calls['enrollments.remove']({ ...who, reason: '' });
  else await calls[`enrollments.${how}`](who);
}

function openLatest(story: Stage, contact: number): void {
  const sent = story.all<{ enrollment_id: number; id: number }>(`SELECT id, enrollment_id FROM outbox WHERE contact_id = ? AND state = 'sent' ORDER BY id DESC LIMIT 1`, contact)[0];
  if (sent === undefined) return;
  story.workspace.db
    .prepare(`INSERT INTO events (event_id, contact_id, type, at, recorded_at, source, enrollment_id, outbox_id, made_by, data) VALUES (?, ?, 'message_opened', ?, 0, 'test', ?, ?, 'human', '{"message":"welcome"}') ON CONFLICT DO NOTHING`)
    .run(`open-${sent.id}`, contact, story.workspace.clock.now(), sent.enrollment_id, sent.id);
}

type VisitRow = { enrollment_id: number; visit: number; version: number; step_id: string; entered_at: number; left_at: number; outlet: string | null };
type EnrollmentRow = { id: number; contact_id: number; state: string; step_id: string | null; visit: number; exit_reason: string | null; entered_at: number; parent_id: number | null; fork: number; path: string };

const visitsOf = (story: Stage) => story.all<VisitRow>('SELECT enrollment_id, visit, version, step_id, entered_at, left_at, outlet FROM visits ORDER BY enrollment_id, visit');
const enrollmentsOf = (story: Stage) => story.all<EnrollmentRow>('SELECT id, contact_id, state, step_id, visit, exit_reason, entered_at, parent_id, fork, path FROM enrollments ORDER BY id');

/** I3: nobody vanishes, and every count says what the log says. */
async function expectConserved(story: Stage, flow: number): Promise<void> {
  const counts = await story.calls['flows.counts']({ flow });
  const enrollments = enrollmentsOf(story);
  // A path is not a person: a passage counts once, as failed where any of its paths has failed.
  const passages = enrollments.filter(({ parent_id }) => parent_id === null);
  const stuck = new Set(enrollments.filter(({ state }) => state === 'failed').map(({ id, parent_id }) => parent_id ?? id));
  const inState = (state: string) => passages.filter((each) => each.state === state && !stuck.has(each.id)).length;
  expect(counts).toMatchObject({ entered: passages.length, active: inState('active'), failed: stuck.size, held: 0, finished: inState('finished'), exited: inState('exited') });
  const left: Record<string, Record<string, number>> = {};
  for (const { step_id, outlet } of visitsOf(story)) {
    const ofStep = (left[step_id] ??= {});
    ofStep[outlet ?? 'exit'] = (ofStep[outlet ?? 'exit'] ?? 0) + 1;
  }
  const waiting = (step: string) => enrollments.filter(({ step_id }) => step_id === step).length;
  for (const [step, { entered, waiting: inside, left: ways, planned, sent, failed, unknown, held, cancelled }] of Object.entries(counts.steps)) {
    expect(ways).toEqual(left[step] ?? {});
    expect(inside).toBe(waiting(step));
    expect(entered).toBe(inside + Object.values(ways).reduce((sum, n) => sum + n, 0));
    const open = story.one(`SELECT count(*) FROM outbox WHERE step_id = ? AND state IN ('planned', 'claimed', 'handed')`, step) as number;
    expect(planned).toBe(open + sent + failed + unknown + held + cancelled);
  }
}

/** I4: each way is a path of the versions that were live at its moments. */
function expectPaths(story: Stage, flow: number): void {
  const visits = visitsOf(story);
  for (const enrollment of enrollmentsOf(story)) {
    const way = visits.filter(({ enrollment_id }) => enrollment_id === enrollment.id);
    way.forEach((visit, index) => {
      expect(visit.visit).toBe(index + 1);
      expect(visit.left_at).toBeGreaterThanOrEqual(visit.entered_at);
      const { edges, steps } = flowVersion(story.workspace, flow, visit.version)!.flow;
      expect(steps.map(({ id }) => id)).toContain(visit.step_id);
      const next = way[index + 1]?.step_id ?? enrollment.step_id;
      if (visit.outlet === null) expect(next).toBeNull();
      else if (visit.outlet === PULLED) expect(goalsBelow(edges, steps, visit.step_id)).toContain(next);
      else if (visit.outlet === JOINED) expect(next === null || isJoin(steps, next) || enrollment.parent_id !== null).toBe(true);
      else if (next === null && joinOf(enrollment.exit_reason) !== null) expect([visit.outlet === MOVED, edges.find(({ from, outlet }) => from === visit.step_id && outlet === visit.outlet)?.to === joinOf(enrollment.exit_reason)]).toContain(true);
      else if (visit.outlet !== MOVED) expect(edges.find(({ from, outlet }) => from === visit.step_id && outlet === visit.outlet)?.to ?? null).toBe(next);
      if (index > 0) expect(visit.entered_at).toBe(way[index - 1]!.left_at);
    });
    if (enrollment.step_id !== null) expect(enrollment.visit).toBe(way.length + 1);
    expect(enrollment.step_id === null).toBe(enrollment.state === 'finished' || enrollment.state === 'exited');
    if (enrollment.state === 'exited') expect(enrollment.exit_reason).not.toBeNull();
  }
}

/** A path begins where its passage was divided, goes on while the passage waits for it, and never longer. */
function expectTogether(story: Stage): void {
  const enrollments = enrollmentsOf(story);
  const isLive = story.one('SELECT state FROM flows') === 'live';
  const isInside = ({ state }: EnrollmentRow) => state === 'active' || state === 'failed';
  for (const path of enrollments.filter(({ parent_id }) => parent_id !== null)) {
    const passage = enrollments.find(({ id }) => id === path.parent_id)!;
    expect(passage).toMatchObject({ contact_id: path.contact_id, parent_id: null, entered_at: path.entered_at });
    // Who leaves on one path leaves on all.
    const isLatest = enrollments.every((other) => other.parent_id !== path.parent_id || other.fork <= path.fork);
    if (isInside(passage) && isLatest && path.state === 'exited') expect(['joined', 'moved-by-hand']).toContain(path.exit_reason);
    // A passage that waits where it was divided has a path to wait for.
    const isDue = story.one('SELECT due_at FROM enrollments WHERE id = ?', passage.id) !== null;
    if (isInside(passage) && passage.visit === path.fork && isLive && !isDue) expect(enrollments.filter((other) => other.parent_id === passage.id && other.fork === path.fork && isInside(other))).not.toHaveLength(0);
    if (!isInside(path)) continue;
    expect(isInside(passage)).toBe(true);
    if (passage.visit !== path.fork) expect(story.one(`SELECT count(*) FROM flow_versions v, json_each(v.flow, '$.steps') s WHERE s.value ->> 'id' = ? AND s.value ->> 'type' = 'join'`, passage.step_id)).not.toBe(0);
    expect(enrollments.filter((other) => isInside(other) && other.parent_id === path.parent_id && other.path === path.path)).toHaveLength(1);
  }
}

function isJoin(steps: readonly Step[], step: string): boolean {
  return steps.some(({ id, type }) => id === step && type === 'join');
}

/** The goals to which edges lead from a step. */
function goalsBelow(edges: readonly Edge[], steps: readonly Step[], from: string): string[] {
  const below = new Set<string>([from]);
  for (const id of below) for (const edge of edges) if (edge.from === id) below.add(edge.to);
  return steps.filter(({ id, type }) => type === 'goal' && id !== from && below.has(id)).map(({ id }) => id);
}

const RUNS = Number(process.env['KANAL_RUNS'] ?? 60);

test('nobody vanishes, counts equal the log, every way is a path, and time may pass in any slices', async () => {
  await fc.assert(
    fc.asyncProperty(anyFlow, fc.array(anyAct, { maxLength: 14 }), async (flow, acts) => {
      const { story, id } = await play(flow, acts, 1);
      await expectConserved(story, id);
      expectPaths(story, id);
      // I11: the same history again, only looked at more often, leads everybody the same way at the same moments.
      const again = await play(flow, acts, 3);
      expect(visitsOf(again.story)).toEqual(visitsOf(story));
      expect(enrollmentsOf(again.story)).toEqual(enrollmentsOf(story));
      story.workspace.close();
      again.story.workspace.close();
    }),
    { numRuns: RUNS },
  );
}, 60_000);

test('a circle without time cannot be published; were it to run all the same, the turn would end (I8)', async () => {
  const story = stage();
  story.live(flowOf({ steps: [tag('one', 'a'), untag('two', 'a')], ways: ['one > two', 'two > one'] }));
  addContact(story.workspace, { email: 'ada@example.com' });
  await story.runner.runDue();
  const turns = story.one('SELECT count(*) FROM visits') as number;
  expect(turns).toBeGreaterThan(0);
  expect(turns).toBeLessThan(10);
  expect(story.runner.nextDueAt()).toBe(story.workspace.clock.now() + 60_000);
  const { id } = await story.calls['flows.create']({ name: 'Circle' });
  await story.calls['flows.saveDraft']({ flow: id, draft: flowOf({ steps: [tag('one', 'a'), untag('two', 'a')], ways: ['one > two', 'two > one'] }), revision: 1 });
  await expect(Promise.resolve().then(() => story.calls['flows.publish']({ flow: id }))).rejects.toThrow();
});

test('a split divides evenly, and the same way again', async () => {
  const run = async () => {
    const story = stage();
    const flow = story.live(flowOf({ steps: [split('s', [{ id: 'l', label: 'L', weight: 30 }, { id: 'r', label: 'R', weight: 70 }])] }));
    for (let index = 0; index < 1000; index++) addContact(story.workspace, { email: `p${index}@example.com` });
    await story.pass(DAY);
    return (await story.calls['flows.counts']({ flow })).steps['s']!.left;
  };
  const first = await run();
  expect(first['l']! + first['r']!).toBe(1000);
  expect(first['l']).toBeGreaterThan(250);
  expect(first['l']).toBeLessThan(350);
  expect(await run()).toEqual(first);
});
