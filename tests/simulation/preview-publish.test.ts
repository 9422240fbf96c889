// Publishing in people: who goes on when with the live version and with the draft, who stands at a removed step, who would get a
// message twice (FEATURES B2).
import { expect, test } from 'vitest';
import type { Flow } from '../../shared/flow/flow.ts';
import { HOUR } from '../../shared/time.ts';
import { previewPublish } from '../../src-main/simulation/preview-publish.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { flowRecord, updateDraft } from '../../src-main/store/flows.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { byHand, flowOf, mail, wait } from '../runner/story.ts';
import { EVERYBODY, shop } from './simulation-fixture.ts';

const live = flowOf({ name: 'Steps', triggers: [byHand], steps: [mail('reminder'), wait('seven', 7), mail('offer')] });

/** Nine people with consent and one without wait in "seven" since an hour ago. */
async function waitingInSeven() {
  const { workspace, flow } = shop(10, live);
  publish(workspace, flow, live, allMessages(workspace));
  const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
  await flowHandlers(workspace)['flows.enroll']({ flow, contacts: null, rule: EVERYBODY });
  await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + HOUR);
  const draft = (changed: Flow) => updateDraft(workspace, flow, changed, flowRecord(workspace, flow)!.revision);
  const preview = (days = 7, keep = false) => previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days, removed: [], keep }, () => undefined);
  return { workspace, flow, draft, preview };
}

test('an unchanged draft changes nothing', async () => {
  const { preview } = await waitingInSeven();
  const { steps, messages, twice, live: version } = await preview(8);
  expect(version).toBe(1);
  expect(steps).toMatchObject([{ step: 'seven', people: 10, removed: false, to: null, before: { now: 0, today: 0, within: 10, later: 0 }, after: { now: 0, today: 0, within: 10, later: 0 } }]);
  expect(messages).toEqual([{ message: 'offer', before: 9, after: 9 }]);
  expect(twice).toEqual({ count: 0, first: [] });
});

test('a shorter wait lets them go: at once, today, or this week', async () => {
  const { draft, preview } = await waitingInSeven();
  const at = async (amount: number, unit: string) => {
    draft(flowOf({ ...live, name: 'Steps', triggers: [byHand], steps: [mail('reminder'), wait('seven', amount, unit), mail('offer')] }));
    return (await preview(7)).steps[0]!;
  };
  expect((await at(30, 'minutes')).after).toEqual({ now: 10, today: 0, within: 0, later: 0 });
  expect((await at(5, 'hours')).after).toEqual({ now: 0, today: 10, within: 0, later: 0 });
  expect((await at(3, 'days')).after).toEqual({ now: 0, today: 0, within: 10, later: 0 });
  expect(await at(20, 'days')).toMatchObject({ before: { within: 10, later: 0 }, after: { within: 0, later: 10 } });
});

test('those at a removed step go on at the next that is left, or leave', async () => {
  const { draft, preview } = await waitingInSeven();
  draft(flowOf({ triggers: [byHand], steps: [mail('reminder'), mail('offer')] }));
  const moved = await preview();
  expect(moved.steps).toMatchObject([{ step: 'seven', people: 10, removed: true, to: { step: 'offer' }, after: { now: 10 } }]);
  expect(moved.messages).toEqual([{ message: 'offer', before: 9, after: 9 }]);
  draft(flowOf({ triggers: [byHand], steps: [mail('reminder')] }));
  expect(await preview()).toMatchObject({ steps: [{ removed: true, to: null, after: { now: 10 } }], messages: [{ message: 'offer', before: 9, after: 0 }] });
});

test('keeping people on their version changes nothing for them, and says how many stay; who was kept before stays as well', async () => {
  const { workspace, flow, draft, preview } = await waitingInSeven();
  draft(flowOf({ triggers: [byHand], steps: [mail('once-more', 'reminder')] }));
  const kept = await preview(8, true);
  expect(kept.kept).toEqual([{ version: 1, people: 10 }]);
  expect(kept.steps).toMatchObject([{ step: 'seven', people: 10, kept: 10, removed: false, to: null, before: { within: 10 }, after: { within: 10 } }]);
  expect(kept.messages).toEqual([{ message: 'offer', before: 9, after: 9 }]);
  expect(kept.twice.count).toBe(0);
  publish(workspace, flow, flowRecord(workspace, flow)!.draft, allMessages(workspace), [], true);
  draft(flowOf({ triggers: [byHand], steps: [wait('other', 1)] }));
  expect(await preview(8)).toMatchObject({ live: 2, kept: [{ version: 1, people: 10 }], steps: [{ step: 'seven', title: { text: 'Wait' }, kept: 10, removed: false }] });
});

test('names whoever would get a message again', async () => {
  const { workspace, draft, preview } = await waitingInSeven();
  draft(flowOf({ triggers: [byHand], steps: [mail('reminder'), wait('seven', 1), mail('once-more', 'reminder')] }));
  const before = imageOf(workspace.db);
  const { twice } = await preview();
  expect(twice.count).toBe(9);
  expect(twice.first[0]).toMatchObject({ contact: 1, email: 'p1@example.com', message: 'reminder' });
  expect(imageOf(workspace.db).equals(before)).toBe(true);
});

test('a flow that was never published has nobody inside; a draft with errors is refused', async () => {
  const { workspace, flow } = shop(2, live);
  const preview = () => previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days: 7, removed: [] }, () => undefined);
  expect(await preview()).toMatchObject({ live: null, steps: [], messages: [], twice: { count: 0 } });
  updateDraft(workspace, flow, flowOf({ steps: [mail('m', 'gone')] }), 1);
  await expect(preview()).rejects.toMatchObject({ name: 'ProblemError' });
});
