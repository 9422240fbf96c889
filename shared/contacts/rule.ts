// A rule: a tree of conditions over a contact and its history. It has one meaning everywhere (segments, branches, goals,
// filters, exports), because it is only ever evaluated by its compilation to SQL in src-main/store/rules.ts.
import { z } from 'zod';
import { durationSchema, keySchema, outletIdSchema } from '../fields.ts';
import { LEAP_DAYS } from '../time.ts';
import { CHANNELS } from './contact.ts';
import { eventTypeSchema } from './event.ts';

/** What can be asked of a value; which operators fit which kind of attribute is in `operatorsFor`. */
export const OPERATORS = [
  'equals', 'notEquals', 'contains', 'notContains', 'startsWith', 'endsWith', 'isOneOf',
  'moreThan', 'atLeast', 'lessThan', 'atMost', 'between',
  'before', 'after', 'inLast', 'longerAgo', 'inNext', 'anniversaryToday', 'anniversaryInNext',
  'isTrue', 'isFalse', 'isEmpty', 'isNotEmpty',
] as const;
export type Operator = (typeof OPERATORS)[number];

const operandSchema = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.union([z.string().max(1000), z.number()])).max(1000), durationSchema]);
export type Operand = z.infer<typeof operandSchema>;

const attributeCondition = z.strictObject({
  kind: z.literal('attribute'),
  attribute: keySchema,
  operator: z.enum(OPERATORS),
  /** Dates as "YYYY-MM-DD"; `between` takes [low, high]; `inLast`, `longerAgo`, `inNext` and `anniversaryInNext` take a duration. */
  value: operandSchema.optional(),
  /** Of anniversaries: where 29 February is kept in other years (FEATURES D13). Left out: on the 28th. */
  leapDay: z.enum(LEAP_DAYS).optional(),
  /** Holds now, and the value has not changed for so long. */
  for: durationSchema.optional(),
});
const tagCondition = z.strictObject({ kind: z.literal('tag'), tag: z.string().min(1).max(200).normalize(), has: z.boolean(), for: durationSchema.optional() });
const consentCondition = z.strictObject({ kind: z.literal('consent'), channel: z.enum(CHANNELS), /** Of one topic; without it of the channel as a whole. */ topic: keySchema.optional(), given: z.boolean() });
/** Whether the contact's address, or its whole domain, is on the list of those never to be written to. */
const suppressedCondition = z.strictObject({ kind: z.literal('suppressed'), channel: z.enum(CHANNELS), is: z.boolean() });
const segmentCondition = z.strictObject({ kind: z.literal('segment'), segment: keySchema, member: z.boolean(), for: durationSchema.optional() });

/** The scope of an event condition is always visible (FEATURES D10): since this enrollment, within a duration, or ever. */
const scopeSchema = z.union([z.literal('enrollment'), z.literal('ever'), durationSchema]);

const eventCondition = z.strictObject({
  kind: z.literal('event'),
  event: eventTypeSchema,
  did: z.boolean(),
  times: z.int().min(1).max(100_000).optional(),
  since: scopeSchema,
  where: z.array(z.strictObject({ property: z.string().min(1).max(100), operator: z.enum(OPERATORS), value: operandSchema.optional() })).max(20).optional(),
});
export const MESSAGE_ACTS = ['sent', 'opened', 'clicked', 'replied', 'bounced'] as const;
const messageCondition = z.strictObject({
  kind: z.literal('message'),
  /** A message's key, or "any". */
  message: z.union([keySchema, z.literal('any')]),
  /** Only as this flow has sent it, by its number in the workspace; 0 where none is chosen yet. */
  flow: z.int().min(0).optional(),
  act: z.enum(MESSAGE_ACTS),
  did: z.boolean(),
  since: scopeSchema,
});

/** What can be asked about a contact's orders. Sum and average are of orders in the workspace's currency; `first` and `last` are days. */
export const ORDER_MEASURES = ['count', 'sum', 'average', 'last', 'first'] as const;
export type OrderMeasure = (typeof ORDER_MEASURES)[number];
const orderCondition = z.strictObject({
  kind: z.literal('order'),
  measure: z.enum(ORDER_MEASURES),
  operator: z.enum(OPERATORS),
  /** A number of orders; minor units of money; for `first` and `last` as of a date. */
  value: operandSchema.optional(),
  /** Only orders with this product, by its name or number. */
  product: z.string().min(1).max(200).optional(),
  since: scopeSchema,
});

/** Where somebody is or was: `inside` a flow now, `atStep` of it now, has `entered` it, has `left` it. */
export const FLOW_POSITIONS = ['inside', 'atStep', 'entered', 'left'] as const;
export type FlowPosition = (typeof FLOW_POSITIONS)[number];
const flowCondition = z.strictObject({
  kind: z.literal('flow'),
  /** The flow's number in the workspace; 0 where none is chosen yet. */
  flow: z.union([z.int().min(0), z.literal('any')]),
  position: z.enum(FLOW_POSITIONS),
  is: z.boolean(),
  step: outletIdSchema.optional(),
  /** With which reason it was left: that of an exit step, or one of the program's own, such as "goal". */
  reason: z.string().min(1).max(200).optional(),
  /** When it was entered or left. */
  since: z.union([z.literal('ever'), durationSchema]),
});

/** The reason of those who came to the end of a flow, which the ledger does not name. */
export const END_OF_FLOW = 'end';

const CONDITIONS = [attributeCondition, tagCondition, consentCondition, suppressedCondition, segmentCondition, eventCondition, messageCondition, orderCondition, flowCondition] as const;
const conditionSchema = z.discriminatedUnion('kind', CONDITIONS);
export type Condition = z.infer<typeof conditionSchema>;
export type Group = { kind: 'all' | 'any' | 'none'; rules: Rule[] };
export type Rule = Condition | Group;

export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('kind', [...CONDITIONS, z.strictObject({ kind: z.enum(['all', 'any', 'none']), rules: z.array(ruleSchema).max(100) })]),
);

export function isGroup(rule: Rule): rule is Group {
  return rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'none';
}

/** Every condition of a rule, outermost first. */
export function conditionsOf(rule: Rule): Condition[] {
  return isGroup(rule) ? rule.rules.flatMap(conditionsOf) : [rule];
}
