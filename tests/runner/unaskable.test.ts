// A rule that cannot be asked any more is the matter of the flow that has it: the others go on, nothing is lost, and it is said.
import { expect, test } from 'vitest';
import type { Entry } from '../../shared/flow/entry.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { sendingStage } from '../mail/sending-stage.ts';
import { addContact } from '../workspace-fixture.ts';
import { byHand, flowOf, hasTag, mail, onAdded, stage, tag, wait } from './story.ts';

const policy = (audience: Rule | null): Entry => ({ reentry: 'afterExit', reentryDays: 30, audience });
const longVip: Rule = { kind: 'segment', segment: 'vip', member: true, for: { amount: 1, unit: 'days' } };
const keep = (workspace: Workspace, track: boolean) => saveSegment(workspace, { key: 'vip', name: 'VIP', rule: hasTag('vip'), track });

test('an audience: nobody comes in by an event, everybody else’s flows go on, and the status says why', async () => {
  const story = stage();
  keep(story.workspace, true);
  story.live(flowOf({ name: 'For some', entry: policy(longVip), steps: [tag('one')] }));
  const all = story.live(flowOf({ steps: [tag('all')] }));
  expect(story.runner.status().sendingPaused).toBeNull();
  keep(story.workspace, false);
  addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
  await story.pass(HOUR);
  expect(story.all('SELECT flow_id FROM enrollments')).toEqual([{ flow_id: all }]);
  expect(inEnglish(story.runner.status().sendingPaused!.text)).toBe('Nobody comes into “For some” by itself, because it cannot be asked who may: Since when somebody is in “VIP” is not known. Turn on “Keep track” for that segment first.');
  // A person who puts somebody in is told so.
  await expect(flowHandlers(story.workspace)['flows.enroll']({ flow: 1, contacts: [1], rule: null })).rejects.toThrow('Keep track');
});

test('an audience: who stands in line stays there until it can be asked again', async () => {
  const story = stage();
  keep(story.workspace, true);
  const flow = story.live(flowOf({ triggers: [byHand], entry: policy(longVip), steps: [tag('one')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['vip'] });
  await story.pass(2 * DAY);
  story.workspace.db.prepare(`INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, since, due_at) VALUES (?, ?, '', '', 'hand', 'user', 0, 0)`).run(flow, ada);
  keep(story.workspace, false);
  await story.pass(HOUR);
  expect(story.one('SELECT count(*) FROM waiting_entries')).toBe(1);
  keep(story.workspace, true);
  await story.pass(2 * DAY);
  expect(story.one('SELECT count(*) FROM waiting_entries')).toBe(0);
});

test('a goal that keeps out whoever has met it since coming in can be asked: before that, nobody has', () => {
  const story = stage();
  const done = { id: 'goal', type: 'goal', config: { rule: { kind: 'event', event: 'bought', did: true, since: 'enrollment' }, atEntry: 'keepOut' } };
  story.live(flowOf({ steps: [wait('pause', 1), done] }));
  expect(story.runner.status().sendingPaused).toBeNull();
});

test('whom a schedule calls: nobody, and other schedules go on', async () => {
  const story = stage();
  keep(story.workspace, true);
  const daily = (who: Rule | null) => ({ id: 'daily', type: 'schedule', config: { every: 'daily', at: '12:00', who } });
  story.live(flowOf({ triggers: [daily(longVip)], steps: [tag('one')] }));
  const all = story.live(flowOf({ triggers: [daily(null)], steps: [tag('all')] }));
  keep(story.workspace, false);
  addContact(story.workspace, { email: 'ada@example.com' });
  await story.pass(DAY);
  expect(story.all('SELECT flow_id FROM enrollments')).toEqual([{ flow_id: all }]);
});

test('an audience at the moment of sending: the message is held, and the mail of others leaves', async () => {
  const sending = sendingStage({});
  keep(sending.workspace, true);
  const steps = [wait('pause', 2), mail('welcome')];
  sending.live(flowOf({ triggers: [onAdded], entry: policy({ kind: 'any', rules: [longVip, { kind: 'attribute', attribute: 'email', operator: 'isNotEmpty' }] }), steps }));
  sending.live(flowOf({ triggers: [onAdded], steps: [wait('pause', 2), mail('news')] }));
  addContact(sending.workspace, { email: 'ada@example.com', consent: ['email'] });
  await sending.pass(DAY);
  keep(sending.workspace, false);
  await sending.pass(2 * DAY);
  expect(sending.sent.map(({ subject }) => subject)).toEqual(['news']);
  expect(sending.ledger().map(({ message, state, reason }) => [message, state, reason])).toEqual([['welcome', 'held', 'audience'], ['news', 'sent', null]]);
});
