// What can be asked of each kind of attribute, in which words and with what operand: the rule builder draws its forms from
// this, and every rule is checked against it before src-main/store/rules.ts compiles it.
import { durationSchema } from '../fields.ts';
import { problem, warning, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { isDate } from '../time.ts';
import type { Attribute, AttributeKind } from './contact.ts';
import { isGroup, type Condition, type Operand, type Operator, type OrderMeasure, type Rule } from './rule.ts';
import { dependsOnToday } from './rule-time.ts';

/** How many values an operator takes; a duration is always a duration, whatever the attribute's kind. */
export type OperandForm = 'none' | 'one' | 'list' | 'range' | 'duration';

/** What each of those values is. Money is in minor units; dates are "YYYY-MM-DD", of date and dateTime attributes alike. */
export type OperandKind = 'text' | 'number' | 'money' | 'date' | 'choice';

export type OperatorInfo = { operator: Operator; label: Text; form: OperandForm; of: OperandKind };

type Row = readonly [operator: Operator, label: Text, form: OperandForm];

const EMPTY: readonly Row[] = [
  ['isEmpty', say('is empty'), 'none'],
  ['isNotEmpty', say('is not empty'), 'none'],
];
const TEXT: readonly Row[] = [
  ['equals', say('is'), 'one'],
  ['notEquals', say('is not'), 'one'],
  ['contains', say('contains'), 'one'],
  ['notContains', say('does not contain'), 'one'],
  ['startsWith', say('starts with'), 'one'],
  ['endsWith', say('ends with'), 'one'],
  ['isOneOf', say('is one of'), 'list'],
];
const AMOUNT: readonly Row[] = [
  ['equals', say('is'), 'one'],
  ['notEquals', say('is not'), 'one'],
  ['moreThan', say('is more than'), 'one'],
  ['atLeast', say('is at least'), 'one'],
  ['lessThan', say('is less than'), 'one'],
  ['atMost', say('is at most'), 'one'],
  ['between', say('is between'), 'range'],
  ['isOneOf', say('is one of'), 'list'],
];
const DAY: readonly Row[] = [
  ['equals', say('is on'), 'one'],
  ['notEquals', say('is not on'), 'one'],
  ['before', say('is before'), 'one'],
  ['after', say('is after'), 'one'],
  ['between', say('is between'), 'range'],
  ['inLast', say('was in the last'), 'duration'],
  ['longerAgo', say('was longer ago than'), 'duration'],
  ['inNext', say('is in the next'), 'duration'],
];
const ANNIVERSARY: readonly Row[] = [
  ['anniversaryToday', say('has its anniversary today'), 'none'],
  ['anniversaryInNext', say('has its anniversary in the next'), 'duration'],
];
const CHOICE: readonly Row[] = [
  ['equals', say('is'), 'one'],
  ['notEquals', say('is not'), 'one'],
  ['isOneOf', say('is one of'), 'list'],
];
const CHOICES: readonly Row[] = [
  ['contains', say('include'), 'one'],
  ['notContains', say('do not include'), 'one'],
  ['isOneOf', say('include one of'), 'list'],
];
const YES_NO: readonly Row[] = [
  ['isTrue', say('is yes'), 'none'],
  ['isFalse', say('is no'), 'none'],
];

const BY_KIND: Record<AttributeKind, { of: OperandKind; rows: readonly Row[] }> = {
  text: { of: 'text', rows: [...TEXT, ...EMPTY] },
  number: { of: 'number', rows: [...AMOUNT, ...EMPTY] },
  money: { of: 'money', rows: [...AMOUNT, ...EMPTY] },
  yesNo: { of: 'text', rows: [...YES_NO, ...EMPTY] },
  date: { of: 'date', rows: [...DAY, ...ANNIVERSARY, ...EMPTY] },
  dateTime: { of: 'date', rows: [...DAY, ...EMPTY] },
  choice: { of: 'choice', rows: [...CHOICE, ...EMPTY] },
  choices: { of: 'choice', rows: [...CHOICES, ...EMPTY] },
};

const infos = new Map<string, readonly OperatorInfo[]>(Object.entries(BY_KIND).map(([kind, { of, rows }]) => [kind, rows.map(([operator, label, form]) => ({ operator, label, form, of }))]));

/** What can be asked of an attribute of this kind, in the order in which it is offered. */
export function operatorsFor(kind: AttributeKind): readonly OperatorInfo[] {
  return infos.get(kind)!;
}

/** What an event's property may be asked, which has no declared kind: its values are of the kind that each operator speaks of. */
export const PROPERTY_OPERATORS: readonly OperatorInfo[] = [
  ...TEXT.map(([operator, label, form]) => ({ operator, label, form, of: 'text' as const })),
  ...AMOUNT.slice(2, 7).map(([operator, label, form]) => ({ operator, label, form, of: 'number' as const })),
  ...DAY.filter(([operator]) => ['before', 'after', 'inLast', 'inNext'].includes(operator)).map(([operator, label, form]) => ({ operator, label, form, of: 'date' as const })),
  ...[...YES_NO, ...EMPTY].map(([operator, label, form]) => ({ operator, label, form, of: 'text' as const })),
];

const ORDER_ROWS: Record<OrderMeasure, { of: OperandKind; rows: readonly Row[] }> = {
  count: { of: 'number', rows: withinOrders(AMOUNT) },
  sum: { of: 'money', rows: withinOrders(AMOUNT) },
  average: { of: 'money', rows: withinOrders(AMOUNT) },
  last: { of: 'date', rows: withinOrders(DAY) },
  first: { of: 'date', rows: withinOrders(DAY) },
};

function withinOrders(rows: readonly Row[]): readonly Row[] {
  return rows.filter(([operator]) => operator !== 'notEquals' && operator !== 'isOneOf' && operator !== 'inNext');
}

/** What can be asked of a sum over a contact's orders, or of the day of one, in the order in which it is offered. */
export function orderOperators(measure: OrderMeasure): readonly OperatorInfo[] {
  const { of, rows } = ORDER_ROWS[measure];
  return rows.map(([operator, label, form]) => ({ operator, label, form, of }));
}

/** What a rule may refer to. `Names` of shared/steps/step.ts fits; what is left out is not checked. */
export type RuleNames = {
  attribute(key: string): Attribute | undefined;
  segment?(key: string): unknown;
  /** The name of a segment of which it is not known since when somebody is in it; `undefined`: it is, or that cannot be said. */
  unkeptSegment?(key: string): string | undefined;
  message?(key: string): unknown;
  flow?(id: number): unknown;
  topic?(key: string): unknown;
  /** Whether any contact may have the tag; an unknown one is only a warning, since a flow may be the first to give it. */
  tag?(name: string): boolean;
};

export type RuleCheck = {
  /** Where the rule stands, as the first part of each problem's dotted `field`. */
  field?: string;
  /** False where nobody is in a flow (segments, audiences, exports): "since this enrollment" means nothing there. */
  enrollment?: boolean;
};

/** Deeper rules are refused: nobody could read them, and SQLite could not either. */
export const DEEPEST_RULE = 30;

/**
 * What is wrong with a rule: unknown attributes, segments and messages, operators that do not fit, missing or unfit values,
 * a scope without meaning, too much nesting. Unknown tags and empty groups are warnings. A rule without errors compiles.
 */
export function ruleProblems(rule: Rule, names: RuleNames, { field = 'rule', enrollment = true }: RuleCheck = {}, depth = 0): Problem[] {
  if (depth > DEEPEST_RULE) return [problem('rule-too-deep', say('The rule is nested more than {most} levels deep. Make a segment of a part of it.', { most: DEEPEST_RULE }), { field })];
  if (!isGroup(rule)) return conditionProblems(rule, names, field, enrollment);
  if (rule.rules.length === 0) return [warning('rule-empty', rule.kind === 'any' ? say('The group has no conditions, so nobody meets it.') : say('The group has no conditions, so everybody meets it.'), { field })];
  return rule.rules.flatMap((each, index) => ruleProblems(each, names, { field: `${field}.rules.${index}`, enrollment }, depth + 1));
}

function conditionProblems(condition: Condition, names: RuleNames, field: string, enrollment: boolean): Problem[] {
  switch (condition.kind) {
    case 'attribute':
      return attributeProblems(condition, names, field);
    case 'tag':
      return names.tag === undefined || names.tag(condition.tag) ? [] : [warning('tag-unknown', say('No contact has the tag "{tag}" yet.', { tag: condition.tag }), { field: `${field}.tag` })];
    case 'consent':
      return condition.topic === undefined || names.topic === undefined || names.topic(condition.topic) !== undefined
        ? []
        : [problem('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic: condition.topic }), { field: `${field}.topic` })];
    case 'suppressed':
      return [];
    case 'segment':
      return [
        ...(names.segment === undefined || names.segment(condition.segment) !== undefined
          ? []
          : [problem('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: condition.segment }), { field: `${field}.segment` })]),
        ...(condition.for === undefined || condition.member
          ? []
          : [problem('for-unfit', say('It is not known for how long somebody has been out of a segment. Ask who has been in it, or leave the time out.'), { field: `${field}.for` })]),
        ...(condition.for === undefined ? [] : unkeptProblems(names.unkeptSegment?.(condition.segment), field)),
      ];
    case 'event':
      return [
        ...scopeProblems(condition.since, field, enrollment),
        ...(condition.where ?? []).flatMap(({ operator, value, property }, index) => {
          const place = `${field}.where.${index}`;
          const info = PROPERTY_OPERATORS.find((each) => each.operator === operator);
          if (info === undefined) return [problem('operator-unfit', say('An event\'s property cannot be asked this ({operator}). Choose another comparison for {property}.', { operator, property }), { field: `${place}.operator` })];
          return operandProblems(info, value, say('{property}', { property }), `${place}.value`, true);
        }),
      ];
    case 'message': {
      const unknown = condition.message !== 'any' && names.message !== undefined && names.message(condition.message) === undefined;
      return [
        ...(unknown ? [problem('message-unknown', say('There is no message {message}. Choose another one.', { message: condition.message }), { field: `${field}.message` })] : []),
        ...(condition.flow === undefined ? [] : flowProblems(condition.flow, names, field)),
        ...scopeProblems(condition.since, field, enrollment),
      ];
    }
    case 'order':
      return [...scopeProblems(condition.since, field, enrollment), ...orderProblems(condition, field)];
    case 'flow':
      return flowConditionProblems(condition, names, field);
  }
}

function unkeptProblems(segment: string | undefined, field: string): Problem[] {
  if (segment === undefined) return [];
  return [problem('segment-not-kept', say('Since when somebody is in “{segment}” is not known. Turn on “Keep track” for that segment first.', { segment }), { field: `${field}.for` })];
}

function orderProblems({ measure, operator, value }: Condition & { kind: 'order' }, field: string): Problem[] {
  const info = orderOperators(measure).find((each) => each.operator === operator);
  const what = orderMeasureText(measure);
  if (info === undefined) return [problem('operator-unfit', say('{attribute} cannot be asked this ({operator}). Choose another comparison.', { attribute: what, operator }), { field: `${field}.operator` })];
  return operandProblems(info, value, what, `${field}.value`, false);
}

/** What a measure of orders is called. */
export function orderMeasureText(measure: OrderMeasure): Text {
  if (measure === 'count') return say('number of orders');
  if (measure === 'sum') return say('orders together');
  if (measure === 'average') return say('average order');
  return measure === 'last' ? say('last order') : say('first order');
}

function flowConditionProblems({ flow, position, step }: Condition & { kind: 'flow' }, names: RuleNames, field: string): Problem[] {
  if (position === 'atStep' && flow !== 0 && (flow === 'any' || step === undefined)) return [problem('step-missing', say('Choose the flow, and the step of it that the condition is about.'), { field: `${field}.step` })];
  return flow === 'any' ? [] : flowProblems(flow, names, field);
}

function flowProblems(flow: number, names: RuleNames, field: string): Problem[] {
  if (flow === 0) return [problem('flow-missing', say('Choose the flow that the condition is about.'), { field: `${field}.flow` })];
  if (names.flow === undefined || names.flow(flow) !== undefined) return [];
  return [problem('flow-unknown', say('There is no flow number {id}. It may have been removed.', { id: String(flow) }), { field: `${field}.flow` })];
}

function scopeProblems(since: unknown, field: string, enrollment: boolean): Problem[] {
  if (since !== 'enrollment' || enrollment) return [];
  return [problem('scope-without-enrollment', say('"Since this enrollment" has a meaning only inside a flow. Choose "ever" or a time, such as the last 30 days.'), { field: `${field}.since` })];
}

function attributeProblems(condition: Condition & { kind: 'attribute' }, names: RuleNames, field: string): Problem[] {
  const attribute = names.attribute(condition.attribute);
  if (attribute === undefined) return [problem('attribute-unknown', say('There is no attribute {attribute}. Choose another one.', { attribute: condition.attribute }), { field: `${field}.attribute` })];
  const info = operatorsFor(attribute.kind).find(({ operator }) => operator === condition.operator);
  if (info === undefined) return [problem('operator-unfit', say('{attribute} cannot be asked this ({operator}). Choose another comparison.', { attribute: attribute.label, operator: condition.operator }), { field: `${field}.operator` })];
  if (condition.for !== undefined && dependsOnToday(condition.operator)) {
    return [problem('for-unfit', say('“{attribute} {asked}” depends on today, so it cannot hold for a length of time. Leave that out.', { attribute: attribute.label, asked: info.label }), { field: `${field}.for` })];
  }
  return operandProblems(info, condition.value, say('{attribute}', { attribute: attribute.label }), `${field}.value`, false);
}

/** `loose`: text may also be a number or yes/no, as in an event's property. */
function operandProblems({ form, of }: OperatorInfo, value: Operand | undefined, what: Text, field: string, loose: boolean): Problem[] {
  const unfit = (text: Text) => [problem('value-unfit', text, { field })];
  if (form === 'none') return [];
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return [problem('value-missing', say('A value to compare {what} with is missing.', { what }), { field })];
  if (form === 'duration') return durationSchema.safeParse(value).success ? [] : unfit(say('{what} must be compared with a length of time, such as 30 days.', { what }));
  if (form === 'list' || form === 'range') {
    if (!Array.isArray(value)) return unfit(say('{what} must be compared with a list.', { what }));
    if (value.some((each) => !isOperand(each, of, loose))) return unfit(wanted(of, what));
    if (form === 'list') return [];
    if (value.length !== 2) return unfit(say('{what} must be compared with two values, the lower one first.', { what }));
    return value[0]! <= value[1]! ? [] : unfit(say('The first of the two values for {what} is greater than the second, so nothing is between them.', { what }));
  }
  return isOperand(value, of, loose) ? [] : unfit(wanted(of, what));
}

function isOperand(value: unknown, of: OperandKind, loose: boolean): boolean {
  if (of === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (of === 'money') return Number.isSafeInteger(value);
  if (of === 'date') return typeof value === 'string' && isDate(value);
  return (typeof value === 'string' && value !== '') || (loose && (typeof value === 'number' || typeof value === 'boolean'));
}

function wanted(of: OperandKind, what: Text): Text {
  if (of === 'number') return say('{what} must be compared with a number.', { what });
  if (of === 'money') return say('{what} must be compared with an amount of money.', { what });
  if (of === 'date') return say('{what} must be compared with a date of the calendar, such as 2026-11-22.', { what });
  return say('{what} must be compared with text.', { what });
}
