// Flow files with what the newer steps and triggers refer to: calendars come along, flows of another workspace do not.
import { expect, test } from 'vitest';
import { readFlowFile } from '../../shared/flow/flow-file.ts';
import { calendarsOf, saveCalendar } from '../../src-main/store/calendars.ts';
import { exportFlow, importFlow } from '../../src-main/store/flow-files.ts';
import { flowRecord } from '../../src-main/store/flows.ts';
import { problemsOfFlow } from '../../src-main/store/names.ts';
import { testWorkspace } from '../workspace-fixture.ts';
import { flowOf, onAdded } from './story.ts';

const fairs = { key: 'fairs', name: 'Fairs', days: [{ date: '2026-09-01', name: 'Odense' }] };

test('a file carries the calendars that its flow refers to, and nothing else; a workspace keeps its own', () => {
  const from = testWorkspace();
  saveCalendar(from, fairs);
  saveCalendar(from, { ...fairs, key: 'unused', name: 'Unused' });
  const flow = flowOf({
    triggers: [{ id: 'day', type: 'calendarDay', config: { calendar: 'fairs' } }, { id: 'from', type: 'fromFlow', config: { flow: 7 } }],
    steps: [{ id: 'wait', type: 'waitBusinessDays', config: { daysOff: 'holidays_dk' } }, { id: 'go', type: 'startFlow', config: { flow: 7 } }],
  });
  const text = exportFlow(from, flow);
  expect(readFlowFile(text, 'f').calendars).toEqual([fairs]);
  const to = testWorkspace();
  const { draft } = flowRecord(to, importFlow(to, text, 'f').id)!;
  expect(calendarsOf(to)).toEqual([fairs]);
  // Which flow is meant is to be chosen here; a trigger without one would start from any.
  expect([draft.triggers[1]!.config, draft.steps[1]!.config]).toEqual([{ flow: 0 }, { flow: null }]);
  expect(problemsOfFlow(to, draft).problems.map(({ code, place }) => `${code} ${place?.trigger ?? place?.step}`)).toEqual(['flow-unknown from', 'field-missing go']);
  const other = testWorkspace();
  saveCalendar(other, { ...fairs, days: [] });
  importFlow(other, text, 'f');
  expect(calendarsOf(other)[0]!.days).toEqual([]);
});

test('a flow without calendars has none in its file', () => {
  const workspace = testWorkspace();
  const text = exportFlow(workspace, flowOf({ triggers: [onAdded], steps: [{ id: 'a', type: 'exit', config: {} }] }));
  expect(text).not.toContain('calendars');
});
