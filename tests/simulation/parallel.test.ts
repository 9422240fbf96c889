// Parallel paths in simulations, in trying a flow with one contact, in the reasons for a message, and before publishing.
import { describe, expect, test } from 'vitest';
import { tryPlanSchema } from '../../shared/simulation/try.ts';
import { DAY } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { previewPublish } from '../../src-main/simulation/preview-publish.ts';
import { createRecordingOutbox } from '../../src-main/simulation/recording-outbox.ts';
import { tryContact } from '../../src-main/simulation/try.ts';
import { why } from '../../src-main/simulation/why.ts';
import { updateDraft } from '../../src-main/store/flows.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { branch, byHand, flowOf, hasTag, join, mail, parallel, tag, wait } from '../runner/story.ts';
import { planFor, shop, simulated } from './simulation-fixture.ts';

/** One path sends at once, the other after two days to those with a tag; then a tag. */
const flow = () =>
  flowOf({
    triggers: [byHand],
    steps: [parallel('p', 'a', 'b'), mail('welcome'), wait('w', 2), branch('vip', hasTag('vip')), mail('offer'), join('j'), tag('done')],
    ways: ['p.a > welcome', 'welcome > j', 'p.b > w', 'w > vip', 'vip.yes > offer', 'vip.else > j', 'offer > j', 'j > done'],
  });

async function running(contacts: number[], days: number) {
  const { workspace, flow: id } = shop(5, flow());
  publish(workspace, id, flow(), allMessages(workspace));
  const runner = createRunner(workspace, createRecordingOutbox(workspace, { settled: () => undefined }));
  await flowHandlers(workspace)['flows.enroll']({ flow: id, contacts, rule: null });
  await runUntil(workspace, runner, workspace.clock, workspace.clock.now() + days * DAY);
  return { workspace, id, ask: (message: string) => why(imageOf(workspace.db), workspace.clock.now(), { contact: 1, flow: id, message }) };
}

describe('parallel paths', () => {
  test('are simulated: people once, steps by passes, the same each time', async () => {
    const { workspace, flow: id } = shop(5, flow());
    const result = await simulated(workspace, planFor(id));
    expect(result.people).toMatchObject({ entered: 5, finished: 5, failed: 0 });
    for (const each of Object.values(result.steps)) expect(each.entered).toBe(each.waiting + Object.values(each.left).reduce((sum, n) => sum + n, 0));
    expect(result.steps['p']!.left).toEqual({ a: 5, b: 5, joined: 5 });
    expect(result.steps['done']!.entered).toBe(5);
    expect(JSON.stringify(await simulated(workspace, planFor(id)))).toBe(JSON.stringify(result));
  });

  test('are tried, with the steps of all of them', async () => {
    const { workspace, flow: id } = shop(1, flow());
    const result = await tryContact(imageOf(workspace.db), workspace.clock.now(), tryPlanSchema.parse({ flow: id, contact: 1, version: 'draft' }), () => undefined);
    expect(result.steps.map(({ step, outlet }) => `${step} ${outlet}`)).toEqual(['p a', 'p b', 'welcome next', 'p joined', 'w next', 'vip else', 'j next', 'done next']);
    expect(result.end).toMatchObject({ state: 'finished' });
  });

  test('have reasons for their messages', async () => {
    const before = await running([1], 1);
    expect(await before.ask('welcome')).toMatchObject({ answer: 'sent', step: 'welcome', passage: { state: 'active' } });
    expect(await before.ask('offer')).toMatchObject({ answer: 'on-the-way', step: 'w' });
    const after = await running([1], 5);
    expect(await after.ask('offer')).toMatchObject({ answer: 'other-way', step: 'vip', reason: 'else', certain: true });
  });

  test('are looked at before a change is published', async () => {
    const { workspace, id } = await running([1, 2], 1);
    const changed = flow();
    updateDraft(workspace, id, { ...changed, steps: changed.steps.map((each) => (each.id === 'w' ? wait('w', 3) : each)) }, 1);
    const preview = await previewPublish(imageOf(workspace.db), workspace.clock.now(), { flow: id, days: 7, removed: [] }, () => undefined);
    expect(preview.twice.count).toBe(0);
    expect(preview.steps.find(({ step }) => step === 'w')).toMatchObject({ people: 2 });
  });
});
