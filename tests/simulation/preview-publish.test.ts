// Publishing in people: who goes on when with the live version and with the draft, who stands at a removed step, who would get a
// message twice (FEATURES B2).
import { describe, expect, test } from 'vitest';
import type { Flow, Step } from '../../shared/flow/flow.ts';
import { HOUR } from '../../shared/time.ts';
import { previewPublish } from '../../src-main/simulation/preview-publish.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { enrollmentHandlers } from '../../src-main/handlers/enrollments.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { flowRecord, updateDraft } from '../../src-main/store/flows.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { byHand, flowOf, join, mail, onAdded, parallel, tag, wait } from '../runner/story.ts';
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
  expect(kept).toMatchObject({ people: 10, steps: [] });
  expect(kept.messages).toEqual([{ message: 'offer', before: 9, after: 9 }]);
  expect(kept.twice.count).toBe(0);
  publish(workspace, flow, flowRecord(workspace, flow)!.draft, allMessages(workspace), [], true);
  draft(flowOf({ triggers: [byHand], steps: [wait('other', 1)] }));
  expect(await preview(8)).toMatchObject({ live: 2, kept: [{ version: 1, people: 10 }], steps: [] });
  // Of those at one step only they are told of who go on in the draft.
  draft(live);
  publish(workspace, flow, live, allMessages(workspace));
  await enrollmentHandlers(workspace)['enrollments.follow']({ flow, enrollments: [1, 2, 3], step: null });
  draft(flowOf({ ...live, name: 'Steps', triggers: [byHand], steps: [mail('reminder'), wait('seven', 30, 'minutes'), mail('offer')] }));
  expect(await preview(8)).toMatchObject({ people: 10, kept: [{ version: 1, people: 7 }], steps: [{ step: 'seven', people: 3, before: { now: 0, within: 3 }, after: { now: 3, within: 0 } }] });
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

test('D4: in a loop, a message that the draft moves behind those who have had it in this round counts for nobody; in the next round it does', async () => {
  const { workspace, flow, draft, preview } = await waitingInSeven();
  const loop = (...order: string[]) => {
    const all: Record<string, Step> = { m: mail('m', 'reminder'), seven: wait('seven', 7), two: wait('two', 2) };
    return flowOf({ triggers: [byHand], entry: { reentry: 'afterExit', reentryDays: 30, audience: null }, steps: [...order.map((id) => all[id]!), { id: 'back', type: 'goTo', config: { to: order[0]! } }] });
  };
  publish(workspace, flow, loop('m', 'seven', 'two'), allMessages(workspace));
  await enrollmentHandlers(workspace)['enrollments.restart']({ flow, enrollments: null, step: 'seven' });
  const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
  await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + HOUR);
  draft(loop('seven', 'm', 'two'));
  expect(await preview(10)).toMatchObject({ messages: [{ message: 'reminder', before: 9, after: 0 }], twice: { count: 0 } });
  expect((await preview(17)).messages).toEqual([{ message: 'reminder', before: 9, after: 9 }]);
});

test('a flow that was never published has nobody inside; a draft with errors is refused', async () => {
  const { workspace, flow } = shop(2, live);
  const preview = () => previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days: 7, removed: [] }, () => undefined);
  expect(await preview()).toMatchObject({ live: null, steps: [], messages: [], twice: { count: 0 } });
  updateDraft(workspace, flow, flowOf({ steps: [mail('m', 'gone')] }), 1);
  await expect(preview()).rejects.toMatchObject({ name: 'ProblemError' });
});

describe('D30: people, not the paths they go', () => {
  const paths = (days: number) =>
    flowOf({
      name: 'Paths',
      triggers: [byHand],
      steps: [parallel('p', 'a', 'b'), wait('wa', days), mail('ma', 'offer'), wait('wb', 5), mail('mb', 'reminder'), join('j'), tag('end')],
      ways: ['p.a > wa', 'wa > ma', 'ma > j', 'p.b > wb', 'wb > mb', 'mb > j', 'j > end'],
    });

  async function divided(now: Flow, firstMails: string[] = []) {
    const begin = paths(3);
    const running = { ...begin, steps: [...firstMails.map((key) => mail(`first-${key}`, key)), ...begin.steps], edges: [...begin.edges] };
    if (firstMails[0] !== undefined) running.edges = [{ from: 'start', outlet: 'next', to: `first-${firstMails[0]}` }, { from: `first-${firstMails[0]}`, outlet: 'next', to: 'p' }, ...begin.edges.filter(({ from }) => from !== 'start')];
    const { workspace, flow } = shop(9, running);
    publish(workspace, flow, running, allMessages(workspace));
    const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
    await flowHandlers(workspace)['flows.enroll']({ flow, contacts: null, rule: EVERYBODY });
    await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + HOUR);
    updateDraft(workspace, flow, now, flowRecord(workspace, flow)!.revision);
    return previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days: 7, removed: [] }, () => undefined);
  }

  test('who goes two ways at once is one person at two steps, and none where they were divided', async () => {
    const { people, atSeveral, steps, messages } = await divided(paths(1));
    expect({ people, atSeveral }).toEqual({ people: 9, atSeveral: 9 });
    expect(steps.map(({ step, people: here }) => [step, here])).toEqual([['wa', 9], ['wb', 9]]);
    expect(messages).toEqual([{ message: 'offer', before: 9, after: 9 }, { message: 'reminder', before: 9, after: 9 }]);
  });

  test('who would get a message again on another path than the first time would get it twice; each is counted once', async () => {
    const now = paths(1);
    const draft = { ...now, steps: [...now.steps.filter(({ id }) => id !== 'ma'), mail('ma', 'welcome'), mail('mc', 'welcome')], edges: [...now.edges.filter(({ from }) => from !== 'ma'), { from: 'ma', outlet: 'next', to: 'mc' }, { from: 'mc', outlet: 'next', to: 'j' }] };
    const { twice } = await divided({ ...draft, steps: [mail('first-welcome', 'welcome'), ...draft.steps], edges: [{ from: 'start', outlet: 'next', to: 'first-welcome' }, { from: 'first-welcome', outlet: 'next', to: 'p' }, ...draft.edges.filter(({ from }) => from !== 'start')] }, ['welcome']);
    expect(twice.count).toBe(9);
  });

  test('what they get on paths that they have not come to yet counts as theirs', async () => {
    const flow = paths(1);
    const running = { ...flow, steps: [wait('before', 1), ...flow.steps], edges: [{ from: 'start', outlet: 'next', to: 'before' }, { from: 'before', outlet: 'next', to: 'p' }, ...flow.edges.filter(({ from }) => from !== 'start')] };
    const { workspace, flow: id } = shop(9, running);
    publish(workspace, id, running, allMessages(workspace));
    const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
    await flowHandlers(workspace)['flows.enroll']({ flow: id, contacts: null, rule: EVERYBODY });
    await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + HOUR);
    const { messages, people, atSeveral } = await previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow: id, days: 7, removed: [] }, () => undefined);
    expect(messages).toEqual([{ message: 'offer', before: 9, after: 9 }, { message: 'reminder', before: 9, after: 9 }]);
    expect({ people, atSeveral }).toEqual({ people: 9, atSeveral: 0 });
  });
});

describe('D8: those who match already', () => {
  const flow = flowOf({ name: 'Added', triggers: [onAdded], steps: [mail('welcome'), wait('later', 3), mail('offer')] });
  const preview = (days: number, existing?: { over?: { amount: number; unit: 'days' } }, change: Partial<Flow> = {}) => {
    const { workspace, flow: id } = shop(20, { ...flow, ...change });
    return previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow: id, days, removed: [], ...(existing !== undefined && { existing }) }, () => undefined);
  };

  test('how many would come in, and what they would be sent; apart from those inside', async () => {
    const { existing, messages, people } = await preview(7, {});
    expect(existing).toEqual({ people: 20, entered: 20, messages: [{ message: 'welcome', count: 18 }, { message: 'offer', count: 18 }] });
    expect({ messages, people }).toEqual({ messages: [], people: 0 });
  });

  test('spread over a time: as many as come in within the days looked at', async () => {
    expect((await preview(5, { over: { amount: 10, unit: 'days' } })).existing).toMatchObject({ people: 20, entered: 11 });
  });

  test('as many as the entry policy lets in', async () => {
    expect((await preview(1, {}, { entry: { ...flow.entry, most: 7 } })).existing).toMatchObject({ people: 20, entered: 7 });
  });

  test('not asked for: nobody', async () => {
    expect((await preview(7)).existing).toBe(null);
  });
});

describe('D3: what new steps would mean for those who have gone past them', () => {
  test('who goes through them, and what they are sent; nothing happens to the workspace', async () => {
    const { workspace, flow, draft } = await waitingInSeven();
    draft(flowOf({ ...live, name: 'Steps', triggers: [byHand], steps: [mail('reminder'), mail('new', 'welcome'), tag('done'), wait('seven', 7), mail('offer')] }));
    const preview = (backfill?: { days: number }) => previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days: 7, removed: [], ...(backfill !== undefined && { backfill }) }, () => undefined);
    const count = () => workspace.db.prepare('SELECT count(*) FROM enrollments').pluck().get();
    const before = count();
    expect((await preview({ days: 30 })).backfill).toEqual({ people: 10, messages: [{ message: 'welcome', count: 9 }] });
    expect((await preview()).backfill).toBe(null);
    expect(count()).toBe(before);
    // What the preview says is what happens.
    const { backfilled } = await flowHandlers(workspace)['flows.publish']({ flow, backfill: { days: 30 } });
    expect(backfilled).toBe(10);
  });

  test('those inside are told of as without it', async () => {
    const { workspace, flow, draft } = await waitingInSeven();
    draft(flowOf({ ...live, name: 'Steps', triggers: [byHand], steps: [mail('reminder'), tag('new'), wait('seven', 7), mail('offer')] }));
    const preview = (backfill?: { days: number }) => previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow, days: 8, removed: [], ...(backfill !== undefined && { backfill }) }, () => undefined);
    const { backfill, ...rest } = await preview({ days: 7 });
    expect(backfill).toEqual({ people: 10, messages: [] });
    expect({ ...rest, backfill: null }).toEqual(await preview());
  });
});
