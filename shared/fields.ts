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
  | 'dateTime'
  | 'timeZone'
  | 'attribute'
  | 'attributeValue'
  | 'tag'
  | 'message'
  | 'rule'
  | 'branches'
  | 'shares';

/** An option of a choice, in the order in which it is offered. */
export type FieldOption = { value: string; label: Text };

export type FieldMeta = {
  kind: FieldKind;
  label: Text;
  help?: Text;
  /** An empty value is a problem of the step; it may be saved in a draft all the same. */
  required?: boolean;
  options?: readonly FieldOption[];
  /** For kind `attribute`: which kinds of attribute may be chosen. */
  attributeKinds?: readonly string[];
  /** For kind `attributeValue`: the name of the sibling field that holds the attribute's key. */
  of?: string;
  unit?: Text;
  /** The field is only asked for while the sibling has one of these values. */
  when?: { field: string; is: readonly (string | boolean)[] };
};

const registry = z.registry<FieldMeta>();

/** Gives a schema its place in forms. Apply it last: wrapping a schema afterwards would lose it. */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  const described = schema.meta({ title: meta.label.text, ...(meta.help && { description: meta.help.text }) }) as S;
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
  return Object.entries(config.shape).map(([name, schema]) => ({ name, schema: schema as z.ZodType, meta: fieldMeta(schema as z.ZodType) }));
}

/** Whether a field is asked for, given the values of its siblings. */
export function isAsked(meta: FieldMeta, values: Record<string, unknown>): boolean {
  return meta.when === undefined || meta.when.is.includes(values[meta.when.field] as string | boolean);
}

/** A problem for each required field without a value. */
export function missingFields(config: z.ZodObject, values: Record<string, unknown>, place: Place): Problem[] {
  return fieldsOf(config)
    .filter(({ name, meta }) => meta.required === true && isAsked(meta, values) && isBlank(values[name]))
    .map(({ name, meta }) => problem('field-missing', say('{field} is missing.', { field: meta.label }), { ...place, field: name }));
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
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
