// A silent import, or a silent change of many contacts, starts nothing by the segments that people come into, whatever else happens
// to them in the same moment (FEATURES D27).
import { expect, test } from 'vitest';
import { HOUR } from '../../shared/time.ts';
import { run } from '../../src-main/store/database.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { flowOf, hasTag, stage, tag } from '../runner/story.ts';
import { addContact, happen } from '../workspace-fixture.ts';

test.each([
  ['before', false, 0],
  ['after', false, 0],
  ['before', true, 1],
] as const)('something else happens %s; it may start flows: %s', async (when, startFlows, passages) => {
  const story = stage();
  const { workspace } = story;
  saveSegment(workspace, { key: 'vips', name: 'VIPs', rule: hasTag('vip') });
  story.live(flowOf({ triggers: [{ id: 'in', type: 'segmentEntered', config: { segment: 'vips' } }], steps: [tag('greeted')] }));
  const ada = addContact(workspace, { email: 'ada@x.dk' });
  await story.pass(0);
  const importId = run(workspace.db, `INSERT INTO imports (file_name, file_hash, plan, state, counts, started_at) VALUES ('f', 'h', ?, 'done', '{}', 0)`, JSON.stringify({ startFlows })).id;
  if (when === 'before') happen(workspace, ada, 'page_viewed');
  addTagFor(workspace, [{ contactId: ada }], 'vip', { source: 'import', importId });
  if (when === 'after') happen(workspace, ada, 'page_viewed');
  await story.pass(HOUR);
  expect(story.one('SELECT count(*) FROM enrollments')).toBe(passages);
});
