// A rule as a sentence, for cards, summaries and reports: "opened “Welcome” since they came in and has the tag “vip”".
import { durationSchema, type Duration } from '../fields.ts';
import { say, type Text } from '../text.ts';
import { durationText } from '../time-words.ts';
import type { Attribute } from './contact.ts';
import { operatorsFor, orderMeasureText, orderOperators, PROPERTY_OPERATORS, type OperatorInfo } from './operators.ts';
import { isAnniversary } from './rule-time.ts';
import { END_OF_FLOW, isGroup, type Condition, type Group, type Operand, type Rule } from './rule.ts';
import { attributeValueText, type ValueSetting } from './value-words.ts';

/** What the sentence may look up. `Names` of shared/steps/step.ts fits. */
export type SpokenNames = {
  attribute(key: string): Attribute | undefined;
  message(key: string): string | undefined;
  segment(key: string): string | undefined;
  flow?(id: number): string | undefined;
  topic?(key: string): string | undefined;
} & ValueSetting;

/** The rule in words, without a capital and without a full stop. */
export function ruleText(rule: Rule, names: SpokenNames): Text {
  return isGroup(rule) ? groupText(rule, names) : conditionText(rule, names);
}

function groupText({ kind, rules }: Group, names: SpokenNames): Text {
  const parts = rules.map((rule) => (isGroup(rule) && rule.rules.length > 1 ? say('({group})', { group: groupText(rule, names) }) : ruleText(rule, names)));
  if (parts.length === 0) return kind === 'any' ? say('nobody') : say('everybody');
  if (kind === 'none') return say('none of: {conditions}', { conditions: parts.reduce((before, part) => say('{before} or {after}', { before, after: part })) });
  if (kind === 'any') return parts.reduce((before, part) => say('{before} or {after}', { before, after: part }));
  return parts.reduce((before, part) => say('{before} and {after}', { before, after: part }));
}

function conditionText(condition: Condition, names: SpokenNames): Text {
  switch (condition.kind) {
    case 'attribute': {
      const attribute = names.attribute(condition.attribute);
      const info = operatorsFor(attribute?.kind ?? 'text').find(({ operator }) => operator === condition.operator);
      const compared = comparisonText(attribute?.label ?? condition.attribute, info, condition.operator, condition.value, names);
      // The default is not said, as nowhere else.
      return lasting(condition.leapDay === 'mar1' && isAnniversary(condition.operator) ? say('{anniversary} (29 February on 1 March in other years)', { anniversary: compared }) : compared, condition.for);
    }
    case 'tag':
      return lasting(condition.has ? say('has the tag “{tag}”', { tag: condition.tag }) : say('does not have the tag “{tag}”', { tag: condition.tag }), condition.for);
    case 'suppressed':
      if (condition.channel === 'email') return condition.is ? say('may never be sent e-mail') : say('is not kept from e-mail');
      return condition.is ? say('may never be sent text messages') : say('is not kept from text messages');
    case 'consent':
      if (condition.topic !== undefined) {
        const topic = names.topic?.(condition.topic) ?? condition.topic;
        if (condition.channel === 'email') return condition.given ? say('has agreed to e-mail about “{topic}”', { topic }) : say('has not agreed to e-mail about “{topic}”', { topic });
        return condition.given ? say('has agreed to text messages about “{topic}”', { topic }) : say('has not agreed to text messages about “{topic}”', { topic });
      }
      if (condition.channel === 'email') return condition.given ? say('has agreed to e-mail') : say('has not agreed to e-mail');
      return condition.given ? say('has agreed to text messages') : say('has not agreed to text messages');
    case 'segment': {
      const segment = names.segment(condition.segment) ?? condition.segment;
      return lasting(condition.member ? say('is in the segment “{segment}”', { segment }) : say('is not in the segment “{segment}”', { segment }), condition.for);
    }
    case 'event':
      return eventText(condition, names);
    case 'message':
      return scoped(messageText(condition, names), condition.since);
    case 'order':
      return orderText(condition, names);
    case 'flow':
      return flowText(condition, names);
  }
}

function lasting(what: Text, duration: Duration | undefined): Text {
  return duration === undefined ? what : say('{what}, unchanged for at least {duration}', { what, duration: durationText(duration) });
}

function orderText({ measure, operator, value, product, since }: Extract<Condition, { kind: 'order' }>, setting: ValueSetting): Text {
  const info = orderOperators(measure).find((each) => each.operator === operator);
  const of = product === undefined ? orderMeasureText(measure) : say('{orders} (with “{product}”)', { orders: orderMeasureText(measure), product });
  const said = comparisonText(of, info, operator, value, setting);
  // "The last order was in the last 30 days, at any time" says no more than without the end.
  return since === 'ever' && (measure === 'last' || measure === 'first') ? said : scoped(said, since);
}

function flowText({ flow: id, position, is, step, reason, since }: Extract<Condition, { kind: 'flow' }>, names: SpokenNames): Text {
  const flow = id === 'any' ? say('any flow') : say('“{flow}”', { flow: names.flow?.(id) ?? String(id) });
  switch (position) {
    case 'inside':
      return is ? say('is in {flow}', { flow }) : say('is not in {flow}', { flow });
    case 'atStep':
      return is ? say('stands at the step {step} of {flow}', { flow, step: step ?? '?' }) : say('does not stand at the step {step} of {flow}', { flow, step: step ?? '?' });
    case 'entered':
      return during(is ? say('came into {flow}', { flow }) : say('did not come into {flow}', { flow }), since);
    case 'left': {
      const left = is ? say('left {flow}', { flow }) : say('did not leave {flow}', { flow });
      return during(reason === undefined ? left : say('{left} with the reason “{reason}”', { left, reason: reason === END_OF_FLOW ? say('end of the flow') : reason }), since);
    }
  }
}

function during(what: Text, since: 'ever' | Duration): Text {
  return since === 'ever' ? say('{what} at any time', { what }) : say('{what} in the last {duration}', { what, duration: durationText(since) });
}

function comparisonText(what: string | Text, info: OperatorInfo | undefined, operator: string, value: Operand | undefined, setting: ValueSetting): Text {
  const asked = info?.label ?? say('{operator}', { operator });
  if (value === undefined || info?.form === 'none') return say('{what} {asked}', { what, asked });
  return say('{what} {asked} {value}', { what, asked, value: operandText(value, info, setting) });
}

function operandText(value: Operand, info: OperatorInfo | undefined, setting: ValueSetting): Text {
  if (isDuration(value)) return durationText(value);
  const one = (each: string | number | boolean): Text => {
    if (info?.of === 'date') return say('{date}', { date: { date: String(each) } });
    const text = attributeValueText(each, info?.of === 'money' ? 'money' : undefined, setting);
    return 'text' in text ? text : say('{value}', { value: String(each) });
  };
  if (!Array.isArray(value)) return one(value);
  const joined = info?.form === 'range' ? (before: Text, after: Text) => say('{before} and {after}', { before, after }) : (before: Text, after: Text) => say('{before} or {after}', { before, after });
  return value.length === 0 ? say('nothing') : value.map(one).reduce(joined);
}

function isDuration(value: Operand): value is Duration {
  return durationSchema.safeParse(value).success;
}

function eventText({ event, did, times = 1, since, where = [] }: Extract<Condition, { kind: 'event' }>, setting: ValueSetting): Text {
  const name = eventName(event);
  const plain = did
    ? say('{event}: {times, plural, one {at least once} other {at least # times}}', { event: name, times })
    : times === 1
      ? say('{event}: never', { event: name })
      : say('{event}: fewer than {times} times', { event: name, times });
  const filters = where.map(({ property, operator, value }) => comparisonText(property, PROPERTY_OPERATORS.find((each) => each.operator === operator), operator, value, setting));
  const filtered = filters.length === 0 ? plain : say('{event} (where {filter})', { event: plain, filter: filters.reduce((before, after) => say('{before} and {after}', { before, after })) });
  // "Never" and "at least once" say "at any time" themselves.
  return since === 'ever' ? filtered : scoped(filtered, since);
}

function eventName(event: string): Text {
  return event === 'order_placed' ? say('placed an order') : say('{event}', { event: event.replaceAll('_', ' ') });
}

function messageText({ message: key, flow, act, did }: Extract<Condition, { kind: 'message' }>, names: SpokenNames): Text {
  const which = key === 'any' ? say('any message') : say('“{message}”', { message: names.message(key) ?? key });
  const message = flow === undefined ? which : say('{message} of the flow “{flow}”', { message: which, flow: names.flow?.(flow) ?? String(flow) });
  switch (act) {
    case 'sent':
      return did ? say('got {message}', { message }) : say('did not get {message}', { message });
    case 'opened':
      return did ? say('opened {message}', { message }) : say('did not open {message}', { message });
    case 'clicked':
      return did ? say('clicked in {message}', { message }) : say('did not click in {message}', { message });
    case 'replied':
      return did ? say('replied to {message}', { message }) : say('did not reply to {message}', { message });
    case 'bounced':
      return did ? say('{message} bounced', { message }) : say('{message} did not bounce', { message });
  }
}

/** The scope is always said (FEATURES D10). */
function scoped(what: Text, since: 'enrollment' | 'ever' | Duration): Text {
  if (since === 'enrollment') return say('{what} since they came in', { what });
  return since === 'ever' ? say('{what} at any time', { what }) : say('{what} in the last {duration}', { what, duration: durationText(since) });
}
