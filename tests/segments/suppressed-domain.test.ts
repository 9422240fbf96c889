// A segment of those who may be written to, when a whole domain is put on the list of those who never may, and taken off it again.
import { expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addSuppression, removeSuppression } from '../../src-main/store/suppressions.ts';
import { stage } from '../runner/story.ts';
import { addContact, TEST_NOW } from '../workspace-fixture.ts';

test('its people leave the segment at once, and are back by the next day', async () => {
  const story = stage();
  const { workspace } = story;
  const moves = () => story.all<{ type: string; contact: number; at: number }>(`SELECT type, contact_id AS contact, at FROM events WHERE type LIKE 'segment_%' ORDER BY id`);
  saveSegment(workspace, { key: 'reachable', name: 'Reachable', rule: { kind: 'suppressed', channel: 'email', is: false }, track: true });
  const ada = addContact(workspace, { email: 'ada@x.dk' });
  addContact(workspace, { email: 'bob@y.dk' });
  await story.pass(0);
  addSuppression(workspace, { channel: 'email', address: '@x.dk', reason: 'user', source: 'test' });
  await story.pass(0);
  expect(moves()).toEqual([{ type: 'segment_left', contact: ada, at: TEST_NOW }]);
  removeSuppression(workspace, 1, 'user');
  await story.pass(DAY);
  expect(moves().slice(1)).toMatchObject([{ type: 'segment_entered', contact: ada }]);
});
