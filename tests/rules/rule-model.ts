// What rules mean, said a second time and as plainly as can be: every row of the workspace is read, and each condition is looked
// up by loops. Slow and without SQL, so that the compilation of rules has something to be held against.
import { normaliseEmail, normalisePhone } from '../../shared/contacts/address.ts';
import type { Attribute, AttributeValue } from '../../shared/contacts/contact.ts';
import { actsOf } from '../../shared/contacts/event.ts';
import { isGroup, type Condition, type Operand, type Operator, type Rule } from '../../shared/contacts/rule.ts';
import type { Duration } from '../../shared/fields.ts';
import { addDays, addDuration, localDate, subtractDuration, type LeapDay } from '../../shared/time.ts';
import { attributesOf, fromColumn } from '../../src-main/store/attributes.ts';
import { rows } from '../../src-main/store/database.ts';
import { textOperand } from '../../src-main/store/rule-sql.ts';
import { segmentsOf } from '../../src-main/store/segments.ts';
import { readSettings } from '../../src-main/store/settings.ts';
import type { Workspace } from '../../src-main/workspace.ts';

type Of<Kind extends Condition['kind']> = Condition & { kind: Kind };
type Stored = Record<string, string | number | null>;
type Happened = { id: number; contact_id: number; type: string; at: number; flow_id: number | null; enrollment_id: number | null; made_by: string | null; data: Record<string, unknown> };
type Order = { id: number; event_id: number; contact_id: number; at: number; amount: number; currency: string; data: Record<string, unknown> };
type Passage = { id: number; contact_id: number; flow_id: number; parent_id: number | null; state: string; step_id: string | null; entered_at: number; left_at: number | null; exit_reason: string | null };

/** All that is known in a workspace, as it stands there. */
export type Known = ReturnType<typeof readAll>;

export function readAll(workspace: Workspace) {
  const all = <Row>(table: string) => rows<Row>(workspace.db, `SELECT * FROM ${table} ORDER BY rowid`);
  const parsed = <Row extends { data: unknown }>(each: Row): Row => ({ ...each, data: JSON.parse(String(each.data)) as unknown });
  const { timeZone: zone, currency } = readSettings(workspace);
  const tags = new Map(all<{ id: number; name: string }>('tags').map(({ id, name }) => [id, name]));
  return {
    now: workspace.clock.now(),
    zone,
    currency,
    attributes: attributesOf(workspace),
    segments: segmentsOf(workspace),
    contacts: new Map(all<Stored & { id: number; added_at: number }>('contacts').map((each) => [each.id, each])),
    tagged: rows<{ contact_id: number; tag_id: number; added_at: number }>(workspace.db, 'SELECT * FROM contact_tags').map((each) => ({ ...each, tag: tags.get(each.tag_id)! })),
    consents: all<{ id: number; contact_id: number; channel: string; topic: string; state: string }>('consents'),
    suppressions: all<{ channel: string; address: string }>('suppressions'),
    members: rows<{ segment: string; contact_id: number; added_at: number }>(workspace.db, 'SELECT * FROM segment_members'),
    events: all<Happened>('events').map(parsed).flatMap((event) => actsOf(event)),
    orders: all<Order>('orders').map(parsed),
    passages: all<Passage>('enrollments'),
  };
}

/** Whether a contact, in a passage or in none, meets a rule. */
export function meets(known: Known, rule: Rule, contact: number, passage: number | null): boolean {
  if (isGroup(rule)) {
    const answers = rule.rules.map((each) => meets(known, each, contact, passage));
    return rule.kind === 'all' ? answers.every(Boolean) : rule.kind === 'any' ? answers.some(Boolean) : !answers.some(Boolean);
  }
  const mine = <Row extends { contact_id: number }>(list: readonly Row[]): Row[] => list.filter((each) => each.contact_id === contact);
  // Opens and clicks known to be a machine's are not a person's.
  const happened = mine(known.events).filter(({ at, type, made_by }) => at <= known.now && !(made_by === 'machine' && (type === 'message_opened' || type === 'message_clicked')));
  const since = (duration: Duration) => subtractDuration(known.now, duration, known.zone);
  switch (rule.kind) {
    case 'attribute': {
      const attribute = known.attributes.get(rule.attribute)!;
      const value = fromColumn(attribute, known.contacts.get(contact)![attribute.column]!);
      if (!attributeMeets(known, attribute, value, rule)) return false;
      return rule.for === undefined || unchanged(rule.for, ({ type, data }) => type === 'attributes_changed' && Object.keys(data['changes'] as object).includes(rule.attribute));
    }
    case 'tag': {
      const found = mine(known.tagged).find(({ tag }) => tag === rule.tag);
      if ((found !== undefined) !== rule.has) return false;
      if (rule.for === undefined) return true;
      return found === undefined ? unchanged(rule.for, ({ type, data }) => type === 'tag_removed' && data['tag'] === rule.tag) : found.added_at <= since(rule.for);
    }
    case 'consent':
      return consentGiven(known, contact, rule.channel, rule.topic) === rule.given;
    case 'suppressed': {
      const address = known.contacts.get(contact)![rule.channel === 'sms' ? 'phone' : 'email'] as string | null;
      const isListed = known.suppressions.some((each) => each.channel === rule.channel && address !== null && (each.address === address || (each.address.startsWith('@') && address.endsWith(each.address))));
      return isListed === rule.is;
    }
    case 'segment': {
      const segment = known.segments.get(rule.segment)!;
      const row = mine(known.members).find((each) => each.segment === rule.segment);
      const isMember = segment.rule === null ? row !== undefined : meets(known, segment.rule, contact, null);
      return isMember === rule.member && (rule.for === undefined || (row !== undefined && row.added_at <= since(rule.for)));
    }
    case 'event': {
      const found = happened.filter((each) => each.type === rule.event && counts(rule.since, each.at, each.id) && (rule.where ?? []).every((where) => propertyMeets(known, each.data[where.property], where)));
      return found.length >= (rule.times ?? 1) === rule.did;
    }
    case 'message': {
      const found = happened.filter(
        (each) =>
          each.type === `message_${rule.act}` &&
          (rule.since === 'enrollment' ? ofPassage(each.enrollment_id) : counts(rule.since, each.at, each.id)) &&
          (rule.message === 'any' || each.data['message'] === rule.message) &&
          (rule.flow === undefined || each.flow_id === rule.flow),
      );
      return found.length > 0 === rule.did;
    }
    case 'order': {
      const found = mine(known.orders).filter((each) => counts(rule.since, each.at, each.event_id) && (rule.product === undefined || productsOf(each.data).some((name) => fold(name) === fold(rule.product!))));
      return ordersMeet(known, rule, found);
    }
    case 'flow': {
      const isNow = rule.position === 'inside' || rule.position === 'atStep';
      const found = mine(known.passages).filter((each) => {
        if (rule.flow !== 'any' && each.flow_id !== rule.flow) return false;
        if (isNow) return ['active', 'held', 'failed'].includes(each.state) && (rule.position === 'inside' || each.step_id === rule.step);
        const at = rule.position === 'entered' ? each.entered_at : each.left_at;
        if (each.parent_id !== null || at === null || !counts(rule.since, at, 0)) return false;
        return rule.position === 'entered' || rule.reason === undefined || (each.exit_reason ?? 'end') === rule.reason;
      });
      return found.length > 0 === rule.is;
    }
  }

  function unchanged(duration: Duration, isChange: (event: Happened) => boolean): boolean {
    return known.contacts.get(contact)!.added_at <= since(duration) && !happened.some((each) => each.at > since(duration) && isChange(each));
  }

  function counts(scope: Of<'event'>['since'], at: number, event: number): boolean {
    if (at > known.now) return false;
    if (scope === 'ever') return true;
    if (scope !== 'enrollment') return at >= since(scope);
    const mineNow = known.passages.find(({ id }) => id === passage)!;
    const whole = mineNow.parent_id ?? mineNow.id;
    const entry = known.events.find((each) => each.type === 'flow_entered' && each.enrollment_id === whole && each.at === mineNow.entered_at);
    return at > mineNow.entered_at || (at === mineNow.entered_at && event > (entry?.id ?? 0));
  }

  function ofPassage(enrollment: number | null): boolean {
    const whole = (id: number | null) => known.passages.find((each) => each.id === id)?.parent_id ?? id;
    return enrollment !== null && whole(enrollment) === whole(passage);
  }
}

function consentGiven({ consents }: Known, contact: number, channel: string, topic = ''): boolean {
  const last = (about: string) => consents.filter((each) => each.contact_id === contact && each.channel === channel && each.topic === about).at(-1);
  const [ofChannel, ofTopic] = [last(''), last(topic)];
  if (ofChannel?.state === 'withdrawn' && ofChannel.id > (ofTopic?.id ?? 0)) return false;
  return (ofTopic === undefined || ofTopic.state === 'none' ? ofChannel : ofTopic)?.state === 'given';
}

function ordersMeet(known: Known, { measure, operator, value }: Of<'order'>, found: readonly Order[]): boolean {
  const amounts = found.filter(({ currency }) => currency === known.currency).map(({ amount }) => amount);
  const sum = amounts.reduce((all, each) => all + each, 0);
  if (measure === 'count') return amountMeets(found.length, operator, value);
  if (measure === 'sum') return amountMeets(sum, operator, value);
  if (measure === 'average') return amounts.length > 0 && amountMeets(sum / amounts.length, operator, value);
  const times = found.map(({ at }) => at);
  return times.length > 0 && instantMeets(known, measure === 'last' ? Math.max(...times) : Math.min(...times), operator, value);
}

/** An order is of its product, or of its products, which are names or have one. */
function productsOf({ product, products }: Record<string, unknown>): string[] {
  const listed = Array.isArray(products) ? products.flatMap((each: unknown) => (typeof each === 'object' && each !== null ? ['name', 'sku', 'product', 'title'].map((name) => (each as Record<string, unknown>)[name]) : [each])) : [];
  return [product, ...listed].filter((each) => typeof each === 'string' || typeof each === 'number').map(String);
}

const fold = (text: string) => text.normalize('NFC').toLowerCase();

const OPPOSITES: Partial<Record<Operator, Operator>> = { notEquals: 'equals', notContains: 'contains', isEmpty: 'isNotEmpty' };

function attributeMeets(known: Known, attribute: Pick<Attribute, 'key' | 'kind'>, value: AttributeValue, { operator, value: operand, leapDay }: { operator: Operator; value?: Operand | undefined; leapDay?: LeapDay | undefined }): boolean {
  const positive = OPPOSITES[operator];
  if (positive !== undefined) return !attributeMeets(known, attribute, value, { operator: positive, value: operand });
  if (value === null) return false;
  if (operator === 'isNotEmpty') return true;
  switch (attribute.kind) {
    case 'text':
    case 'choice':
      return textMeets(String(value), operator, attribute.key === 'email' || attribute.key === 'phone' ? asStored(attribute.key, operator, operand) : operand);
    case 'number':
    case 'money':
      return amountMeets(value as number, operator, operand);
    case 'yesNo':
      return value === (operator === 'isTrue');
    case 'date':
      return dateMeets(known, value as string, operator, operand, leapDay);
    case 'dateTime':
      return instantMeets(known, value as number, operator, operand);
    case 'choices':
      return (value as string[]).some((each) => textMeets(each, operator === 'contains' ? 'equals' : operator, operand));
  }
}

function asStored(key: 'email' | 'phone', operator: Operator, operand: Operand | undefined): Operand | undefined {
  const stored = (text: unknown): string => {
    const read = key === 'email' ? normaliseEmail(String(text)) : normalisePhone(String(text), 'DK');
    return 'email' in read ? read.email : 'phone' in read ? read.phone : String(text);
  };
  if (operator === 'equals') return stored(operand);
  return operator === 'isOneOf' ? (operand as string[]).map(stored) : operand;
}

function textMeets(text: string, operator: Operator, operand: Operand | undefined): boolean {
  const mine = fold(text);
  if (operator === 'isOneOf') return (operand as unknown[]).some((each) => fold(String(each)) === mine);
  const wanted = fold(textOperand(operand));
  if (operator === 'equals') return mine === wanted;
  if (operator === 'contains') return mine.includes(wanted);
  if (operator === 'startsWith') return mine.startsWith(wanted);
  return mine.endsWith(wanted);
}

function amountMeets(amount: number, operator: Operator, operand: Operand | undefined): boolean {
  if (operator === 'between') return amount >= (operand as number[])[0]! && amount <= (operand as number[])[1]!;
  if (operator === 'isOneOf') return (operand as number[]).includes(amount);
  const wanted = operand as number;
  if (operator === 'equals') return amount === wanted;
  if (operator === 'moreThan') return amount > wanted;
  if (operator === 'atLeast') return amount >= wanted;
  return operator === 'lessThan' ? amount < wanted : amount <= wanted;
}

function dateMeets({ now, zone }: Known, date: string, operator: Operator, operand: Operand | undefined, leapDay?: LeapDay): boolean {
  const today = localDate(now, zone);
  if (operator === 'equals') return date === operand;
  if (operator === 'before') return date < (operand as string);
  if (operator === 'after') return date > (operand as string);
  if (operator === 'between') return date >= (operand as string[])[0]! && date <= (operand as string[])[1]!;
  if (operator === 'anniversaryToday') return comesUp(date, today, leapDay);
  const length = operand as Duration;
  if (operator === 'inLast') return date >= localDate(subtractDuration(now, length, zone), zone) && date <= today;
  if (operator === 'longerAgo') return date < localDate(subtractDuration(now, length, zone), zone);
  const end = localDate(addDuration(now, length, zone), zone);
  if (operator === 'inNext') return date >= today && date <= end;
  for (let day = today; day <= end; day = addDays(day, 1)) if (comesUp(date, day, leapDay)) return true;
  return false;
}

/** 29 February comes up on the 28th in years without it, or on 1 March where that is said. */
function comesUp(date: string, day: string, leapDay: LeapDay = 'feb28'): boolean {
  if (date.slice(5) === day.slice(5)) return true;
  const isShort = day.endsWith('-02-28') && addDays(day, 1).endsWith('-03-01');
  const isBehind = day.endsWith('-03-01') && addDays(day, -1).endsWith('-02-28');
  return date.endsWith('-02-29') && (leapDay === 'feb28' ? isShort : isBehind);
}

function instantMeets(known: Known, at: number, operator: Operator, operand: Operand | undefined): boolean {
  const { now, zone } = known;
  if (operator === 'inLast') return at >= subtractDuration(now, operand as Duration, zone) && at <= now;
  if (operator === 'longerAgo') return at < subtractDuration(now, operand as Duration, zone);
  if (operator === 'inNext') return at >= now && at <= addDuration(now, operand as Duration, zone);
  return dateMeets(known, localDate(at, zone), operator, operand);
}

/** A property has no declared kind: what is of another kind than the operator speaks of does not meet it. */
function propertyMeets(known: Known, value: unknown, { operator, value: operand }: { operator: Operator; value?: Operand | undefined }): boolean {
  const positive = OPPOSITES[operator];
  if (positive !== undefined) return !propertyMeets(known, value, { operator: positive, value: operand });
  if (value === undefined || value === null || value === '') return false;
  switch (operator) {
    case 'isNotEmpty':
      return true;
    case 'isTrue':
    case 'isFalse':
      return value === (operator === 'isTrue');
    case 'moreThan':
    case 'atLeast':
    case 'lessThan':
    case 'atMost':
    case 'between':
      return typeof value === 'number' && amountMeets(value, operator, operand);
    case 'before':
    case 'after':
    case 'inLast':
    case 'inNext':
      if (typeof value === 'string') return /^\d{4}-\d\d-\d\d/.test(value) && dateMeets(known, value.slice(0, 10), operator, operand);
      return Number.isInteger(value) && instantMeets(known, value as number, operator, operand);
    default: {
      const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((each) => each !== null && typeof each !== 'object');
      return texts.some((each) => textMeets(String(each), operator, operand));
    }
  }
}
