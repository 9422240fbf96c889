// What invented contacts can be like: for each thing that a flow asks about, the settings that make a difference, taken from the
// boundaries of its own rules. Which condition holds for which setting is asked of the one evaluation of rules there is.
import type { Attribute, AttributeValue } from '../../shared/contacts/contact.ts';
import type { PropertyCondition } from '../../shared/contacts/event-question.ts';
import type { Condition, Operand, Rule } from '../../shared/contacts/rule.ts';
import { isGroup } from '../../shared/contacts/rule.ts';
import { addDays, addDuration, isDate, localDate, subtractDuration, type Instant } from '../../shared/time.ts';

/** What happens to somebody: an order, an event, a tag. */
export type Deed = { kind: 'event' | 'order' | 'tag'; type: string; data: Record<string, unknown>; amount: number };

export type Person = {
  values: Record<string, AttributeValue>;
  tags: Set<string>;
  withoutConsent: Set<string>;
  consent: Set<string>;
  suppressed: Set<string>;
  segments: Set<string>;
  before: { deed: Deed; at: Instant }[];
  happens: Deed[];
  messages: Map<string, 'opened' | 'clicked' | 'replied'>;
  decide: Map<string, string>;
  chance: Map<string, string>;
};

export function nobodyYet(): Person {
  return { values: {}, tags: new Set(), withoutConsent: new Set(), consent: new Set(), suppressed: new Set(), segments: new Set(), before: [], happens: [], messages: new Map(), decide: new Map(), chance: new Map() };
}

/** One way in which a variable can be set; `does`: it happens while the contact is inside. */
export type Setting = { does: boolean; apply(person: Person): void };

/** `soft`: what holds changes while the contact is inside, so a contradiction proves nothing. */
export type Variable = { name: string; settings: Setting[] };

export type Scene = { attributes: ReadonlyMap<string, Attribute>; segments: ReadonlyMap<string, { rule: Rule | null }>; now: Instant; zone: string };

/** What a condition is about; `null`: something that invented contacts cannot be set to. */
export function variableOf(condition: Condition): string | null {
  switch (condition.kind) {
    case 'attribute':
      return `attribute:${condition.attribute}`;
    case 'tag':
      return `tag:${condition.tag}`;
    case 'consent':
      return `consent:${condition.channel}${condition.topic === undefined ? '' : `:${condition.topic}`}`;
    case 'suppressed':
      return `suppressed:${condition.channel}`;
    case 'segment':
      return `segment:${condition.segment}`;
    case 'event':
      return `event:${condition.event}`;
    case 'message':
      return condition.act === 'sent' || condition.act === 'bounced' ? null : `message:${condition.message}`;
    case 'order':
      return 'orders';
    default:
      return null;
  }
}

/** Conditions as a rule means them: a segment with a rule stands for that rule. */
export function unfolded(rule: Rule, scene: Scene, depth = 0): Rule {
  if (isGroup(rule)) return { ...rule, rules: rule.rules.map((each) => unfolded(each, scene, depth)) };
  const inner = rule.kind === 'segment' && rule.for === undefined && depth < 10 ? (scene.segments.get(rule.segment)?.rule ?? null) : null;
  if (inner === null || rule.kind !== 'segment') return rule;
  const meant = unfolded(inner, scene, depth + 1);
  return rule.member ? meant : { kind: 'none', rules: [meant] };
}

/** The variables that some conditions are about, each with every setting that these conditions tell apart. */
export function variablesOf(conditions: readonly Condition[], scene: Scene): Map<string, Variable> {
  const groups = new Map<string, Condition[]>();
  for (const each of conditions) {
    const name = variableOf(each);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return new Map([...groups].map(([name, about]) => [name, { name, settings: settingsOf(about, scene) }]));
}

const setting = (apply: (person: Person) => void, does = false): Setting => ({ does, apply });
const NOTHING = setting(() => undefined);

function settingsOf(about: readonly Condition[], scene: Scene): Setting[] {
  const [first] = about;
  switch (first!.kind) {
    case 'attribute': {
      const { attribute } = first!;
      const known = scene.attributes.get(attribute);
      if (known === undefined) return [NOTHING];
      return candidateValues(known, about.flatMap((each) => (each.kind === 'attribute' ? [each] : [])), scene).map((value) => setting((person) => void (person.values[attribute] = value)));
    }
    case 'tag': {
      const { tag } = first!;
      return [NOTHING, setting((person) => person.tags.add(tag))];
    }
    case 'consent': {
      const subject = first!.topic === undefined ? first!.channel : `${first!.channel}:${first!.topic}`;
      return [setting((person) => person.consent.add(subject)), setting((person) => person.withoutConsent.add(subject))];
    }
    case 'suppressed': {
      const { channel } = first!;
      return [NOTHING, setting((person) => person.suppressed.add(channel))];
    }
    case 'segment': {
      const { segment } = first!;
      return [NOTHING, setting((person) => person.segments.add(segment))];
    }
    case 'message': {
      const { message } = first!;
      return [NOTHING, ...(['opened', 'clicked', 'replied'] as const).map((act) => setting((person) => person.messages.set(message, act), true))];
    }
    case 'event':
      return [NOTHING, ...about.flatMap((each) => (each.kind === 'event' ? eventSettings(each, scene) : []))];
    case 'order':
      return [NOTHING, ...about.flatMap((each) => (each.kind === 'order' ? orderSettings(each, scene) : []))];
    default:
      return [NOTHING];
  }
}

function earlier(since: Extract<Condition, { kind: 'event' }>['since'], { now, zone }: Scene): Instant[] {
  const just = now - 60_000;
  return typeof since === 'string' ? [just] : [just, subtractDuration(now, since, zone) + 1000, subtractDuration(now, since, zone) - 1000];
}

function eventSettings(condition: Extract<Condition, { kind: 'event' }>, scene: Scene): Setting[] {
  const deed: Deed = condition.event === 'order_placed' ? { kind: 'order', type: 'order_placed', data: dataFor(condition.where ?? []), amount: 10_000 } : { kind: 'event', type: condition.event, data: dataFor(condition.where ?? []), amount: 0 };
  const times = Math.min(50, condition.times ?? 1);
  const often = (count: number, at: Instant) => setting((person) => void person.before.push(...Array.from({ length: count }, (_, n) => ({ deed, at: at - n }))));
  return [...earlier(condition.since, scene).flatMap((at) => [often(times, at), ...(times > 1 ? [often(times - 1, at)] : [])]), setting((person) => void person.happens.push(deed), true)];
}

function orderSettings(condition: Extract<Condition, { kind: 'order' }>, scene: Scene): Setting[] {
  const data = condition.product === undefined ? {} : { product: condition.product };
  const order = (amount: number): Deed => ({ kind: 'order', type: 'order_placed', data, amount });
  const settings: Setting[] = [setting((person) => void person.happens.push(order(10_000)), true)];
  const before = (count: number, amount: number, at: Instant) => settings.push(setting((person) => void person.before.push(...Array.from({ length: count }, (_, n) => ({ deed: order(amount), at: at - n })))));
  const numbers = numbersIn(condition.value);
  for (const at of earlier(condition.since, scene)) {
    before(1, 10_000, at);
    if (condition.measure === 'count') for (const n of numbers) for (const count of [n - 1, n, n + 1]) if (count > 0 && count <= 50) before(count, 10_000, at);
    if (condition.measure === 'sum' || condition.measure === 'average') for (const n of numbers) for (const amount of [n - 1, n, n + 1]) if (amount >= 0) before(1, Math.round(amount), at);
  }
  if (condition.measure === 'first' || condition.measure === 'last') for (const day of daysAround([condition], scene)) before(1, 10_000, Math.min(scene.now - 60_000, Date.parse(`${day}T12:00:00Z`)));
  return settings;
}

/** Properties with which an event meets what is asked of it. */
export function dataFor(where: readonly PropertyCondition[]): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const { property, operator, value } of where) {
    const first = Array.isArray(value) ? value[0] : value;
    if (operator === 'isEmpty') continue;
    if (operator === 'isTrue' || operator === 'isFalse') data[property] = operator === 'isTrue';
    else if (operator === 'isNotEmpty') data[property] = 'x';
    else if (operator === 'notEquals' || operator === 'notContains') data[property] = typeof first === 'number' ? first + 1 : 'something else';
    else if (typeof first === 'number') data[property] = operator === 'moreThan' ? first + 1 : operator === 'lessThan' ? first - 1 : first;
    else if (typeof first === 'string' && isDate(first) && (operator === 'before' || operator === 'after')) data[property] = addDays(first, operator === 'before' ? -1 : 1);
    else data[property] = first ?? 'x';
  }
  return data;
}

function numbersIn(value: Operand | undefined): number[] {
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((each) => (typeof each === 'number' ? [each] : []));
}

function textsIn(value: Operand | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((each) => (typeof each === 'string' ? [each] : []));
}

type AboutValue = Pick<Extract<Condition, { kind: 'attribute' | 'order' }>, 'operator' | 'value'>;

/** The values on both sides of every boundary, the boundaries themselves, and none at all. */
function candidateValues(attribute: Attribute, about: readonly AboutValue[], scene: Scene): AttributeValue[] {
  const found: AttributeValue[] = [];
  switch (attribute.kind) {
    case 'number':
    case 'money':
      found.push(...about.flatMap(({ value }) => numbersIn(value)).flatMap((n) => [n, n - 1, n + 1]), 0);
      break;
    case 'yesNo':
      found.push(true, false);
      break;
    case 'choice':
      found.push(...(attribute.choices ?? []));
      break;
    case 'choices':
      found.push(...(attribute.choices ?? []).map((each) => [each]), [...(attribute.choices ?? [])]);
      break;
    case 'date':
      found.push(...daysAround(about, scene));
      break;
    case 'dateTime':
      found.push(...daysAround(about, scene).flatMap((day) => [`${day}T00:00:00Z`, `${day}T12:00:00Z`]));
      break;
    default:
      found.push(...about.flatMap(({ value }) => textsIn(value)).flatMap((text) => [text, `${text}x`, `x${text}`, `x${text}x`]), 'something else');
  }
  const seen = new Set<string>();
  return [...found, null].filter((value) => {
    const key = JSON.stringify(value);
    return !seen.has(key) && seen.add(key);
  });
}

function daysAround(about: readonly AboutValue[], { now, zone }: Scene): string[] {
  const today = localDate(now, zone);
  const days = new Set<string>([today, addDays(today, 10)]);
  const around = (day: string) => [day, addDays(day, -1), addDays(day, 1)].forEach((each) => days.add(each));
  for (const { operator, value } of about) {
    for (const text of textsIn(value)) if (isDate(text)) around(text);
    if (typeof value === 'object' && value !== null && 'amount' in value) {
      around(localDate(addDuration(now, value, zone), zone));
      around(localDate(subtractDuration(now, value, zone), zone));
    }
    if (operator === 'anniversaryToday' || operator === 'anniversaryInNext') for (const day of [today, addDays(today, 1), addDays(today, -1), addDays(today, 200)]) days.add(`1980${day.slice(4)}`).add('1984-02-29');
  }
  return [...days].filter(isDate);
}
