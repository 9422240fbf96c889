// Field kinds. A field is a zod schema that also knows its label, its help and its widget. Validation, the form in the
// inspector, the defaults, the file format and its JSON Schema all read this one definition.
import { z } from 'zod';
import { say, type Text } from './text.ts';
import { problem, type Place, type Problem } from './problem.ts';

export type FieldKind =
  | 'text'
  | 'longText'
  | 'number'
  | 'yesNo'
  | 'choice'
  | 'duration'
  | 'timeOfDay'
  | 'weekdays'
  | 'date'
  | 'dateTime'
  | 'timeZone'
  | 'attribute'
  | 'attributeValue'
  | 'tag'
  | 'message'
  | 'segment'
  | 'calendar'
  | 'topic'
  | 'flow'
  | 'step'
  | 'rule'
  | 'branches'
  | 'shares'
  | 'forms';

/** An option of a choice, in the order in which it is offered. */
export type FieldOption = { value: string; label: Text };

/** A sibling, and the values of it for which a field is asked. */
type Asked = { field: string; is: readonly (string | boolean)[] };

export type FieldMeta = {
  kind: FieldKind;
  label: Text;
  help?: Text;
  /** An empty value is a problem of the step; it may be saved in a draft all the same. */
  required?: boolean;
  options?: readonly FieldOption[];
  /** For kind `attribute`: which kinds of attribute may be chosen. */
  attributeKinds?: readonly string[];
  /** For kind `segment`: only a fixed set, which people are put into and taken out of. */
  fixedOnly?: boolean;
  /** For kind `attributeValue`: the name of the sibling field that holds the attribute's key. */
  of?: string;
  /** For kind `forms`: what each entry asks. */
  item?: z.ZodObject;
  /** For kind `forms`: each entry has an id besides, which stays when the rest changes. */
  ids?: boolean;
  unit?: Text;
  /** For texts: merge tags in it are filled in with values of the contact. */
  mergeTags?: true;
  /** The field is only asked for while the sibling has one of these values; of several, while each has. */
  when?: Asked | readonly Asked[];
};

const registry = z.registry<FieldMeta>();

/** Gives a schema its place in forms. Apply it last: wrapping a schema afterwards would lose it. */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  const described = schema.meta({ title: meta.label.text, ...(meta.help && { description: meta.help.text }) });
  registry.add(described, meta as never);
  return described;
}

/** What a form needs to know of one field; throws when a schema was not made with `field`. */
export function fieldMeta(schema: z.ZodType): FieldMeta {
  const meta = registry.get(schema);
  if (meta === undefined) throw new Error('This schema was not made with field()');
  return meta as FieldMeta;
}

/** The fields of a configuration, in the order of their definition. */
export function fieldsOf(config: z.ZodObject): { name: string; schema: z.ZodType; meta: FieldMeta }[] {
  return Object.entries(config.shape).map(([name, schema]) => ({
    name,
    schema: schema as z.ZodType,
    meta: fieldMeta(schema as z.ZodType),
  }));
}

/** On which values of its siblings it depends whether a field is asked for; it must be all of them. */
export function conditionsOfAsking({ when }: FieldMeta): readonly Asked[] {
  if (when === undefined) return [];
  return 'field' in when ? [when] : when;
}

/** Whether a field is asked for, given the values of its siblings. */
export function isAsked(meta: FieldMeta, values: Record<string, unknown>): boolean {
  return conditionsOfAsking(meta).every(({ field: sibling, is }) => is.includes(values[sibling] as string | boolean));
}

/** A problem for each required field without a value. */
export function missingFields(config: z.ZodObject, values: Record<string, unknown>, place: Place): Problem[] {
  return fieldsOf(config)
    .filter(({ meta }) => isAsked(meta, values))
    .flatMap(({ name, meta }) => {
      if (meta.required === true && isBlank(values[name])) return [problem('field-missing', say('{field} is missing.', { field: meta.label }), { ...place, field: name })];
      return entriesOf(meta, values[name]).flatMap(({ item, entry, index }) => within(`${name}.${index}`, missingFields(item, entry, place)));
    });
}

/** The entries of a field of kind `forms`, each with the form that it was made with; none for other kinds. */
export function entriesOf(meta: FieldMeta, value: unknown): { item: z.ZodObject; entry: Record<string, unknown>; index: number }[] {
  const { item } = meta;
  if (item === undefined || !Array.isArray(value)) return [];
  return value.map((entry: Record<string, unknown>, index) => ({ item, entry, index }));
}

/** Problems of an entry, with their place in the whole configuration. */
export function within(path: string, problems: readonly Problem[]): Problem[] {
  return problems.map((each) => ({ ...each, place: { ...each.place, field: `${path}.${each.place?.field ?? ''}` } }));
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  );
}

// ---- values that several definitions share ----

export const DURATION_UNITS = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const;

/** Minutes and hours are exact; days and longer are calendar units in a time zone (FEATURES D12). */
export const durationSchema = z.strictObject({ amount: z.int().min(0).max(100_000), unit: z.enum(DURATION_UNITS) });
export type Duration = z.infer<typeof durationSchema>;

/** A clock time, 24 hours: "09:00". */
export const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Monday is 1, Sunday is 7 (ISO 8601). An empty list means: any day. */
export const weekdaysSchema = z.array(z.int().min(1).max(7)).max(7);

/** A name that the workspace uses to refer to a thing: attributes, messages, segments. */
export const keySchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** A day of the calendar, wherever that is: "2026-12-24". */
const localDateSchema = z.string().regex(/^\d{4}-\d\d-\d\d$/);

/** A clock time of a certain day, wherever that is: "2026-12-24T09:00". Which zone's clock is said beside it. */
export const localDateTimeSchema = z.string().regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/);

/** Names an outlet. It stays when the label changes, so that edges and counts do. */
export const outletIdSchema = z.string().regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,40}$/);

/** A share of a split: of a hundred contacts, `weight` leave by the outlet `id`. */
export const shareSchema = z.strictObject({
  id: outletIdSchema,
  label: z.string().max(200).default(''),
  weight: z.number().min(0).max(100),
});
export type Share = z.infer<typeof shareSchema>;

// ---- one constructor for each field kind, so that a definition reads like prose ----
// Every field accepts being left out: a new step or trigger is `{}`. Fields whose kind needs contacts or rules
// (attributeValue, rule, branches) are in contacts/rule-fields.ts.

export type Asking = Omit<FieldMeta, 'kind' | 'options' | 'item' | 'ids' | 'attributeKinds' | 'fixedOnly' | 'of'>;

export function textField({ start = '', max = 1000, ...asking }: Asking & { start?: string; max?: number }) {
  return field(z.string().max(max).default(start), { ...asking, kind: 'text' });
}

export function longTextField({ start = '', max = 10_000, ...asking }: Asking & { start?: string; max?: number }) {
  return field(z.string().max(max).default(start), { ...asking, kind: 'longText' });
}

/** A number in `unit`; `whole` numbers only unless told otherwise. */
export function numberField({
  start,
  min,
  max,
  whole = true,
  ...asking
}: Asking & { start: number; min: number; max: number; whole?: boolean }) {
  const number = whole ? z.int() : z.number();
  return field(number.min(min).max(max).default(start), { ...asking, kind: 'number' });
}

export function yesNoField({ start, ...asking }: Asking & { start: boolean }) {
  return field(z.boolean().default(start), { ...asking, kind: 'yesNo' });
}

/** One of several answers, with the one that a new step starts from. */
export function choiceField<const Value extends string>({
  start,
  options,
  ...asking
}: Asking & { start: NoInfer<Value>; options: readonly { value: Value; label: Text }[] }) {
  const schema = z.enum(options.map((option) => option.value)) as z.ZodEnum<{ [Each in Value]: Each }>;
  return field(schema.default(start as never), { ...asking, kind: 'choice', options });
}

/** One of several answers that the user must give: it starts from none, because no answer fits everybody. */
export function decisionField<const Value extends string>({
  options,
  ...asking
}: Asking & { options: readonly { value: Value; label: Text }[] }) {
  const schema = z.enum(options.map((option) => option.value)) as z.ZodEnum<{ [Each in Value]: Each }>;
  return field(schema.nullable().default(null), { ...asking, kind: 'choice', required: true, options });
}

export function durationField({ start, ...asking }: Asking & { start: Duration }) {
  return field(durationSchema.default(start), { ...asking, kind: 'duration' });
}

export function timeOfDayField({ start, ...asking }: Asking & { start: string }) {
  return field(timeOfDaySchema.default(start), { ...asking, kind: 'timeOfDay' });
}

/** Weekdays, Monday is 1; none chosen means any day. */
export function weekdaysField(asking: Asking) {
  return field(weekdaysSchema.default([]), { ...asking, kind: 'weekdays' });
}

/** A day as a calendar shows it ("2026-12-24"), or `null`. */
export function dateField(asking: Asking) {
  return field(localDateSchema.nullable().default(null), { ...asking, kind: 'date' });
}

/** A date and clock time as a calendar shows it ("2026-12-24T09:00"), or `null`. */
export function dateTimeField(asking: Asking) {
  return field(localDateTimeSchema.nullable().default(null), { ...asking, kind: 'dateTime' });
}

/** An IANA time zone, or `null`. */
export function timeZoneField(asking: Asking) {
  return field(z.string().max(100).nullable().default(null), { ...asking, kind: 'timeZone' });
}

/** The key of an attribute, or `null`; `kinds` says which may be chosen. */
export function attributeField({ kinds, ...asking }: Asking & { kinds?: readonly string[] }) {
  return field(keySchema.nullable().default(null), { ...asking, kind: 'attribute', ...(kinds && { attributeKinds: kinds }) });
}

/** The name of a tag; empty when none is chosen. */
export function tagField(asking: Asking) {
  return field(z.string().max(200).normalize().default(''), { ...asking, kind: 'tag' });
}

/** The key of a message, or `null`. */
export function messageField(asking: Asking) {
  return field(keySchema.nullable().default(null), { ...asking, kind: 'message' });
}

/** The key of a calendar (a country's public holidays, or a list of the workspace), or `null`. */
export function calendarField(asking: Asking) {
  return field(keySchema.nullable().default(null), { ...asking, kind: 'calendar' });
}

/** The number of a flow in the workspace, or `null`. */
export function flowField(asking: Asking) {
  return field(z.int().min(0).nullable().default(null), { ...asking, kind: 'flow' });
}

/** The key of a topic of consent; `null`: the channel as a whole. */
export function topicField(asking: Asking) {
  return field(keySchema.nullable().default(null), { ...asking, kind: 'topic' });
}

/** The id of a step of the same flow, or `null`. */
export function stepField(asking: Asking) {
  return field(outletIdSchema.nullable().default(null), { ...asking, kind: 'step' });
}

/** The key of a segment, or `null`. */
export function segmentField({ fixedOnly, ...asking }: Asking & { fixedOnly?: boolean }) {
  return field(keySchema.nullable().default(null), { ...asking, kind: 'segment', ...(fixedOnly && { fixedOnly }) });
}

/**
 * Entries of one small form, in their order. `entry` is what is stored, where that is more than `item` asks: with an id for each
 * entry, which stays when the rest changes.
 */
export function formsField<Entry extends z.ZodObject>({
  item,
  entry,
  most,
  start = [],
  ...asking
}: Asking & { item: z.ZodObject; entry: Entry; most: number; start?: readonly z.output<Entry>[] }) {
  const schema = z.array(entry).max(most);
  return field(schema.default([...start] as z.output<typeof schema>), { ...asking, kind: 'forms', item, ids: 'id' in entry.shape });
}

/** How a split divides contacts among its outlets. */
export function sharesField({ start, ...asking }: Asking & { start: readonly Share[] }) {
  return field(
    z
      .array(shareSchema)
      .max(100)
      .default([...start]),
    { ...asking, kind: 'shares' },
  );
}
