// Since when somebody is in a segment: it is asked only where it is known, and what is asked is not forgotten.
import { expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { exportFlow, importFlow } from '../../src-main/store/flow-files.ts';
import { flowRecord, insertFlow } from '../../src-main/store/flows.ts';
import { problemsOfFlow } from '../../src-main/store/names.ts';
import { saveSegment, segmentsOf } from '../../src-main/store/segments.ts';
import { branch, flowOf, hasTag, stage, tag } from '../runner/story.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

const vip: Rule = hasTag('vip');
const forAWeek = (segment: string): Rule => ({ kind: 'segment', segment, member: true, for: { amount: 7, unit: 'days' } });
const keep = (workspace: TestWorkspace, track: boolean) => saveSegment(workspace, { key: 'vip', name: 'VIP', rule: vip, track });
const byAudience = flowOf({ name: 'Old friends', entry: { reentry: 'never', reentryDays: 30, audience: forAWeek('vip') }, steps: [tag('in')] });
const byBranch = flowOf({ name: 'Old friends', steps: [branch('old', forAWeek('vip')), tag('in')], ways: ['old.yes > in'] });

test.each([
  ['the audience', byAudience, { field: 'entry.audience.for' }],
  ['a branch', byBranch, { step: 'old', field: 'branches.0.rule.for' }],
])('of a segment that is not kept track of it is not known: %s says so before anything is published', (_, flow, place) => {
  const { workspace, calls } = stage();
  keep(workspace, false);
  const id = insertFlow(workspace, flow);
  expect(problemsOfFlow(workspace, flow).problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ code: 'segment-not-kept', place }]);
  expect(() => calls['flows.publish']({ flow: id })).toThrow('Turn on “Keep track” for that segment first');
  keep(workspace, true);
  expect(problemsOfFlow(workspace, flow).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('of a fixed set it is always known', () => {
  const workspace = testWorkspace();
  saveSegment(workspace, { key: 'vip', name: 'VIP', rule: null });
  expect(problemsOfFlow(workspace, byAudience).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('what a flow as it runs, or another segment, asks is not forgotten', async () => {
  const story = stage();
  const { 'segments.save': save } = segmentHandlers(story.workspace);
  const forget = () => save({ key: 'vip', name: 'VIP', rule: vip, track: false });
  keep(story.workspace, true);
  const id = story.live(byAudience);
  story.workspace.db.prepare(`UPDATE flows SET draft = json_set(draft, '$.entry.audience', json('null')) WHERE id = ?`).run(id);
  await save({ key: null, name: 'Long VIP', rule: forAWeek('vip'), track: false });
  await expect(forget()).rejects.toThrow('Since when somebody is in “VIP” is asked by “Old friends” and “Long VIP”');
  expect(segmentsOf(story.workspace).get('vip')?.track).toBe(true);
  await expect(save({ key: 'long_vip', name: 'Long VIP', rule: forAWeek('vip'), track: true })).resolves.toMatchObject({ key: 'long_vip' });
});

test('a flow file that asks it has it kept where it comes in', () => {
  const here = testWorkspace();
  keep(here, true);
  const file = exportFlow(here, flowRecord(here, insertFlow(here, byAudience))!.draft);
  const there = testWorkspace();
  const { id } = importFlow(there, file, 'old-friends.kanalflow');
  expect(segmentsOf(there).get('vip')?.track).toBe(true);
  expect(problemsOfFlow(there, flowRecord(there, id)!.draft).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});
