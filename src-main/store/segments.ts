// Segments: saved rules (dynamic) and fixed sets of contacts, each with a key by which rules and flows refer to it.
import { ruleSchema, type Rule } from '../../shared/contacts/rule.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run, transaction } from './database.ts';

/** `rule` is null for a fixed set. */
export type Segment = { key: string; name: string; rule: Rule | null };

/** All segments by key, in the order of their names. */
export function segmentsOf(workspace: Pick<Workspace, 'db'>): ReadonlyMap<string, Segment> {
  const found = rows<{ key: string; name: string; rule: string | null }>(workspace.db, 'SELECT key, name, rule FROM segments ORDER BY name, key');
  return new Map(found.map(({ key, name, rule }) => [key, { key, name, rule: rule === null ? null : ruleSchema.parse(JSON.parse(rule)) }]));
}

/** Adds a segment, or changes the one with its key. The caller has checked the rule. */
export function saveSegment(workspace: Pick<Workspace, 'db' | 'clock'>, { key, name, rule }: Segment): void {
  run(
    workspace.db,
    `INSERT INTO segments (key, name, rule, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, rule = excluded.rule, updated_at = excluded.updated_at`,
    key,
    name,
    rule === null ? null : JSON.stringify(rule),
    workspace.clock.now(),
  );
}

/** Puts contacts into a fixed set; those that are in it already stay. */
export function addToSegment(workspace: Pick<Workspace, 'db'>, key: string, contactIds: readonly number[]): void {
  transaction(workspace.db, () => {
    for (const id of contactIds) run(workspace.db, 'INSERT INTO segment_members (segment, contact_id) VALUES (?, ?) ON CONFLICT DO NOTHING', key, id);
  });
}
