// Field kinds that need to know contacts and rules; the others are in fields.ts, which stands below both.
import { z } from 'zod';
import { field, outletIdSchema, type Asking } from '../fields.ts';
import { attributeValueSchema } from './contact.ts';
import { ruleSchema } from './rule.ts';

/** A branch: contacts who meet `rule` leave by the outlet `id`. */
export const branchSchema = z.strictObject({
  id: outletIdSchema,
  label: z.string().max(200).default(''),
  rule: ruleSchema.nullable().default(null),
});
export type Branch = z.infer<typeof branchSchema>;

/** A value for the attribute whose key the sibling field `of` holds, or `null`. */
export function attributeValueField({ of, ...asking }: Asking & { of: string }) {
  return field(attributeValueSchema.default(null), { ...asking, kind: 'attributeValue', of });
}

/** A condition tree, or `null` where none is set. */
export function ruleField(asking: Asking) {
  return field(ruleSchema.nullable().default(null), { ...asking, kind: 'rule' });
}

/** Branches in the order in which they are tried. */
export function branchesField({ start, ...asking }: Asking & { start: readonly Branch[] }) {
  return field(
    z
      .array(branchSchema)
      .max(100)
      .default([...start]),
    { ...asking, kind: 'branches' },
  );
}
