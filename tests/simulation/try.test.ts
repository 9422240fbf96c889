// Trying a flow with one contact: the steps, the reasons, the mails as they would be; nobody else moves (FEATURES B1, B5).
import { expect, test } from 'vitest';
import { tryPlanSchema, type TryPlan } from '../../shared/simulation/try.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { drain } from '../../src-main/runner/draining.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { tryContact } from '../../src-main/simulation/try.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { allMessages } from '../../src-main/store/messages.ts';
import { imageOf } from '../../src-main/store/simulation-copy.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { addWaitingEntry } from '../../src-main/store/waiting-entries.ts';
import { branch, byHand, flowOf, hasTag, mail, onAdded, onTag, tag, wait } from '../runner/story.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { cartFlow, shop } from './simulation-fixture.ts';

const tried = (workspace: TestWorkspace, plan: Partial<Omit<TryPlan, 'contact' | 'choose'>> & { flow: number; contact: unknown; choose?: unknown }) =>
  tryContact(imageOf(workspace.db), workspace.clock.now(), tryPlanSchema.parse(plan), () => undefined);

test('Ada opens the reminder: she goes the way of those who have, two days are skipped, and the mail is hers', async () => {
  const { workspace, flow } = shop(3);
  const { steps, end, keptOut, contact } = await tried(workspace, { flow, contact: { values: { email: 'ADA@Example.com', first_name: 'Ada' } }, choose: { reminder: { opened: true } } });
  expect(keptOut).toBeNull();
  expect(contact).toMatchObject({ email: 'ADA@example.com'.toLowerCase(), invented: true });
  expect(steps.map(({ step, outlet }) => [step, outlet])).toEqual([['reminder', 'next'], ['two-days', 'next'], ['opened', 'yes'], ['keen', 'next']]);
  expect(steps[0]!.message).toMatchObject({ message: 'reminder', state: 'sent', subject: 'reminder' });
  expect(steps[0]!.message!.html).toContain('Hi Ada');
  expect(steps[1]!.leftAt - steps[1]!.at).toBe(2 * DAY);
  expect(steps[2]!.why).toMatchObject([{ name: 'yes', rule: { kind: 'condition', holds: true } }]);
  expect(end).toMatchObject({ state: 'finished', reason: null });
  expect(workspace.db.prepare('SELECT count(*) FROM contacts').pluck().get()).toBe(3);
});

test('Bo does not: he gets the offer; without consent he gets nothing, and it says why', async () => {
  const { workspace, flow } = shop(10);
  const bo = await tried(workspace, { flow, contact: 1 });
  expect(bo.steps.map(({ step }) => step)).toEqual(['reminder', 'two-days', 'opened', 'offer']);
  expect(bo.steps[2]!.why[0]!.rule).toMatchObject({ holds: false });
  const tenth = await tried(workspace, { flow, contact: 10 });
  expect(tenth.steps.map(({ message }) => message?.reason ?? null)).toEqual(['no-consent', null, null, 'no-consent']);
});

test('a branch says what was found and by how much it failed, with the values of that moment', async () => {
  const points = { kind: 'attribute', attribute: 'points', operator: 'atLeast', value: 50 };
  const rich = flowOf({ triggers: [byHand], steps: [tag('first', 'seen'), branch('rich', { kind: 'all', rules: [hasTag('seen'), points] }), mail('offer')], ways: ['first > rich', 'rich.yes > offer'] });
  const { workspace, flow } = shop(1, rich);
  addAttribute(workspace, { key: 'points', label: 'Points', kind: 'number' });
  const { steps } = await tried(workspace, { flow, contact: { values: { points: 38 } } });
  expect(steps.map(({ step, outlet }) => [step, outlet])).toEqual([['first', 'next'], ['rich', 'else']]);
  expect(steps[0]!.tags).toEqual([]);
  expect(steps[1]!.tags).toEqual(['seen']);
  const rule = steps[1]!.why[0]!.rule;
  expect(rule).toMatchObject({ kind: 'all', holds: false, parts: [{ holds: true }, { holds: false, actual: 38, missing: 12 }] });
  expect(inEnglish(steps[1]!.outletLabel!)).toBe('No');
});

test('who has been through before is tried again; whoever is not of the audience is kept out, with the reason', async () => {
  const { workspace, flow } = shop(2, cartFlow({ triggers: [onAdded] }));
  publish(workspace, flow, cartFlow({ triggers: [onAdded], entry: { reentry: 'never', reentryDays: 30, audience: hasTag('vip') } }), allMessages(workspace));
  const kept = await tried(workspace, { flow, version: 'live', contact: 1 });
  expect(kept).toMatchObject({ steps: [], end: null, keptOut: { kind: 'condition', holds: false } });
  const vip = await tried(workspace, { flow, version: 'live', contact: { tags: ['vip'], values: { first_name: 'Vi' } } });
  expect(vip.steps).toHaveLength(4);
  const nameless = await tried(workspace, { flow, version: 'live', contact: { tags: ['vip'] } });
  expect(nameless.end).toMatchObject({ stepId: 'reminder', message: { state: 'held', reason: 'missing-value' } });
  // A version that was published without its message: the outbox holds it for a person, who is not there in a trial.
  publish(workspace, flow, cartFlow(), []);
  const held = await tried(workspace, { flow, version: 'live', contact: 1 });
  expect(held).toMatchObject({ steps: [], end: { state: 'active', stepId: 'reminder', message: { state: 'held', reason: 'message-missing' } } });
});

test('a wait without an end stops at the horizon; an opt-out ends the passage', async () => {
  const { workspace, flow } = shop(1, flowOf({ triggers: [byHand], steps: [mail('reminder'), wait('long', 40), mail('offer')] }));
  const waiting = await tried(workspace, { flow, contact: 1, days: 10 });
  expect(waiting.end).toMatchObject({ state: 'active', stepId: 'long', at: workspace.clock.now() + 10 * DAY });
  const out = await tried(workspace, { flow, contact: 1, choose: { reminder: { optedOut: true } } });
  expect(out.steps.map(({ step }) => step)).not.toContain('offer');
  expect(out.end).toMatchObject({ state: 'exited', reason: 'opted-out' });
  // At once, not when the next message is due (FEATURES D14).
  expect(out.end!.at - waiting.steps[0]!.at).toBeLessThan(2 * DAY);
});

test('values that do not fit are problems, with their field', async () => {
  const { workspace, flow } = shop(1);
  await expect(tried(workspace, { flow, contact: { values: { email: 'not an address' } } })).rejects.toMatchObject({ problems: [{ place: { field: 'email' } }] });
  await expect(tried(workspace, { flow, contact: 99 })).rejects.toMatchObject({ name: 'ProblemError' });
});

test.each([
  ['opens later', { opens: '2027-01-01T09:00' }],
  ['has closed', { closes: '2025-01-01T09:00', atClose: 'exit' }],
  ['is full', { most: 1 }],
  ['has a passage for each order', { reentry: 'perKey', key: 'order' }],
] as const)('a flow that %s is tried all the same, and so is one that runs empty', async (_, entry) => {
  const { workspace, flow } = shop(2);
  publish(workspace, flow, cartFlow(), allMessages(workspace));
  await flowHandlers(workspace)['flows.enroll']({ flow, contacts: [2], rule: null });
  const changed = cartFlow({ entry: { reentry: 'afterExit', reentryDays: 30, audience: null, ...entry } });
  publish(workspace, flow, changed, allMessages(workspace));
  drain(workspace, flow, 'pause');
  const { keptOut, end } = await tried(workspace, { flow, version: 'live', contact: 1 });
  expect(keptOut).toBeNull();
  expect(end).toMatchObject({ state: 'finished' });
});

test('a flow that closes while the contact is inside lets it out then', async () => {
  const { workspace, flow } = shop(1);
  publish(workspace, flow, cartFlow({ entry: { reentry: 'never', reentryDays: 30, audience: null, closes: '2026-03-03T12:00', atClose: 'exit' } }), allMessages(workspace));
  const { end } = await tried(workspace, { flow, version: 'live', contact: 1 });
  expect(end).toMatchObject({ state: 'exited', reason: 'flow-closed' });
});

test('whom a goal keeps out is told that, and not the audience', async () => {
  const { workspace, flow } = shop(1, flowOf({ triggers: [byHand], steps: [wait('pause', 1), { id: 'goal', type: 'goal', config: { rule: hasTag('bought'), atEntry: 'keepOut' } }] }));
  addTagFor(workspace, [{ contactId: 1 }], 'bought', { source: 'user' });
  const { keptOut } = await tried(workspace, { flow, contact: 1 });
  expect(keptOut).toMatchObject({ kind: 'none', holds: false, parts: [{ holds: true }] });
});

test('who waits in line to come in again goes through once', async () => {
  const again = cartFlow({ triggers: [byHand, onTag('again')], entry: { reentry: 'afterExit', reentryDays: 1, audience: null, whileInside: 'queue' } });
  const { workspace, flow } = shop(1, again);
  publish(workspace, flow, again, allMessages(workspace));
  await flowHandlers(workspace)['flows.enroll']({ flow, contacts: [1], rule: null });
  addWaitingEntry(workspace, flow, { contactId: 1, triggerId: 'tag-again', entryKey: '', parallelKey: '', source: 'flow', since: workspace.clock.now(), dueAt: null });
  const { steps } = await tried(workspace, { flow, contact: 1 });
  expect(steps.map(({ step }) => step)).toEqual(['reminder', 'two-days', 'opened', 'offer']);
});
