// What is asked of single events: by triggers of each that comes, by waits of those since somebody came. It has one meaning,
// its compilation to SQL in src-main/store/event-match.ts.
import { z } from 'zod';
import { choiceField, formsField, textField, type Asking } from '../fields.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import type { Channel } from './contact.ts';
import { eventTypeSchema } from './event.ts';
import { PROPERTY_OPERATORS, ruleProblems } from './operators.ts';
import type { Condition } from './rule.ts';

export type PropertyCondition = NonNullable<Extract<Condition, { kind: 'event' }>['where']>[number];

/** An event of this type, and of all that is given. Opens and clicks known to be a machine's are not a person's. */
export type EventQuestion = {
  type: string;
  /** A message's key. */
  message?: string;
  tag?: string;
  channel?: Channel;
  where?: readonly PropertyCondition[];
  /** Of an order: the first of the contact. */
  isFirst?: boolean;
  /** Of a change: the first one of this attribute that is on record for the contact. */
  firstChangeOf?: string;
  /** Of an order: at least so much, in whole units of the workspace's currency, and in that currency. */
  amountAtLeast?: number;
};

/** What a form asks about one property of an event; what is typed is read as the operator needs it. */
const filterForm = z.strictObject({
  property: textField({ label: say('Property'), help: say('As it is called in the event: plan, product, page.'), max: 100, required: true }),
  operator: choiceField({
    label: say('Comparison'),
    start: 'equals',
    options: PROPERTY_OPERATORS.filter(({ form }) => form === 'one' || form === 'none').map(({ operator, label }) => ({ value: operator, label })),
  }),
  value: textField({
    label: say('Value'),
    when: { field: 'operator', is: PROPERTY_OPERATORS.filter(({ form }) => form === 'one').map(({ operator }) => operator) },
  }),
});
export type Filter = z.infer<typeof filterForm>;

/** Conditions on properties that must all be met. */
export function filtersField(asking: Asking) {
  return formsField({ ...asking, item: filterForm, entry: filterForm, most: 20 });
}

/** The conditions of the filters as rules have them. */
export function conditionsFrom(filters: readonly Filter[]): PropertyCondition[] {
  return filters.map(({ property, operator, value }) => {
    const info = PROPERTY_OPERATORS.find((each) => each.operator === operator)!;
    const condition = { property: property.trim(), operator };
    if (info.form === 'none') return condition;
    return { ...condition, value: info.of === 'number' ? numberFrom(value) : value.trim() };
  });
}

/** A number as people type it, with a point or a comma; other text stays, for the check to find. */
function numberFrom(text: string): number | string {
  const number = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || Number.isNaN(number) ? text.trim() : number;
}

/** What is wrong with filters beyond missing fields; `field` is that of the list. */
export function filterProblems(filters: readonly Filter[], field: string): Problem[] {
  return filters.flatMap((filter, index) => {
    if (filter.property.trim() === '') return [];
    const rule = { kind: 'event', event: 'any', did: true, since: 'ever', where: conditionsFrom([filter]) } as const;
    return ruleProblems({ ...rule, where: [...rule.where] }, { attribute: () => undefined }).map((each) => ({ ...each, place: { field: `${field}.${index}.value` } }));
  });
}

/** An event's name that cannot be one, if it is given. */
export function eventNameProblems(name: string, field: string): Problem[] {
  if (name.trim() === '' || eventTypeSchema.safeParse(name.trim()).success) return [];
  const text = say('“{name}” cannot be the name of an event. Use small letters a to z, digits and _, beginning with a letter.', { name: name.trim() });
  return [problem('event-type', text, { field })];
}

/** The filters in words, behind what is said of the event. */
export function filteredText(event: Text, filters: readonly Filter[]): Text {
  const parts = filters.map(({ property, operator, value }) => {
    const info = PROPERTY_OPERATORS.find((each) => each.operator === operator)!;
    return info.form === 'none' ? say('{what} {asked}', { what: property, asked: info.label }) : say('{what} {asked} {value}', { what: property, asked: info.label, value });
  });
  if (parts.length === 0) return event;
  return say('{event} (where {filter})', { event, filter: parts.reduce((before, after) => say('{before} and {after}', { before, after })) });
}
