// People whose step failed: the list over all flows, what is done with them, and the breaker that stops a flow before it has
// failed for everybody (FEATURES D23, A14.7, A14.8).
import { describe, expect, test, vi } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { addTag } from '../../shared/steps/add-tag.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { liveFlowHandlers } from '../../src-main/handlers/live-flows.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, stage, tag, wait } from './story.ts';

/** While `act` runs, the step "add tag" throws for the contacts whom `fails` names by their turn. */
async function failing(fails: (turn: number) => boolean, act: () => Promise<void>): Promise<void> {
  let turn = 0;
  const run = addTag.run;
  const spy = vi.spyOn(addTag, 'run').mockImplementation((input) => {
    if (fails(turn++)) throw new Error('no such thing');
    return run(input);
  });
  try {
    await act();
  } finally {
    spy.mockRestore();
  }
}

function many(count: number) {
  const story = stage();
  const flow = flowOf({ name: 'Welcome', steps: [tag('mark'), wait('pause', 1), tag('end')] });
  const id = story.live(flow);
  for (let n = 0; n < count; n++) addContact(story.workspace, { email: `person${n}@example.com` });
  const errors = liveFlowHandlers(story.workspace)['errors.list'];
  const list = async () => errors({ flow: null, step: null, offset: 0, limit: 500 });
  return { story, id, flow, list, people: enrollmentHandlers(story.workspace) };
}

const everybody = (flow: number, step: string | null = null) => ({ flow, enrollments: null, step });

describe('the list', () => {
  test('names flow, step, contact, error, since when and how often', async () => {
    const { story, id, list } = many(2);
    await failing((turn) => turn === 0, () => story.pass(HOUR));
    const { total, rows, steps } = await list();
    expect(total).toBe(1);
    expect(rows).toEqual([{ enrollment: 1, flow: id, flowName: 'Welcome', step: 'mark', stepTitle: expect.anything(), contact: 1, email: 'person0@example.com', error: 'no such thing', failedAt: TEST_NOW, attempts: 1 }]);
    expect(steps).toMatchObject([{ flow: id, step: 'mark', people: 1 }]);
  });

  test('tried again: it counts the attempts, and once it has gone well, it is no error any more', async () => {
    const { story, id, list, people } = many(1);
    await failing(() => true, async () => {
      await story.pass(HOUR);
      await people['enrollments.retry'](everybody(id));
      await story.pass(HOUR);
    });
    expect((await list()).rows).toMatchObject([{ attempts: 2, failedAt: TEST_NOW + HOUR }]);
    await people['enrollments.retry'](everybody(id, 'mark'));
    await story.pass(HOUR);
    expect((await list()).total).toBe(0);
    expect(story.all('SELECT step_id, attempts, failed_at FROM enrollments')).toEqual([{ step_id: 'pause', attempts: 0, failed_at: null }]);
  });

  test('D1: who has failed at a step is tried again when that step is published otherwise; with every other change they stay', async () => {
    const { story, id, flow, list } = many(1);
    await failing(() => true, () => story.pass(HOUR));
    story.republish(id, { ...flow, steps: flow.steps.map((step) => (step.id === 'pause' ? wait('pause', 9) : step)) });
    await story.pass(HOUR);
    expect((await list()).rows).toMatchObject([{ step: 'mark', attempts: 1 }]);
    story.republish(id, { ...flow, steps: flow.steps.map((step) => (step.id === 'mark' ? tag('mark', 'mended') : step)) });
    await story.pass(HOUR);
    expect((await list()).total).toBe(0);
    expect(story.all('SELECT step_id, state FROM enrollments')).toEqual([{ step_id: 'pause', state: 'active' }]);
  });

  test('left out: they go on behind the step', async () => {
    const { story, id, list, people } = many(2);
    await failing((turn) => turn === 0, () => story.pass(HOUR));
    expect(await people['enrollments.skip']({ flow: id, enrollments: [1], step: null, outlet: null })).toEqual({ done: 1, skipped: 0 });
    await story.pass(0);
    expect((await list()).total).toBe(0);
    expect(story.all('SELECT step_id FROM enrollments')).toEqual([{ step_id: 'pause' }, { step_id: 'pause' }]);
    // Who has not failed cannot leave out a step that does not wait.
    expect(story.one(`SELECT count(*) FROM contact_tags`)).toBe(1);
  });
});

describe('the breaker', () => {
  test('stops the flow when a step fails for one after the other, and says so', async () => {
    const { story, id, list } = many(300);
    story.runner = story.restart();
    await failing(() => true, () => story.pass(HOUR));
    const failed = (await list()).total;
    expect(failed).toBeGreaterThanOrEqual(25);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'paused', halted: { code: 'flow-halted', text: { values: { failure: 'no such thing' } } } });
    expect(story.all(`SELECT actor, action FROM audit WHERE action = 'flow-paused'`)).toEqual([{ actor: 'runner', action: 'flow-paused' }]);
    // Mended and resumed, everybody goes on.
    await enrollmentHandlers(story.workspace)['enrollments.retry'](everybody(id));
    await story.calls['flows.resume']({ flow: id, overdue: 'send' });
    await story.pass(2 * DAY);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'live', halted: null, inside: 0 });
  });

  test('counts on when the program starts again', async () => {
    const { story, list } = many(20);
    await failing(() => true, async () => {
      await story.pass(HOUR);
      story.restart();
      for (let n = 0; n < 20; n++) addContact(story.workspace, { email: `later${n}@example.com` });
      await story.pass(HOUR);
    });
    expect((await list()).total).toBe(40);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'paused', halted: { text: { values: { failed: 40 } } } });
  });

  test('those who came by before the program started again count as well', async () => {
    const { story, list } = many(200);
    await story.pass(HOUR);
    story.restart();
    for (let n = 0; n < 30; n++) addContact(story.workspace, { email: `later${n}@example.com` });
    await failing(() => true, () => story.pass(HOUR));
    expect((await list()).total).toBe(30);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'live', halted: null });
  });

  test.each([
    ['few failures', 24, 24],
    ['one in ten of many', 400, 40],
  ])('%s stop nothing', async (_, count, failures) => {
    const { story, list } = many(count);
    await failing((turn) => (count === failures ? true : turn % 10 === 0), () => story.pass(HOUR));
    expect((await list()).total).toBe(failures);
    expect((await story.calls['flows.list']({}))[0]).toMatchObject({ state: 'live', halted: null });
  });
});
