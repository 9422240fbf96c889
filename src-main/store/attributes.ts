// The attributes of contacts: those that every workspace has, and the user's own, each a real column of its own.
import { attributeSchema, STANDARD_ATTRIBUTES, type Attribute, type AttributeKind, type AttributeValue } from '../../shared/contacts/contact.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run, transaction } from './database.ts';

/** An attribute with the column of `contacts` that holds it. Only these columns ever reach the text of a query. */
export type StoredAttribute = Attribute & { standard: boolean; column: string };
export type AttributeMap = ReadonlyMap<string, StoredAttribute>;

/** SQLite holds 2,000 columns in a table; this many are left for the user's own. */
export const MOST_ATTRIBUTES = 1_900;

/** What the column of an attribute holds, by its kind. */
export const COLUMN_TYPES: Record<AttributeKind, 'TEXT' | 'REAL' | 'INTEGER'> = {
  text: 'TEXT', number: 'REAL', money: 'INTEGER', yesNo: 'INTEGER', date: 'TEXT', dateTime: 'INTEGER', choice: 'TEXT', choices: 'TEXT',
};

const STANDARD: readonly StoredAttribute[] = STANDARD_ATTRIBUTES.map(({ key, kind, label }) => ({ key, kind, label: inEnglish(label), standard: true, column: key }));

/** Names of the columns, API fields and objects that an attribute must not be mistaken for. */
const TAKEN = new Set(['id', 'added_at', 'import_id', 'contact', 'contact_id', 'tags', 'consent', 'constructor', 'prototype', 'values']);

/** All attributes by key: the standard ones first, then the user's own in the order of their making. */
export function attributesOf(workspace: Pick<Workspace, 'db'>): AttributeMap {
  const own = rows<{ key: string; label: string; kind: AttributeKind; choices: string | null }>(workspace.db, 'SELECT key, label, kind, choices FROM attributes ORDER BY id');
  const all = new Map<string, StoredAttribute>(STANDARD.map((attribute) => [attribute.key, attribute]));
  for (const { key, label, kind, choices } of own) {
    all.set(key, { key, label, kind, ...(choices !== null && { choices: JSON.parse(choices) as string[] }), standard: false, column: `a_${key}` });
  }
  return all;
}

/**
 * Makes an attribute of the user's own: a row that describes it and a column that holds it, in one transaction.
 * Throws a ProblemError when the key is malformed, standard, reserved or used already, or when there is no room.
 */
export function addAttribute(workspace: Pick<Workspace, 'db' | 'clock'>, attribute: Attribute): void {
  const { key, label, kind, choices } = attribute;
  if (!attributeSchema.shape.key.safeParse(key).success) {
    refuse('attribute-key', say('"{key}" cannot be the key of an attribute. Use small letters a to z, digits and _, beginning with a letter, at most 63 characters.', { key: key.slice(0, 80) }), { field: 'key' });
  }
  if (TAKEN.has(key)) refuse('attribute-reserved', say('"{key}" has a meaning of its own in Kanal. Choose another key for the attribute.', { key }), { field: 'key' });
  transaction(workspace.db, () => {
    const existing = attributesOf(workspace);
    const clash = existing.get(key);
    if (clash?.standard) refuse('attribute-standard', say('Every contact has {label} already ({key}). Choose another key for a new attribute.', { label: clash.label, key }), { field: 'key' });
    if (clash) refuse('attribute-exists', say('There is an attribute {key} already: {label}. Choose another key, or use that one.', { key, label: clash.label }), { field: 'key' });
    if (existing.size >= MOST_ATTRIBUTES) refuse('attribute-too-many', say('A workspace holds at most {most} attributes. Leave out columns that you do not need.', { most: MOST_ATTRIBUTES }));
    run(workspace.db, 'INSERT INTO attributes (key, label, kind, choices, created_at) VALUES (?, ?, ?, ?, ?)', key, label, kind, choices === undefined ? null : JSON.stringify(choices), workspace.clock.now());
    workspace.db.exec(`ALTER TABLE contacts ADD COLUMN a_${key} ${COLUMN_TYPES[kind]}`);
  });
}

/** A key made from a name ("Fødselsdag (år)" becomes "foedselsdag_aar") that is not `taken`; for attributes and whatever else has keys. */
export function freeAttributeKey(name: string, taken: (key: string) => boolean): string {
  const plain = name.toLowerCase().replaceAll('æ', 'ae').replaceAll(/[øö]/g, 'oe').replaceAll('å', 'aa').replaceAll('ß', 'ss').replaceAll('ł', 'l').replaceAll('đ', 'd').normalize('NFD').replaceAll(/\p{M}/gu, '');
  const words = plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const base = (/^[a-z]/.test(words) ? words : `field_${words}`).slice(0, 56).replace(/_$/, '');
  const isFree = (key: string) => !TAKEN.has(key) && !taken(key);
  if (isFree(base)) return base;
  for (let n = 2; ; n++) if (isFree(`${base}_${n}`)) return `${base}_${n}`;
}

/** A value as its column holds it. An empty text and an empty list are no value: NULL is the only emptiness that rules know. */
export function toColumn(attribute: Pick<Attribute, 'kind'>, value: AttributeValue): string | number | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'object') return value.length === 0 ? null : JSON.stringify(value);
  if (typeof value === 'number' && attribute.kind !== 'number' && !Number.isSafeInteger(value)) throw new Error(`${value} is no whole number, which ${attribute.kind} needs`);
  return value;
}

/** The value that a column holds. */
export function fromColumn(attribute: Pick<Attribute, 'kind'>, stored: string | number | null): AttributeValue {
  if (stored === null) return null;
  if (attribute.kind === 'yesNo') return stored !== 0;
  if (attribute.kind === 'choices') return JSON.parse(String(stored)) as string[];
  return stored;
}
