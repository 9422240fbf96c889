// Steps that wait for something to become so, and the one that lets only some go on: the step alone, with facts given.
import { describe, expect, it } from 'vitest';
import type { Facts, StepType } from '../../shared/steps/step.ts';
import { filter } from '../../shared/steps/filter.ts';
import { waitUntilTrue } from '../../shared/steps/wait-until-true.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { inEnglish } from '../../shared/text.ts';
import { DAY, HOUR, MINUTE } from '../../shared/time.ts';

const names = namesFrom({ messages: [{ key: 'hello', name: 'Hello' }], attributes: [], segments: [] });
const CAME = Date.UTC(2026, 2, 2, 9, 20);
const vip = { kind: 'tag', tag: 'vip', has: true };

/** What becomes of somebody who came at CAME and is looked at so many ms later. */
function after(type: StepType, config: Record<string, unknown>, facts: Facts, ms: number) {
  const outcome = type.run({ config: type.config.parse(config), now: CAME + ms, enteredAt: CAME, entering: ms === 0, zone: 'UTC', workspaceZone: 'UTC', facts, messageResult: null, chance: 0 });
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
