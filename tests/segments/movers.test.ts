// What is told to be behind it that somebody has come to a segment: of several things that happened to them in one turn that which the
// rule was decided by. A flow does not start on its own change, and does on what people do (FEATURES D21, D25).
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { mayDecide } from '../../shared/contacts/rule-events.ts';
import { DAY, HOUR } from '../../shared/time.ts';
import { saveSegment } from '../../src-main/store/segments.ts';
import { flowOf, hasTag, mail, onTag, set, stage, tag, wait } from '../runner/story.ts';
import { addContact, happen } from '../workspace-fixture.ts';

const entered = (segment: string) => ({ id: `in-${segment}`, type: 'segmentEntered', config: { segment } });
const again = { reentry: 'afterExit', reentryDays: 30, audience: null } as const;

describe('two flows change somebody in the same turn', () => {
  test.each([
    ['only the first brings them into the segment: it does not start on its own change', 1, tag('vip'), set('name', 'first_name', 'Ada'), [1, 1]],
    ['only the second does: the first starts', 1, set('name', 'first_name', 'Ada'), tag('vip'), [2, 1]],
  ])('%s', async (_, days, first, second, passages) => {
    const story = stage();
    saveSegment(story.workspace, { key: 'vips', name: 'VIPs', rule: hasTag('vip') });
    story.live(flowOf({ triggers: [onTag('go'), entered('vips')], entry: again, steps: [wait('pause', days), first] }));
    story.live(flowOf({ triggers: [onTag('go')], entry: again, steps: [wait('pause', days), second] }));
    addContact(story.workspace, { email: 'ada@example.com', tags: ['go'] });
    await story.pass(5 * DAY);
    expect(story.all<{ n: number }>('SELECT count(*) AS n FROM enrollments GROUP BY flow_id ORDER BY flow_id').map(({ n }) => n)).toEqual(passages);
  });
});

test('what people do with a message of the flow is not its own change', async () => {
  const story = stage();
  saveSegment(story.workspace, { key: 'openers', name: 'Openers', rule: { kind: 'message', message: 'welcome', act: 'opened', did: true, since: 'ever' } });
  const id = story.live(flowOf({ triggers: [onTag('go'), entered('openers')], entry: again, steps: [mail('welcome')] }));
  const ada = addContact(story.workspace, { email: 'ada@example.com', tags: ['go'], consent: ['email'] });
  await story.pass(HOUR);
  happen(story.workspace, ada, 'message_opened', { flowId: id, data: { message: 'welcome' } });
  await story.pass(HOUR);
  expect(story.all('SELECT trigger_id AS by FROM enrollments ORDER BY id')).toEqual([{ by: 'tag-go' }, { by: 'in-openers' }]);
});

test.each<[Rule, string, Record<string, unknown>, boolean]>([
  [hasTag('vip'), 'tag_added', { tag: 'VIP' }, true],
  [hasTag('vip'), 'tag_added', { tag: 'other' }, false],
  [hasTag('vip'), 'contact_added', {}, true],
  [hasTag('vip'), 'attributes_changed', { changes: { city: [null, 'Ribe'] } }, false],
  [{ kind: 'attribute', attribute: 'city', operator: 'isNotEmpty' }, 'attributes_changed', { changes: { city: [null, 'Ribe'] } }, true],
  [{ kind: 'attribute', attribute: 'city', operator: 'isNotEmpty' }, 'attributes_changed', { changes: { name: [null, 'Ribe'] } }, false],
  [{ kind: 'consent', channel: 'email', given: true }, 'consent_given', { channel: 'sms' }, false],
  [{ kind: 'suppressed', channel: 'email', is: true }, 'suppressed', { channel: 'email' }, true],
  [{ kind: 'suppressed', channel: 'email', is: true }, 'attributes_changed', { changes: { email: ['a', 'b'] } }, true],
  [{ kind: 'segment', segment: 'inner', member: true }, 'tag_removed', { tag: 'inner' }, true],
  [{ kind: 'segment', segment: 'itself', member: true }, 'tag_removed', { tag: 'inner' }, false],
  [{ kind: 'segment', segment: 'fixed', member: true }, 'segment_left', { segment: 'fixed' }, true],
  [{ kind: 'order', measure: 'count', operator: 'atLeast', value: 1, since: 'ever' }, 'order_changed', {}, true],
  [{ kind: 'flow', flow: 1, position: 'inside', is: true, since: 'ever' }, 'flow_left', {}, true],
  [{ kind: 'none', rules: [{ kind: 'any', rules: [{ kind: 'event', event: 'visit', did: true, since: 'ever' }] }] }, 'visit', {}, true],
  [{ kind: 'message', message: 'any', act: 'opened', did: false, since: 'ever' }, 'message_sent', {}, false],
])('%j may be decided by %s %j: %s', (rule, type, data, may) => {
  const segments: Record<string, Rule | null> = { inner: hasTag('inner'), itself: { kind: 'segment', segment: 'itself', member: true }, fixed: null };
  expect(mayDecide(rule, { type, data }, (key) => segments[key])).toBe(may);
});
