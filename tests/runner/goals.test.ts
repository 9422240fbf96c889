// FEATURES D18: goals at their place in the flow; D19: going to another step.
import { describe, expect, test } from 'vitest';
import type { Step } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addContact } from '../workspace-fixture.ts';
import { branch, flowOf, hasTag, mail, onTag, stage, tag, wait, type Stage } from './story.ts';

const goal = (id: string, rule: unknown, config: Record<string, unknown> = {}): Step => ({ id, type: 'goal', config: { rule, ...config } });
const goTo = (id: string, to: string): Step => ({ id, type: 'goTo', config: { to } });
const give = (story: Stage, contactId: number, name: string) => addTagFor(story.workspace, [{ contactId }], name, { source: 'user' });
const way = (story: Stage) => story.all<{ step: string; outlet: string | null }>('SELECT step_id AS step, outlet FROM visits ORDER BY enrollment_id, visit').map(({ step, outlet }) => `${step}.${outlet}`);
const bought = hasTag('bought');
const start = { triggers: [onTag('go')] };

async function begin(flow: ReturnType<typeof flowOf>, tags: string[] = []): Promise<{ story: Stage; ada: number; flow: number }> {
  const story = stage();
  const id = story.live(flow);
  const ada = addContact(story.workspace, { email: 'ada@example.com', tags: [...tags, 'go'], consent: ['email'] });
  await story.pass(HOUR);
  return { story, ada, flow: id };
}

describe('D18: a goal', () => {
  test('pulls who waits above it forward at once, and not a second time', async () => {
    const { story, ada } = await begin(flowOf({ ...start, steps: [wait('week', 7), mail('offer'), wait('more', 7), goal('bought', bought), tag('thanks')] }));
    give(story, ada, 'bought');
    await story.pass(0);
    expect(way(story)).toEqual(['week.goal', 'bought.next', 'thanks.next']);
    expect(story.delivered).toEqual([]);
  });

  test('on the event, not by a poll, and cancels what was planned above', async () => {
    const story = stage();
    story.isSending = false;
    story.live(flowOf({ ...start, steps: [mail('offer'), wait('week', 7), goal('bought', bought), tag('thanks')] }));
    const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['go'], consent: ['email'] });
    await story.pass(HOUR);
    give(story, ada, 'bought');
    await story.pass(0);
    expect(way(story)).toEqual(['offer.goal', 'bought.next', 'thanks.next']);
  });

  test('does not reach into ways that do not lead to it', async () => {
    const flow = flowOf({
      ...start,
      steps: [branch('vip', hasTag('vip')), wait('beside', 3), wait('above', 3), goal('bought', bought), tag('thanks')],
      ways: ['vip.yes > beside', 'vip.else > above', 'above > bought', 'bought > thanks'],
    });
    const { story, ada } = await begin(flow, ['vip']);
    give(story, ada, 'bought');
    await story.pass(0);
    expect(way(story)).toEqual(['vip.yes']);
  });

  test.each([
    ['skip', ['week.goal', 'bought.next', 'thanks.next']],
    ['keepOut', []],
  ])('met before they come in: %s', async (atEntry, expected) => {
    const { story } = await begin(flowOf({ ...start, steps: [wait('week', 7), goal('bought', bought, { atEntry }), tag('thanks')] }), ['bought']);
    expect(way(story)).toEqual(expected);
    expect(story.one('SELECT count(*) FROM enrollments')).toBe(atEntry === 'skip' ? 1 : 0);
  });

  test.each([
    ['goOn', ['hour.next', 'bought.missed', 'sorry.next']],
    ['wait', ['hour.next']],
    ['exit', ['hour.next', 'bought.null']],
  ])('who comes there without it: %s', async (otherwise, expected) => {
    const steps = [wait('hour', 1, 'hours'), goal('bought', bought, { otherwise }), tag('thanks'), tag('sorry')];
    const { story, ada } = await begin(flowOf({ ...start, steps, ways: ['hour > bought', 'bought > thanks', ...(otherwise === 'goOn' ? ['bought.missed > sorry'] : [])] }));
    await story.pass(DAY);
    expect(way(story)).toEqual(expected);
    if (otherwise !== 'wait') return;
    give(story, ada, 'bought');
    await story.pass(0);
    expect(way(story)).toEqual(['hour.next', 'bought.next', 'thanks.next']);
  });

  test('of several that are met, the furthest down', async () => {
    const { story, ada } = await begin(flowOf({ ...start, steps: [wait('a', 7), goal('first', bought), wait('b', 7), goal('second', bought), tag('end')] }));
    give(story, ada, 'bought');
    await story.pass(0);
    expect(way(story)).toEqual(['a.goal', 'second.next', 'end.next']);
  });

  test('once in a passage: a circle back up does not spin', async () => {
    const { story, ada } = await begin(flowOf({ ...start, steps: [wait('day', 1), goal('bought', bought), goTo('again', 'day')], ways: ['day > bought', 'bought > again', 'bought.missed > again'] }));
    give(story, ada, 'bought');
    await story.pass(2 * DAY + HOUR);
    expect(way(story).filter((each) => each === 'day.goal')).toHaveLength(1);
    expect(way(story).filter((each) => each === 'day.next')).toHaveLength(2);
  });

  test('D1: a goal that is published reaches those who wait', async () => {
    const { story, ada, flow } = await begin(flowOf({ ...start, steps: [wait('week', 7), tag('thanks')] }));
    give(story, ada, 'bought');
    await story.pass(0);
    story.republish(flow, flowOf({ ...start, steps: [wait('week', 7), goal('bought', bought), tag('thanks')] }));
    await story.pass(0);
    expect(way(story)).toEqual(['week.goal', 'bought.next', 'thanks.next']);
  });
});

describe('D19: going to another step', () => {
  test('people go on there, round after round with the wait between', async () => {
    const { story } = await begin(flowOf({ ...start, steps: [tag('in'), wait('day', 1), goTo('again', 'in')] }));
    await story.pass(2 * DAY);
    expect(way(story)).toEqual(['in.next', 'day.next', 'again.next', 'in.next', 'day.next', 'again.next', 'in.next']);
  });

  const names = namesFrom({ messages: [], attributes: [], segments: [] });
  const codes = (steps: Step[], ways?: string[]) => flowProblems(flowOf({ ...start, steps, ...(ways && { ways }) }), names).map(({ code }) => code);
  test('a circle without a wait is told, and a step that is gone; a go-to is no way out', () => {
    expect(codes([tag('in'), wait('day', 1), goTo('again', 'in')])).toEqual(['no-way-out']);
    expect(codes([tag('in'), goTo('again', 'in')])).toContain('loop-without-wait');
    expect(codes([tag('in'), goTo('again', 'gone')])).toEqual(['jump-nowhere']);
    expect(codes([branch('b', hasTag('x')), goTo('on', 'end'), tag('end')], ['b.yes > on', 'b.else > end'])).toEqual([]);
    // Only a go-to leads to it: it is not out of reach.
    expect(codes([tag('in'), goTo('on', 'end'), tag('end')], ['in > on'])).toEqual([]);
  });

  test('a person lets somebody past a goal that they wait at; they have not reached it', async () => {
    const { story, ada, flow } = await begin(flowOf({ ...start, steps: [goal('g', bought, { otherwise: 'wait' }), wait('week', 7), tag('end')] }));
    const skip = (step: string) => enrollmentHandlers(story.workspace)['enrollments.skip']({ flow, enrollments: null, step, outlet: null });
    expect(await skip('g')).toEqual({ done: 1, skipped: 0 });
    await story.pass(0);
    expect(way(story)).toEqual(['g.moved']);
    expect(story.all('SELECT step_id FROM enrollments')).toEqual([{ step_id: 'week' }]);
    // And is not pulled back by it, nor held up.
    give(story, ada, 'bought');
    await story.pass(8 * DAY);
    expect(way(story)).toEqual(['g.moved', 'week.next', 'end.next']);
  });

  test('a goal where nobody waits has nothing to let them past', async () => {
    const { story, flow } = await begin(flowOf({ ...start, steps: [wait('day', 1), goal('g', bought, { otherwise: 'exit' }), tag('end')] }));
    await enrollmentHandlers(story.workspace)['enrollments.move']({ flow, enrollments: null, step: 'day', to: 'g' });
    expect(await enrollmentHandlers(story.workspace)['enrollments.skip']({ flow, enrollments: null, step: 'g', outlet: null })).toEqual({ done: 0, skipped: 1 });
  });

  test('a goal that only waits is warned of', () => {
    expect(codes([wait('day', 1), goal('g', bought, { otherwise: 'wait' }), tag('end')])).toEqual(['goal-blocks']);
  });
});
