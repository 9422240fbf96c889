// Pairs of contacts of which a person has said that they are two people, however alike they look.
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';
import type { Cells } from './merge-rows.ts';

type WithDatabase = Pick<Workspace, 'db'>;
type Pair = { one_id: number; other_id: number };

/** Notes that none of these contacts is another of them. */
export function keepApart({ db }: WithDatabase, ids: readonly number[]): void {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  sorted.forEach((one, index) => {
    for (const other of sorted.slice(index + 1)) insertPair({ db }, { one_id: one, other_id: other });
  });
}

/** Takes that word back. */
export function letBeCompared({ db }: WithDatabase, ids: readonly number[]): void {
  run(db, 'DELETE FROM not_duplicates WHERE one_id IN (SELECT value FROM json_each(?)) AND other_id IN (SELECT value FROM json_each(?))', JSON.stringify(ids), JSON.stringify(ids));
}

/** All such pairs, each as "smaller id:larger id". */
export function pairsKeptApart({ db }: WithDatabase): Set<string> {
  return new Set(rows<Pair>(db, 'SELECT one_id, other_id FROM not_duplicates').map(({ one_id, other_id }) => `${one_id}:${other_id}`));
}

/** Whoever is known not to be a contact that is merged is not its survivor either. Answers the rows that went, and those that came for them. */
export function giveOverPairs({ db }: WithDatabase, from: number, to: number): { removed: Cells[]; added: Cells[] } {
  const removed = rows<Pair>(db, 'SELECT one_id, other_id FROM not_duplicates WHERE one_id = ? OR other_id = ?', from, from);
  run(db, 'DELETE FROM not_duplicates WHERE one_id = ? OR other_id = ?', from, from);
  const added = removed.flatMap(({ one_id, other_id }) => {
    const third = one_id === from ? other_id : one_id;
    if (third === to) return [];
    const pair = { one_id: Math.min(third, to), other_id: Math.max(third, to) };
    return insertPair({ db }, pair) ? [pair] : [];
  });
  return { removed, added };
}

function insertPair({ db }: WithDatabase, { one_id, other_id }: Pair): boolean {
  return run(db, 'INSERT INTO not_duplicates (one_id, other_id) VALUES (?, ?) ON CONFLICT DO NOTHING', one_id, other_id).changes > 0;
}
