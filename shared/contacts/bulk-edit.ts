// What is done to many contacts at once, and what that means for one of them: pure, so that the preview, the edit and the
// forecast of flows cannot disagree (FEATURES A5.21).
import { z } from 'zod';
import { keySchema } from '../fields.ts';
import type { Text } from '../text.ts';
import { attributeValueSchema, type AttributeValue } from './contact.ts';
import type { AttributeChanges } from './event.ts';
import { ruleSchema, type Rule } from './rule.ts';

const tag = z.string().min(1).max(200).normalize();

/** One thing that is done to each of the contacts. */
export const bulkChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), attribute: keySchema, value: attributeValueSchema }),
  z.strictObject({ kind: z.literal('clear'), attribute: keySchema }),
  /** Behind the value that is there: choices, and texts that are lists between semicolons. */
  z.strictObject({ kind: z.literal('append'), attribute: keySchema, value: attributeValueSchema }),
  /** One text or choice becomes another, or goes. Whoever has something else stays as they are. */
  z.strictObject({ kind: z.literal('replace'), attribute: keySchema, from: z.string().max(10_000), to: z.string().max(10_000).nullable() }),
  z.strictObject({ kind: z.literal('addTag'), tag }),
  z.strictObject({ kind: z.literal('removeTag'), tag }),
  /** Fixed segments only. */
  z.strictObject({ kind: z.literal('addToSegment'), segment: keySchema }),
  z.strictObject({ kind: z.literal('removeFromSegment'), segment: keySchema }),
]);
export type BulkChange = z.infer<typeof bulkChangeSchema>;
export const bulkChangesSchema = z.array(bulkChangeSchema).min(1).max(50);

/** Who is changed: these contacts; or else all who meet the rule (null: everybody) and are found by the search. */
export const bulkWhomSchema = z.strictObject({
  contacts: z.array(z.int()).max(10_000).nullable().default(null),
  rule: ruleSchema.nullable().default(null),
  search: z.string().max(200).default(''),
});
export type BulkWhom = z.infer<typeof bulkWhomSchema>;

/** What a contact is before an edit, as far as the edit asks. */
export type Standing = { values: Readonly<Record<string, AttributeValue>>; tags: ReadonlySet<string>; segments: ReadonlySet<string> };

/** What an edit does to one contact; all empty: it is skipped, because everything is so already. */
export type ContactChanges = { values: AttributeChanges; addTags: string[]; removeTags: string[]; enter: string[]; leave: string[] };

export type BulkCounts = { contacts: number; changed: number; unchanged: number };
export type BulkSample = ContactChanges & { contact: number; name: string };
export type FlowStart = { flow: number; name: string; contacts: number; mails: number };
/** `perChange`: how many contacts each of the changes would change, in their order. `flows`: what would start if it may. */
export type BulkPreview = { counts: BulkCounts; perChange: number[]; changed: BulkSample[]; skipped: { contact: number; name: string }[]; flows: FlowStart[]; cancelled: boolean };

/** What taking an edit back has done, so far or altogether. `keptList` names the first of those of whom something stays. */
export type BulkUndo = {
  state: 'running' | 'done';
  at: number;
  /** Contacts with something given back; and how many values, tags and memberships that were. */
  restored: number;
  values: number;
  tags: number;
  memberships: number;
  /** People taken out of flows that the edit had sent them into, and messages that were planned for them. */
  takenOut: number;
  cancelled: number;
  kept: number;
  keptList: { contact: number; name: string; reason: Text }[];
};

export type BulkState = 'running' | 'done' | 'cancelled' | 'interrupted' | 'failed';
export type BulkOrigin = 'contacts' | 'attributes' | 'companies';
/** Whom an edit was about, as its history keeps it: how many were picked, or whom was asked for. */
export type BulkWhomKept = { picked: number } | { rule: Rule | null; search: string };
export type BulkEditRow = {
  id: number;
  origin: BulkOrigin;
  changes: BulkChange[];
  whom: BulkWhomKept;
  startFlows: boolean;
  state: BulkState;
  counts: BulkCounts;
  startedAt: number;
  finishedAt: number | null;
  /** Whether there is something to take back. */
  canUndo: boolean;
  undo: BulkUndo | null;
};
/** `done` of `total` contacts have been looked at; `undo`: it is being taken back. */
export type BulkProgress = { bulkEdit: number; state: BulkState; undo: boolean; done: number; total: number };

/** What the changes, one after the other, do to a contact. What is so already is no change. */
export function changesOf(before: Standing, changes: readonly BulkChange[]): ContactChanges {
  const values = new Map<string, AttributeValue>();
  const tags = new Map<string, boolean>();
  const segments = new Map<string, boolean>();
  const now = (key: string): AttributeValue => (values.has(key) ? values.get(key)! : (before.values[key] ?? null));
  for (const change of changes) {
    switch (change.kind) {
      case 'set':
        values.set(change.attribute, filled(change.value));
        break;
      case 'clear':
        values.set(change.attribute, null);
        break;
      case 'append':
        values.set(change.attribute, appended(now(change.attribute), change.value));
        break;
      case 'replace':
        values.set(change.attribute, replaced(now(change.attribute), change.from, change.to));
        break;
      case 'addTag':
      case 'removeTag':
        tags.set(change.tag.trim(), change.kind === 'addTag');
        break;
      case 'addToSegment':
      case 'removeFromSegment':
        segments.set(change.segment, change.kind === 'addToSegment');
        break;
    }
  }
  const changed: AttributeChanges = {};
  for (const [key, value] of values) {
    const old = before.values[key] ?? null;
    if (!isSameValue(old, value)) changed[key] = [old, value];
  }
  return { values: changed, ...movesOf(tags, before.tags, ['addTags', 'removeTags']), ...movesOf(segments, before.segments, ['enter', 'leave']) };
}

/** Whether nothing changes: the contact is skipped. */
export function isNothing({ values, addTags, removeTags, enter, leave }: ContactChanges): boolean {
  return Object.keys(values).length + addTags.length + removeTags.length + enter.length + leave.length === 0;
}

/** Whether two values are one; lists are the same when they hold the same in the same order. */
export function isSameValue(one: AttributeValue, other: AttributeValue): boolean {
  return one === other || (typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other));
}

function movesOf<In extends string, Out extends string>(wanted: ReadonlyMap<string, boolean>, has: ReadonlySet<string>, [into, out]: [In, Out]): Record<In | Out, string[]> {
  const moved = [...wanted].filter(([name, on]) => has.has(name) !== on);
  return { [into]: moved.filter(([, on]) => on).map(([name]) => name), [out]: moved.filter(([, on]) => !on).map(([name]) => name) } as Record<In | Out, string[]>;
}

/** An empty text and an empty list are no value. */
function filled(value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'object' && value !== null && value.length === 0 ? null : value;
}

/** The value with more behind it, as far as it does not hold it yet. Numbers and dates have nothing behind them: they stay. */
function appended(before: AttributeValue, more: AttributeValue): AttributeValue {
  if (before === null) return filled(more);
  if (typeof before === 'object') return [...new Set([...before, ...textsOf(more)])];
  if (typeof before !== 'string') return before;
  const parts = before.split(';').map((part) => part.trim());
  const added = textsOf(more).filter((part) => !parts.includes(part));
  return added.length === 0 ? before : `${before}; ${added.join('; ')}`;
}

function textsOf(value: AttributeValue): string[] {
  const list = typeof value === 'object' ? (value ?? []) : String(value).split(';');
  return [...new Set(list.map((each) => each.trim()).filter((each) => each !== ''))];
}

function replaced(before: AttributeValue, from: string, to: string | null): AttributeValue {
  if (before === from) return to;
  if (before === null || typeof before !== 'object' || !before.includes(from)) return before;
  return filled([...new Set(before.flatMap((each) => (each === from ? (to === null ? [] : [to]) : [each])))]);
}
