// Bringing people who were kept on an earlier version over to the live one, all or some (FEATURES A14.6).
import { describe, expect, test } from 'vitest';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { TEST_NOW } from '../workspace-fixture.ts';
import { add, audit, due, first, inside, keep, people, places, second, visits } from './kept-stage.ts';
import { flowOf, join, mail, parallel, stage, tag, wait, type Stage } from './story.ts';

describe('bringing people over', () => {
  test('all of them: looked at as publishing looks at them; who stands at a step that is gone goes on at the next', async () => {
    const old = flowOf({ steps: [wait('one', 2), wait('two', 10), mail('welcome'), wait('three', 10)] });
    const { story, id } = await inside(old, 'ada');
    await story.pass(3 * DAY);
    add(story, 'ben');
    await story.pass(HOUR);
    keep(story, id, flowOf({ steps: [wait('one', 1), wait('three', 20)] }));
    expect(places(story)).toEqual(['1:two', '1:one']);
    expect(await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null })).toEqual({ done: 2, skipped: 0 });
    await story.pass(0);
    expect(places(story)).toEqual(['live:three', 'live:one']);
    expect(due(story)[1]).toBe(3 * DAY + HOUR + DAY);
    // The visit of the step that is gone is one of the version that had it.
    expect(visits(story)).toEqual(['1:one.next', '1:two.moved']);
    expect(audit(story, 'people-follow')).toMatchObject([{ flow: id, enrollments: [2] }, { flow: id, enrollments: [1] }]);
    expect(story.all(`SELECT data ->> 'what' AS what FROM events WHERE type = 'flow_moved'`)).toEqual([{ what: 'followed' }, { what: 'followed' }]);
    expect(await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null })).toEqual({ done: 0, skipped: 0 });
    expect(await people(story)['enrollments.follow']({ flow: id, enrollments: [1], step: null })).toEqual({ done: 0, skipped: 1 });
  });

  test('some of them, or those at a step; the list says who is where', async () => {
    const { story, id } = await inside(first, 'ada', 'ben', 'cleo');
    keep(story, id, second);
    await people(story)['enrollments.follow']({ flow: id, enrollments: [2], step: null });
    await story.pass(0);
    expect(places(story)).toEqual(['1:pause', 'live:pause', '1:pause']);
    expect(due(story)).toEqual([3 * DAY, 9 * DAY, 3 * DAY]);
    const list = await people(story)['enrollments.list']({ flow: id, step: null, state: 'inside', offset: 0, limit: 10 });
    expect(list.rows.map(({ keptVersion }) => keptVersion)).toEqual([1, 1, null]);
    await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: 'pause' });
    expect(places(story)).toEqual(['live:pause', 'live:pause', 'live:pause']);
  });

  test('a message planned at a step that is gone is cancelled; one at a step that stays leaves once', async () => {
    const story = stage();
    const id = story.live(flowOf({ steps: [mail('offer'), wait('pause', 5)] }));
    add(story, 'ada');
    story.isSending = false;
    await story.pass(0);
    keep(story, id, flowOf({ steps: [wait('pause', 5)] }));
    await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null });
    story.isSending = true;
    await story.pass(HOUR);
    expect(story.all('SELECT state, reason FROM outbox')).toEqual([{ state: 'cancelled', reason: 'step-removed' }]);
    expect(places(story)).toEqual(['live:pause']);
    expect(story.delivered).toEqual([]);
  });

  test('with all their paths, also to a flow that does not divide any more', async () => {
    const old = flowOf({ steps: [parallel('p', 'a', 'b'), wait('wa', 2), wait('wb', 3), join('j'), wait('end', 30)], ways: ['p.a > wa', 'wa > j', 'p.b > wb', 'wb > j', 'j > end'] });
    const { story, id } = await inside(old, 'ada', 'ben');
    keep(story, id, old);
    expect(places(story)).toEqual(['1:p', '1:p', '1:wa', '1:wb', '1:wa', '1:wb']);
    await people(story)['enrollments.follow']({ flow: id, enrollments: [3], step: null });
    expect(places(story)).toEqual(['live:p', '1:p', 'live:wa', 'live:wb', '1:wa', '1:wb']);
    await story.pass(4 * DAY);
    expect(places(story).slice(0, 2)).toEqual(['live:end', '1:end']);
  });

  test('moving to a step that only the new version has takes them over to it; to one that both have does not', async () => {
    const { story, id } = await inside(first, 'ada', 'ben', 'cleo');
    keep(story, id, second);
    expect(await people(story)['enrollments.move']({ flow: id, enrollments: [1], step: null, to: 'other' })).toEqual({ done: 1, skipped: 0 });
    expect(await people(story)['enrollments.move']({ flow: id, enrollments: [2], step: null, to: 'more' })).toEqual({ done: 1, skipped: 0 });
    await people(story)['enrollments.follow']({ flow: id, enrollments: [3], step: null });
    expect(await people(story)['enrollments.move']({ flow: id, enrollments: [3], step: null, to: 'more' })).toEqual({ done: 0, skipped: 1 });
    await story.pass(0);
    expect(places(story)).toEqual(['live:other', '1:more', 'live:pause']);
    expect(visits(story)).toEqual(['1:pause.moved', '1:pause.moved']);
  });

  test('skipping goes the old way; beginning anew is a passage through the new version', async () => {
    const { story, id } = await inside(first, 'ada', 'ben');
    keep(story, id, second);
    await people(story)['enrollments.skip']({ flow: id, enrollments: [1], step: null, outlet: null });
    await people(story)['enrollments.restart']({ flow: id, enrollments: [2], step: null });
    await story.pass(0);
    expect(places(story)).toEqual(['1:more', '1:restarted', 'live:pause']);
    expect(visits(story)).toEqual(['1:pause.next', '1:one.next', '1:pause.null']);
  });

  test('more people than one turn deals with', async () => {
    const story = stage();
    const id = story.live(first);
    for (let n = 0; n < 1200; n++) add(story, `p${n}`);
    await story.pass(HOUR);
    keep(story, id, second);
    expect(await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null })).toEqual({ done: 1200, skipped: 0 });
    await story.pass(0);
    expect(story.all('SELECT kept_version AS kept, due_at - ? AS due, count(*) AS n FROM enrollments GROUP BY 1, 2', TEST_NOW)).toEqual([{ kept: null, due: 9 * DAY, n: 1200 }]);
  });
});

describe('D2: where those go on whose step the live version does not have, as on publishing', () => {
  const old = flowOf({ steps: [wait('one', 2), wait('two', 10), tag('end')] });
  const now = flowOf({ steps: [wait('one', 2), { ...tag('off'), disabled: true }, wait('three', 20), tag('end')] });
  const standing = async () => {
    const { story, id } = await inside(old, 'ada', 'ben');
    await story.pass(3 * DAY);
    add(story, 'cleo');
    await story.pass(HOUR);
    keep(story, id, now);
    expect(places(story)).toEqual(['1:two', '1:two', '1:one']);
    return { story, id };
  };
  const follow = (story: Stage, flow: number, go: RemovedChoice['go'], enrollments: number[] | null = null) => people(story)['enrollments.follow']({ flow, enrollments, step: null, removed: [{ step: 'two', go }] });

  test.each<[RemovedChoice['go'], string]>([
    ['next', 'live:finished'],
    ['exit', 'live:step-removed'],
    [{ to: 'three' }, 'live:three'],
    [{ to: 'one' }, 'live:one'],
  ])('%j', async (go, place) => {
    const { story, id } = await standing();
    expect(await follow(story, id, go)).toEqual({ done: 3, skipped: 0 });
    await story.pass(0);
    // Nothing else is said of who stands at a step that stays.
    expect(places(story)).toEqual([place, place, 'live:one']);
    expect(visits(story).filter((visit) => visit.includes(':two.'))).toEqual(Array.from({ length: 2 }, () => (go === 'exit' ? '1:two.null' : '1:two.moved')));
    expect(story.delivered).toEqual([]);
    expect(audit(story, 'people-follow')).toContainEqual(expect.objectContaining({ removed: [{ step: 'two', go }] }));
  });

  test('for some of them only; the others stay, and what was chosen is forgotten', async () => {
    const { story, id } = await standing();
    await follow(story, id, 'exit', [1]);
    await follow(story, id, 'next', [2]);
    await story.pass(0);
    expect(places(story)).toEqual(['live:step-removed', 'live:finished', '1:one']);
  });

  test('a message that was planned there is cancelled, whatever is chosen', async () => {
    for (const go of ['next', 'exit', { to: 'pause' }] as const) {
      const story = stage();
      const id = story.live(flowOf({ steps: [mail('offer'), wait('pause', 5)] }));
      add(story, 'ada');
      story.isSending = false;
      await story.pass(0);
      keep(story, id, flowOf({ steps: [wait('pause', 5), wait('rest', 5)] }));
      await people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null, removed: [{ step: 'offer', go }] });
      story.isSending = true;
      await story.pass(HOUR);
      expect(story.all('SELECT state FROM outbox')).toEqual([{ state: 'cancelled' }]);
    }
  });

  test('of parallel paths the whole passage goes where one of them is sent', async () => {
    const split = flowOf({ steps: [parallel('p', 'a', 'b'), wait('wa', 2), wait('wb', 3), join('j'), wait('end', 30)], ways: ['p.a > wa', 'wa > j', 'p.b > wb', 'wb > j', 'j > end'] });
    const { story, id } = await inside(split, 'ada', 'ben');
    keep(story, id, flowOf({ steps: [parallel('p', 'a', 'b'), wait('wa', 2), wait('wx', 3), join('j'), wait('end', 30)], ways: ['p.a > wa', 'wa > j', 'p.b > wx', 'wx > j', 'j > end'] }));
    const [ada, ben] = story.all<{ id: number }>('SELECT id FROM enrollments WHERE parent_id IS NULL ORDER BY id').map((each) => each.id) as [number, number];
    await people(story)['enrollments.follow']({ flow: id, enrollments: [ada], step: null, removed: [{ step: 'wb', go: { to: 'end' } }] });
    await people(story)['enrollments.follow']({ flow: id, enrollments: [ben], step: null, removed: [{ step: 'wb', go: 'exit' }] });
    await story.pass(0);
    expect(story.all('SELECT step_id AS step, exit_reason AS reason FROM enrollments WHERE parent_id IS NULL ORDER BY id')).toEqual([{ step: 'end', reason: null }, { step: null, reason: 'step-removed' }]);
    expect(story.one(`SELECT count(*) FROM enrollments WHERE parent_id IS NOT NULL AND state = 'active'`)).toBe(0);
  });

  test('a step that is switched off counts as gone; a choice of one that stays, or for one that is not there, is refused', async () => {
    const { story, id } = await inside(flowOf({ steps: [wait('one', 9), wait('rest', 9)] }), 'ada');
    keep(story, id, flowOf({ steps: [{ ...wait('one', 9), disabled: true }, wait('rest', 9)] }));
    const call = (step: string, go: RemovedChoice['go']) => people(story)['enrollments.follow']({ flow: id, enrollments: null, step: null, removed: [{ step, go }] });
    await expect(call('rest', 'exit')).rejects.toMatchObject({ problems: [{ code: 'step-not-removed' }] });
    await expect(call('one', { to: 'gone' })).rejects.toMatchObject({ problems: [{ code: 'step-unknown' }] });
    await expect(call('one', { to: 'one' })).rejects.toMatchObject({ problems: [{ code: 'step-unknown' }] });
    expect(places(story)).toEqual(['1:one']);
    expect(await call('one', 'exit')).toEqual({ done: 1, skipped: 0 });
    expect(places(story)).toEqual(['live:step-removed']);
  });
});
