// Whether time alone can change who meets a rule, and how often one must look.
import { durationSchema, type Duration } from '../fields.ts';
import { conditionsOf, type Condition, type Operator, type Rule } from './rule.ts';

/** `never`: only what happens changes it. `daily`: it depends on the day. `hourly`: it speaks of hours or minutes. */
export type Pace = 'never' | 'daily' | 'hourly';

const BY_TODAY: ReadonlySet<Operator> = new Set<Operator>(['inLast', 'longerAgo', 'inNext', 'anniversaryToday', 'anniversaryInNext']);

/** Whether it is asked for the anniversary of a date, where 29 February has to be kept on another day in most years (FEATURES D13). */
export function isAnniversary(operator: Operator): boolean {
  return operator === 'anniversaryToday' || operator === 'anniversaryInNext';
}

/** What depends on today by itself cannot have been so for a while without changing. */
export function dependsOnToday(operator: Operator): boolean {
  return BY_TODAY.has(operator);
}

/** How often time changes a rule; `segment` answers the rule of a segment that it names, and each is followed once. */
export function paceOf(rule: Rule, segment: (key: string) => Rule | null | undefined, seen: ReadonlySet<string> = new Set()): Pace {
  let pace: Pace = 'never';
  for (const condition of conditionsOf(rule)) {
    pace = faster(pace, ownPace(condition));
    if (condition.kind !== 'segment' || seen.has(condition.segment)) continue;
    const inner = segment(condition.segment);
    if (inner !== null && inner !== undefined) pace = faster(pace, paceOf(inner, segment, new Set([...seen, condition.segment])));
  }
  return pace;
}

function faster(one: Pace, other: Pace): Pace {
  if (one === 'hourly' || other === 'hourly') return 'hourly';
  return one === 'daily' ? one : other;
}

function ownPace(condition: Condition): Pace {
  // People move from step to step without an event that tells of it.
  // Where a whole domain is taken off the list, no event tells of its people.
  const own: Pace = condition.kind === 'flow' && condition.position === 'atStep' ? 'hourly' : condition.kind === 'suppressed' ? 'daily' : 'never';
  const asked = 'operator' in condition ? [condition] : condition.kind === 'event' ? (condition.where ?? []) : [];
  const durations = [
    ...asked.map(({ value }) => value),
    'since' in condition ? condition.since : undefined,
    'for' in condition ? condition.for : undefined,
  ];
  return [
    own,
    ...asked.map(({ operator }): Pace => (dependsOnToday(operator) ? 'daily' : 'never')),
    ...durations.map(paceOfDuration),
  ].reduce(faster);
}

function paceOfDuration(value: unknown): Pace {
  const read = durationSchema.safeParse(value);
  if (!read.success) return 'never';
  const { unit }: Duration = read.data;
  return unit === 'minutes' || unit === 'hours' ? 'hourly' : 'daily';
}
