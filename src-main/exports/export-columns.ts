// The columns of an exported file: which there are, what they are called, and what stands in them. How a value is written is
// decided once for each column, since a file has millions of cells.
import { foldName } from '../../shared/contacts/header-names.ts';
import { guard } from '../../shared/contacts/formula-guard.ts';
import { joinTags } from '../../shared/contacts/tag-list.ts';
import { valueToText, type FileStyle } from '../../shared/contacts/value-text.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { fromColumn, type AttributeMap, type StoredAttribute } from '../store/attributes.ts';
import type { Stored } from '../store/contact-stream.ts';

/** What columns that are no attributes are made of; each is read only where a column asks for it. */
export type Facts = { tags: ReadonlyMap<number, readonly string[]>; email: ReadonlyMap<number, string>; sms: ReadonlyMap<number, string> };

/** A column of attributes writes what is stored; the others write what is known of the contact. */
export type ExportColumn = { name: string } & ({ attribute: StoredAttribute; cell(stored: Stored): string } | { fact: keyof Facts; cell(contact: number, facts: Facts): string });

/** Columns that are no attributes. Consent is written as `given` or `withdrawn`. */
const SPECIAL: Readonly<Record<string, { fact: keyof Facts; cell(contact: number, facts: Facts): string }>> = {
  tags: { fact: 'tags', cell: (contact, { tags }) => guard(joinTags(tags.get(contact) ?? [])) },
  email_consent: { fact: 'email', cell: (contact, { email }) => email.get(contact) ?? '' },
  sms_consent: { fact: 'sms', cell: (contact, { sms }) => sms.get(contact) ?? '' },
};
const BY_DEFAULT = ['tags', 'email_consent'];

/**
 * The columns asked for by key, in that order; `null`: all attributes, tags and consent to e-mail. `labels`: called by the
 * attributes' labels where an import would find each again by it, and else by their keys. Refuses unknown keys and repeated ones.
 */
export function exportColumns(keys: readonly string[] | null, attributes: AttributeMap, style: FileStyle, labels: boolean): ExportColumn[] {
  const chosen = keys ?? [...attributes.keys(), ...BY_DEFAULT.filter((key) => !attributes.has(key))];
  if (chosen.length === 0) refuse('no-columns', say('Choose at least one column to export.'), { field: 'columns' });
  const repeated = chosen.find((key, index) => chosen.indexOf(key) !== index);
  if (repeated !== undefined) refuse('column-twice', say('The column {key} is asked for twice.', { key: repeated }), { field: 'columns' });
  const names = labels ? labelsOf(attributes) : new Map<string, string>();
  return chosen.map((key) => {
    const attribute = attributes.get(key);
    if (attribute !== undefined) return { name: names.get(key) ?? key, attribute, cell: writerOf(attribute, style) };
    const special = Object.hasOwn(SPECIAL, key) ? SPECIAL[key] : undefined;
    return special === undefined ? refuseUnknown(key, attributes) : { name: key, ...special };
  });
}

function refuseUnknown(key: string, attributes: AttributeMap): never {
  const known = [...attributes.keys(), ...Object.keys(SPECIAL)].slice(0, 40).join(', ');
  refuse('attribute-unknown', say('There is no column {key} to export. There are: {known}.', { key, known }), { field: 'columns' });
}

/** Numbers, dates and answers cannot be formulas: they are written by the program. Text is guarded. */
function writerOf(attribute: StoredAttribute, style: FileStyle): (stored: Stored) => string {
  const { kind } = attribute;
  if (kind === 'text' || kind === 'choice') return (stored) => (stored === null ? '' : guard(stored as string));
  const isText = kind === 'choices';
  return (stored) => {
    if (stored === null) return '';
    const text = valueToText(fromColumn(attribute, stored), kind, style);
    return isText ? guard(text) : text;
  };
}

function labelsOf(attributes: AttributeMap): Map<string, string> {
  const taken = new Map<string, number>();
  const count = (name: string): void => void taken.set(foldName(name), (taken.get(foldName(name)) ?? 0) + 1);
  for (const { key, label } of attributes.values()) {
    count(label);
    if (foldName(key) !== foldName(label)) count(key);
  }
  for (const key of Object.keys(SPECIAL)) count(key);
  const usable = ({ label }: StoredAttribute): boolean => taken.get(foldName(label)) === 1 && foldName(label) !== '' && label === label.trim() && guard(label) === label && !label.startsWith('_');
  return new Map([...attributes.values()].filter(usable).map(({ key, label }) => [key, label]));
}
