// What the store does when attributes are looked after: counts of their values, new names and choices, another kind, removal.
import type { Attribute, AttributeValue } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import { COLUMN_TYPES, fromColumn, toColumn, type StoredAttribute } from './attributes.ts';
import { rows, run, transaction } from './database.ts';
import { followColumn } from './merges.ts';

/** How many contacts behind one id and up to another have a value of each of these attributes, in their order. One pass. */
export function countFilled(workspace: Pick<Workspace, 'db'>, attributes: readonly StoredAttribute[], after: number, until: number): number[] {
  const counted = attributes.map(({ column }, index) => `count(c.${column}) AS n${index}`).join(', ');
  const found = workspace.db.prepare(`SELECT ${counted} FROM contacts c WHERE c.id > ? AND c.id <= ?`).get(after, until) as Record<string, number>;
  return attributes.map((_, index) => found[`n${index}`]!);
}

/** How often each choice of an attribute is chosen among some contacts. */
export function countChoices(workspace: Pick<Workspace, 'db'>, { kind, column }: StoredAttribute, after: number, until: number): { choice: string; contacts: number }[] {
  const from = kind === 'choices' ? `contacts c CROSS JOIN json_each(c.${column}) v` : 'contacts c';
  const value = kind === 'choices' ? 'v.value' : `c.${column}`;
  return rows(workspace.db, `SELECT ${value} AS choice, count(DISTINCT c.id) AS contacts FROM ${from} WHERE c.id > ? AND c.id <= ? AND ${value} IS NOT NULL GROUP BY 1`, after, until);
}

/** Gives an attribute another name. */
export function relabelAttribute(workspace: Pick<Workspace, 'db'>, key: string, label: string): void {
  run(workspace.db, 'UPDATE attributes SET label = ? WHERE key = ?', label, key);
}

/** What may be chosen from now on; values that are there stay. Empty: anything. */
export function setChoices(workspace: Pick<Workspace, 'db'>, key: string, choices: readonly string[]): void {
  run(workspace.db, 'UPDATE attributes SET choices = ? WHERE key = ?', choices.length === 0 ? null : JSON.stringify(choices), key);
}

/** Removes an attribute with all its values. What events say of it stays. */
export function removeAttribute(workspace: Pick<Workspace, 'db'>, { key, column }: StoredAttribute): void {
  transaction(workspace.db, () => {
    run(workspace.db, 'DELETE FROM attributes WHERE key = ?', key);
    followColumn(workspace, column, null);
    dropColumn(workspace, column);
  });
}

/** Every value of an attribute that somebody has, with how many have it. */
export function distinctValues(workspace: Pick<Workspace, 'db'>, attribute: StoredAttribute): { value: Exclude<AttributeValue, null>; contacts: number }[] {
  const { column } = attribute;
  const found = workspace.db.prepare(`SELECT ${column} AS value, count(*) AS contacts FROM contacts WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY 2 DESC`).all() as { value: string | number; contacts: number }[];
  return found.map(({ value, contacts }) => ({ value: fromColumn(attribute, value) as Exclude<AttributeValue, null>, contacts }));
}

type Becoming = {
  /** What the values that somebody has become; those that it does not name are lost. */
  becomes: readonly { before: AttributeValue; after: AttributeValue }[];
  /** What a value becomes that nobody has now, but may have again; `null`: it is lost. */
  become(value: Exclude<AttributeValue, null>): AttributeValue;
};

/** Changes the kind of an attribute, of its values and of those that merges would give back. */
export function convertAttribute(workspace: Pick<Workspace, 'db'>, attribute: StoredAttribute, to: Pick<Attribute, 'kind' | 'choices'>, { becomes, become }: Becoming): void {
  const { db } = workspace;
  const { key, column } = attribute;
  transaction(db, () => {
    // Columns of strict tables keep their type, so the values move into a new one. No attribute's column begins like this.
    db.exec(`CREATE TEMP TABLE conversion (old PRIMARY KEY, new); ALTER TABLE contacts ADD COLUMN n_${key} ${COLUMN_TYPES[to.kind]}`);
    const insert = db.prepare('INSERT INTO temp.conversion (old, new) VALUES (?, ?)');
    for (const { before, after } of becomes) insert.run(toColumn(attribute, before), toColumn(to, after));
    db.exec(`UPDATE contacts SET n_${key} = (SELECT m.new FROM temp.conversion m WHERE m.old = contacts.${column}) WHERE ${column} IS NOT NULL`);
    followColumn(workspace, column, (stored) => {
      const value = fromColumn(attribute, stored);
      return value === null ? null : toColumn(to, become(value));
    });
    dropColumn(workspace, column);
    db.exec(`ALTER TABLE contacts RENAME COLUMN n_${key} TO ${column}; DROP TABLE temp.conversion`);
    run(db, 'UPDATE attributes SET kind = ?, choices = ? WHERE key = ?', to.kind, to.choices === undefined || to.choices.length === 0 ? null : JSON.stringify(to.choices), key);
  });
}

function dropColumn({ db }: Pick<Workspace, 'db'>, column: string): void {
  const indexes = rows<{ name: string }>(db, `SELECT DISTINCT l.name AS name FROM pragma_index_list('contacts') l JOIN pragma_index_info(l.name) i WHERE i.name = ?`, column);
  for (const { name } of indexes) db.exec(`DROP INDEX "${name}"`);
  db.exec(`ALTER TABLE contacts DROP COLUMN ${column}`);
}
