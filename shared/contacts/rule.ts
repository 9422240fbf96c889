// A rule: a tree of conditions over a contact and its history. It has one meaning everywhere (segments, branches, goals,
// filters, exports), because it is only ever evaluated by its compilation to SQL in src-main/store/rules.ts.
import { z } from 'zod';
import { durationSchema, keySchema } from '../fields.ts';
import { CHANNELS } from './contact.ts';
import { eventTypeSchema } from './event.ts';

/** What can be asked of a value; which operators fit which kind of attribute is in `operatorsFor`. */
export const OPERATORS = [
  'equals', 'notEquals', 'contains', 'notContains', 'startsWith', 'endsWith', 'isOneOf',
  'moreThan', 'atLeast', 'lessThan', 'atMost', 'between',
  'before', 'after', 'inLast', 'inNext', 'anniversaryToday',
  'isTrue', 'isFalse', 'isEmpty', 'isNotEmpty',
] as const;
export type Operator = (typeof OPERATORS)[number];

const operandSchema = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.union([z.string().max(1000), z.number()])).max(1000), durationSchema]);
export type Operand = z.infer<typeof operandSchema>;

const attributeCondition = z.strictObject({
  kind: z.literal('attribute'),
  attribute: keySchema,
  operator: z.enum(OPERATORS),
  /** Dates as "YYYY-MM-DD"; `between` takes [low, high]; `inLast` and `inNext` take a duration. */
  value: operandSchema.optional(),
});
const tagCondition = z.strictObject({ kind: z.literal('tag'), tag: z.string().min(1).max(200), has: z.boolean() });
const consentCondition = z.strictObject({ kind: z.literal('consent'), channel: z.enum(CHANNELS), given: z.boolean() });
const segmentCondition = z.strictObject({ kind: z.literal('segment'), segment: keySchema, member: z.boolean() });

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
  act: z.enum(MESSAGE_ACTS),
  did: z.boolean(),
  since: scopeSchema,
});

const conditionSchema = z.discriminatedUnion('kind', [attributeCondition, tagCondition, consentCondition, segmentCondition, eventCondition, messageCondition]);
export type Condition = z.infer<typeof conditionSchema>;
export type Group = { kind: 'all' | 'any' | 'none'; rules: Rule[] };
export type Rule = Condition | Group;

export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    attributeCondition, tagCondition, consentCondition, segmentCondition, eventCondition, messageCondition,
    z.strictObject({ kind: z.enum(['all', 'any', 'none']), rules: z.array(ruleSchema).max(100) }),
  ]),
);

export function isGroup(rule: Rule): rule is Group {
  return rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'none';
}

/** Every condition of a rule, outermost first. */
export function conditionsOf(rule: Rule): Condition[] {
  return isGroup(rule) ? rule.rules.flatMap(conditionsOf) : [rule];
}
