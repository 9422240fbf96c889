// Steps that wait for something to become so, and the one that lets only some go on: the step alone, with facts given.
import { describe, expect, it } from 'vitest';
import type { Facts, StepType } from '../../shared/steps/step.ts';
import { filter } from '../../shared/steps/filter.ts';
import { waitForEvent } from '../../shared/steps/wait-for-event.ts';
import { waitUntilTrue } from '../../shared/steps/wait-until-true.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';

const names = namesFrom({ messages: [{ key: 'hello', name: 'Hello' }], attributes: [], segments: [] });
const CAME = Date.UTC(2026, 2, 2, 9, 20);
const vip = { kind: 'tag', tag: 'vip', has: true };

/** What becomes of somebody who came at CAME and is looked at so many ms later. */
function after(type: StepType, config: Record<string, unknown>, facts: Facts, ms: number) {
  const outcome = type.run({ config: type.config.parse(config), now: CAME + ms, enteredAt: CAME, entering: ms === 0, zone: 'UTC', workspaceZone: 'UTC', facts, messageResult: null, chance: 0, contactChance: 0 });
  if (outcome.kind === 'wait') return outcome.until! - CAME;
  return outcome.kind === 'leave' ? outcome.outlet : `exit: ${outcome.reason}`;
}
const says = (type: StepType, config: Record<string, unknown>) => inEnglish(type.summary(type.config.parse(config), names));

describe('wait until true', () => {
  const config = { rule: vip, atMost: { amount: 2, unit: 'days' } };
  it.each([
    ['true on coming', true, 0, 'true'],
    ['not yet', false, 0, 2 * DAY],
    ['asked again', false, DAY, 2 * DAY],
    ['true later', true, DAY, 'true'],
    ['true at the last instant', true, 2 * DAY, 'true'],
    ['timed out', false, 2 * DAY, 'timedOut'],
  ])('%s', (_, holds, ms, expected) => expect(after(waitUntilTrue, config, { holds }, ms)).toBe(expected));

  it.each([
    ['a tag does not change by itself', vip, 2 * DAY],
    ['"in the last 3 hours" does', { kind: 'event', event: 'visit', did: false, since: { amount: 3, unit: 'hours' } }, 40 * MINUTE],
    ['so does a day', { kind: 'attribute', attribute: 'last', operator: 'longerAgo', value: { amount: 3, unit: 'days' } }, 40 * MINUTE],
    ['a segment may', { kind: 'segment', segment: 'idle', member: true }, 40 * MINUTE],
  ])('looks every full hour only where time decides: %s', (_, rule, expected) => expect(after(waitUntilTrue, { ...config, rule }, { holds: false }, 0)).toBe(expected));

  it('never looks later than the time-out', () => {
    const soon = { rule: { kind: 'segment', segment: 'idle', member: true }, atMost: { amount: 10, unit: 'minutes' } };
    expect(after(waitUntilTrue, soon, { holds: false }, 0)).toBe(10 * MINUTE);
    expect(after(waitUntilTrue, { ...soon, atMost: { amount: 3, unit: 'hours' } }, { holds: false }, HOUR)).toBe(HOUR + 40 * MINUTE);
  });

  it('says what it waits for, and that no time at all is none', () => {
    expect(says(waitUntilTrue, config)).toBe('Wait until: has the tag “vip”; at most 2 days');
    expect(says(waitUntilTrue, {})).toBe('Choose what to wait for');
    expect(waitUntilTrue.problems!({ ...waitUntilTrue.config.parse(config), atMost: { amount: 0, unit: 'days' } }, names)).toMatchObject([{ code: 'wait-zero' }]);
  });
});

describe('filter', () => {
  it.each([
    [true, '', 'next'],
    [false, '', 'exit: filtered'],
    [false, ' too small ', 'exit: too small'],
  ])('meets %s, reason "%s": %s', (meets, reason, expected) => expect(after(filter, { rule: vip, reason }, { meets }, 0)).toBe(expected));

  it('does not let anybody by whose rule nobody has answered', () => expect(() => after(filter, { rule: vip }, {}, 0)).toThrow('filter'));
  it('says who goes on', () => expect([says(filter, { rule: vip }), says(filter, {})]).toEqual(['Only if: has the tag “vip”', 'Choose who goes on']));
});

describe('wait for event', () => {
  const config = { events: [{ id: 'open', message: 'hello' }, { id: 'bought', event: 'order_placed' }], atMost: { amount: 2, unit: 'days' } };
  const first = (awaited: string, ms: number) => ({ first: { awaited, at: CAME + ms } });
  it.each([
    ['nothing yet', { first: null }, 0, 2 * DAY],
    ['an event', first('bought', HOUR), HOUR, 'bought'],
    ['an event that is known only after the time-out', first('open', DAY), 3 * DAY, 'open'],
    ['D25: an event at the instant of the time-out', first('open', 2 * DAY), 2 * DAY, 'open'],
    ['D9: a late event', first('open', 2 * DAY + 1), 3 * DAY, 'timedOut'],
    ['the time-out', { first: null }, 2 * DAY, 'timedOut'],
  ])('%s', (_, facts, ms, expected) => expect(after(waitForEvent, config, facts, ms)).toBe(expected));

  it('asks for each event, is woken by each, and has a way for each', () => {
    const parsed = waitForEvent.config.parse({ events: [...config.events, { id: 'form', event: 'custom', name: 'form_sent', where: [{ property: 'pages', operator: 'moreThan', value: '2,5' }] }, { id: 'vip', event: 'tag_added', tag: ' vip ' }] });
    expect(waitForEvent.wakesOn!(parsed)).toEqual(['message_opened', 'order_placed', 'form_sent', 'tag_added']);
    expect(waitForEvent.facts!(parsed)).toEqual({
      first: {
        since: 'visit',
        firstEvent: [
          { id: 'open', question: { type: 'message_opened', message: 'hello' } },
          { id: 'bought', question: { type: 'order_placed', where: [] } },
          { id: 'form', question: { type: 'form_sent', where: [{ property: 'pages', operator: 'moreThan', value: 2.5 }] } },
          { id: 'vip', question: { type: 'tag_added', tag: 'vip' } },
        ],
      },
    });
    expect(waitForEvent.outlets(parsed).map(({ id, label }) => `${id}: ${inEnglish(label)}`)).toEqual(['open: Opened', 'bought: Ordered', 'form: form sent', 'vip: Tag “vip”', 'timedOut: After 3 days']);
    expect(says(waitForEvent, parsed)).toBe('Wait until the contact opens “Hello” or places an order or has the event form_sent (where pages is more than 2,5) or gets the tag “vip”; at most 3 days');
  });

  it.each([
    [[{ id: 'a' }, { id: 'a' }], [['outlet-twice', 'events.1.id']]],
    [[{ id: 'timedOut' }], [['outlet-twice', 'events.0.id']]],
    [[{ id: 'a', event: 'custom', name: 'Form sent' }], [['event-type', 'events.0.name']]],
    [[{ id: 'a', event: 'order_placed', where: [{ property: 'total', operator: 'moreThan', value: 'much' }] }], [['value-unfit', 'events.0.where.0.value']]],
    [[{ id: 'a', event: 'order_placed', where: [{ property: 'total', operator: 'isEmpty' }] }], []],
  ])('what is wrong with %j', (events, expected) => {
    const found = waitForEvent.problems!(waitForEvent.config.parse({ events }), names);
    expect(found.map(({ code, place }) => [code, place?.field])).toEqual(expected);
  });

  it('a flow says what of an entry is missing or unknown, with its place', () => {
    const events = [{ id: 'a', event: 'tag_added' }, { id: 'b', message: 'gone' }, { id: 'c', event: 'custom', name: 'x', where: [{}] }];
    const flow = flowSchema.parse({ name: 'F', triggers: [{ id: 't', type: 'byHand' }], steps: [{ id: 'w', type: 'waitForEvent', config: { events } }], edges: [{ from: 'start', outlet: 'next', to: 'w' }] });
    expect(flowProblems(flow, names).filter(({ severity }) => severity === 'error').map(({ code, place }) => [code, place?.field])).toEqual([
      ['field-missing', 'events.0.tag'],
      ['field-missing', 'events.2.where.0.property'],
      ['message-unknown', 'events.1.message'],
    ]);
  });
});

it('D9: who waits for an open does not ask too early; a branch in its place does', () => {
  const opened = { kind: 'message', message: 'hello', act: 'opened', did: true, since: 'enrollment' };
  const tooEarly = (steps: Record<string, { type: string; config: unknown }>, ways: string[]) => {
    const edges = ways.map((way) => way.split(' ') as [string, string, string]).map(([from, outlet, to]) => ({ from, outlet, to }));
    const all = { mail: { type: 'sendEmail', config: { message: 'hello' } }, ...steps };
    const flow = flowSchema.parse({ name: 'F', triggers: [{ id: 't', type: 'byHand' }], steps: Object.entries(all).map(([id, step]) => ({ id, ...step })), edges: [{ from: 'start', outlet: 'next', to: 'mail' }, ...edges] });
    return flowProblems(flow, names).flatMap(({ code, place }) => (code === 'asked-too-early' ? [place?.step] : []));
  };
  const branch = { type: 'branch', config: { branches: [{ id: 'yes', rule: opened }] } };
  expect(tooEarly({ branch }, ['mail next branch'])).toEqual(['branch']);
  expect(tooEarly({ filter: { type: 'filter', config: { rule: opened } } }, ['mail next filter'])).toEqual(['filter']);
  expect(tooEarly({ until: { type: 'waitUntilTrue', config: { rule: opened } } }, ['mail next until'])).toEqual([]);
  expect(tooEarly({ event: { type: 'waitForEvent', config: {} }, branch }, ['mail next event', 'event timedOut branch'])).toEqual([]);
});
