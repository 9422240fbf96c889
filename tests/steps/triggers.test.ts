// Each trigger type with the events that it accepts.
import { describe, expect, it } from 'vitest';
import type { ContactEvent } from '../../shared/contacts/event.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { inEnglish } from '../../shared/text.ts';
import { triggerType } from '../../shared/triggers/index.ts';

const names = namesFrom({
  messages: [],
  attributes: [
    { key: 'stage', label: 'Stage', kind: 'choice' },
    { key: 'born', label: 'Birthday', kind: 'date' },
  ],
  segments: [],
});
const source = (type: string, config: Record<string, unknown>) => triggerType(type)!.source(triggerType(type)!.config.parse(config));
const says = (type: string, config: Record<string, unknown>) =>
  inEnglish(triggerType(type)!.summary(triggerType(type)!.config.parse(config), names));
const event = (data: Record<string, unknown>): ContactEvent => ({
  id: 1,
  contactId: 1,
  type: 'any',
  at: 0,
  source: 'user',
  flowId: null,
  importId: null,
  bulkEditId: null,
  data,
});

function accepts(type: string, config: Record<string, unknown>, data: Record<string, unknown>): boolean {
  const found = source(type, config);
  if (found.on !== 'event') throw new Error('Not by an event');
  return found.accepts?.(event(data), 1) ?? true;
}

describe('attribute changed', () => {
  const change = (old: unknown, now: unknown) => ({ changes: { stage: [old, now], other: [1, 2] } });
  it.each([
    [{}, change('lead', 'customer'), true],
    [{}, { changes: {} }, false],
    [{}, {}, false],
    [{ attribute: 'stage' }, change('lead', 'customer'), true],
    [{ attribute: 'score' }, change('lead', 'customer'), false],
    [{ attribute: 'constructor' }, change('lead', 'customer'), false],
    [{ attribute: 'stage', to: 'customer' }, change('lead', 'customer'), true],
    [{ attribute: 'stage', to: 'customer' }, change('customer', 'lead'), false],
    [{ attribute: 'stage', from: 'lead', to: 'customer' }, change('lead', 'customer'), true],
    [{ attribute: 'stage', from: 'lead', to: 'customer' }, change(null, 'customer'), false],
    [{ attribute: 'stage', to: ['a', 'b'] }, change([], ['b', 'a']), true],
    [{ attribute: 'stage', to: ['a', 'b'] }, change([], ['b']), false],
    [{ attribute: 'stage', to: false }, change(null, false), true],
    [{ attribute: 'stage', to: 0 }, change(5, 0), true],
    [{ attribute: 'stage', to: 0 }, change(5, false), false],
  ])('%j, of %j: %s', (config, data, taken) => expect(accepts('attributeChanged', config, data)).toBe(taken));

  it.each([
    [{}, 'When anything about a contact changes'],
    [{ attribute: 'stage' }, 'When Stage changes'],
    [{ attribute: 'stage', to: 'customer' }, 'When Stage becomes “customer”'],
    [{ attribute: 'stage', from: 'lead' }, 'When Stage is no longer “lead”'],
    [{ attribute: 'stage', from: 'lead', to: 'customer' }, 'When Stage changes from “lead” to “customer”'],
  ])('%j says: %s', (config, summary) => expect(says('attributeChanged', config)).toBe(summary));

  it('does not take a value that belongs to no attribute', () => {
    const type = triggerType('attributeChanged')!;
    expect(type.problems!(type.config.parse({ to: 'x' }), names).map(({ code }) => code)).toEqual(['value-without-attribute']);
  });
});

describe('the others', () => {
  it('a tag, by its name without blanks around it', () => {
    expect(accepts('tagAdded', { tag: ' vip ' }, { tag: 'vip' })).toBe(true);
    expect(accepts('tagAdded', { tag: 'vip' }, { tag: 'VIP club' })).toBe(false);
    expect(says('tagAdded', { tag: 'vip' })).toBe('When a contact gets the tag “vip”');
  });

  it.each([
    [{}, 0, 'On Birthday, at 09:00'],
    [{ side: 'before', days: 7 }, -7, '7 days before Birthday, at 09:00'],
    [{ side: 'before', days: 0 }, 0, 'On Birthday, at 09:00'],
    [{ side: 'after', days: 1, yearly: true, at: '18:30' }, 1, 'Every year 1 day after Birthday, at 18:30'],
    [{ side: 'on', days: 5 }, 0, 'On Birthday, at 09:00'],
  ])('a date: %j', (config, offsetDays, summary) => {
    expect(source('dateReached', { attribute: 'born', ...config })).toMatchObject({
      on: 'date',
      attribute: 'born',
      offsetDays,
      leapDay: 'feb28',
    });
    expect(says('dateReached', { attribute: 'born', ...config })).toBe(summary);
  });

  it('a contact who is added, and nobody by themselves', () => {
    expect(source('contactAdded', {})).toEqual({ on: 'event', types: ['contact_added'] });
    expect(source('byHand', {})).toEqual({ on: 'hand' });
  });
});
