// What holds for everybody in a flow, also for those who were kept on an earlier version: when it opens and closes, how often one may
// come in, and its priority among the others belong to the flow, as it was published last; the way belongs to the version (FEATURES
// A1.23, A14.6, D15, D25).
import { expect, test } from 'vitest';
import type { Entry } from '../../shared/flow/entry.ts';
import { flowOf, mail, onTag, stage, tag, wait } from './story.ts';
import { add, inside, keep, places } from './kept-stage.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { TEST_NOW } from '../workspace-fixture.ts';

const entry = (changes: Partial<Entry>): Entry => ({ reentry: 'never', reentryDays: 30, audience: null, ...changes });
// Two days after the Monday of TEST_NOW, in the morning of Copenhagen.
const AT = '2026-03-04T06:00';
const steps = [wait('pause', 9), tag('end')];

test('A1.23: a closing date that is published for the flow lets out those who were kept, too', async () => {
  const { story, id } = await inside(flowOf({ steps }), 'ada');
  keep(story, id, flowOf({ steps: [wait('other', 9)], entry: entry({ closes: AT, atClose: 'exit' }) }));
  add(story, 'ben');
  await story.pass(DAY);
  expect(places(story)).toEqual(['1:pause', 'live:other']);
  await story.pass(DAY);
  expect(places(story)).toEqual(['1:flow-closed', 'live:flow-closed']);
  expect(story.one('SELECT version FROM visits WHERE step_id = ?', 'pause')).toBe(1);
});

test('A1.23: where the flow does not close any more, the date of the version that they were kept on lets nobody out', async () => {
  const { story, id } = await inside(flowOf({ steps, entry: entry({ closes: AT, atClose: 'exit' }) }), 'ada');
  keep(story, id, flowOf({ steps }));
  await story.pass(3 * DAY);
  expect(places(story)).toEqual(['1:pause']);
  await story.pass(7 * DAY);
  expect(places(story)).toEqual(['1:finished']);
});

test('D7: whether somebody who was kept may come in again is asked of the flow as it is now', async () => {
  const { story, id, all } = await inside(flowOf({ triggers: [onTag('in')], steps }));
  expect(all).toEqual([]);
  const ada = add(story, 'ada');
  addTagFor(story.workspace, [{ contactId: ada }], 'in', { source: 'user' });
  await story.pass(HOUR);
  keep(story, id, flowOf({ triggers: [onTag('again')], entry: entry({ reentry: 'afterExit', whileInside: 'restart' }), steps: [wait('other', 9)] }));
  addTagFor(story.workspace, [{ contactId: ada }], 'again', { source: 'user' });
  await story.pass(HOUR);
  expect(places(story)).toEqual(['1:restarted', 'live:other']);
});

test.each([
  ['high', ['welcome', 'offer']],
  ['low', ['offer', 'welcome']],
] as const)('D15, D25: of two flows at the same instant the one goes first that has the higher priority now: %s', async (priority, order) => {
  const story = stage();
  const id = story.live(flowOf({ steps: [wait('pause', 3), mail('welcome')] }));
  story.live(flowOf({ steps: [wait('as-long', 3), mail('offer')] }));
  add(story, 'ada');
  await story.pass(HOUR);
  keep(story, id, flowOf({ priority, steps: [wait('later', 3)] }));
  await story.pass(4 * DAY);
  expect(story.delivered.map(({ message, at }) => [message, at - TEST_NOW])).toEqual(order.map((message) => [message, 3 * DAY]));
});
