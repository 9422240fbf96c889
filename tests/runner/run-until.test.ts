// Virtual time without an end: it stops when nobody waits for a time any more, and never runs for ever.
import { expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { runUntilNobodyWaits } from '../../src-main/runner/run-until.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';
import { flowOf, onAdded, stage, tag, wait } from './story.ts';

test('it ends when the last one has come to the end', async () => {
  const story = stage();
  story.live(flowOf({ triggers: [onAdded], steps: [wait('short', 2), wait('long', 5), tag('done')] }));
  addContact(story.workspace, { email: 'ada@example.com' });
  await runUntilNobodyWaits(story.workspace, story.runner, story.workspace.clock);
  expect(story.workspace.clock.now()).toBe(TEST_NOW + 7 * DAY);
  expect(story.all('SELECT state FROM enrollments')).toEqual([{ state: 'finished' }]);
});

test('it follows nobody for more than a year', async () => {
  const story = stage();
  story.live(flowOf({ triggers: [onAdded], steps: [wait('round', 30), tag('again')], ways: ['start > round', 'round > again', 'again > round'] }));
  addContact(story.workspace, { email: 'ada@example.com' });
  await runUntilNobodyWaits(story.workspace, story.runner, story.workspace.clock);
  expect(story.workspace.clock.now()).toBe(TEST_NOW + 360 * DAY);
  expect(story.all('SELECT state FROM enrollments')).toEqual([{ state: 'active' }]);
});
