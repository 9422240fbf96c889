// How files with the same headers were matched the last time, so that the weekly file of the shop needs no matching again.
import { createHash } from 'node:crypto';
import type { ImportKind, ImportPlan, ImportProfile, PlanColumn } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** What of a plan is remembered. Never consent, tags or flows: those are decided for each file anew. */
export type Mapping = Pick<ImportPlan, 'columns' | 'match' | 'duplicates' | 'existing' | 'eventType'> & { dateOrder: ImportPlan['reading']['dateOrder'] };

/** Tells sets of headers apart; their order does not matter. The same headers may mean contacts once and orders another time. */
function keyOfHeaders(kind: ImportKind, headers: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify([kind, ...headers.map((header) => header.normalize('NFC')).sort()])).digest('hex').slice(0, 32);
}

/** What was decided about files with these headers; `undefined`: there was none. */
export function profileFor(workspace: Workspace, kind: ImportKind, headers: readonly string[]): { key: string; name: string; mapping: Mapping } | undefined {
  const found = row<{ key: string; name: string; mapping: string }>(workspace.db, 'SELECT key, name, mapping FROM import_profiles WHERE key = ?', keyOfHeaders(kind, headers));
  return found === undefined ? undefined : { ...found, mapping: JSON.parse(found.mapping) as Mapping };
}

/** Remembers a plan that was carried out. A profile that is there keeps its name; a new one is called `name`. */
export function rememberProfile(workspace: Workspace, name: string, plan: ImportPlan): void {
  const headers = plan.columns.map(({ header }) => header);
  const { kind, columns, match, duplicates, existing, eventType, reading } = plan;
  // What was mended is about this file: the next one is looked at for itself.
  const mapped = columns.map(withoutMending);
  const mapping: Mapping = { eventType, columns: mapped, match, duplicates, existing, dateOrder: reading.dateOrder };
  run(
    workspace.db,
    'INSERT INTO import_profiles (key, name, headers, mapping, used_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at',
    keyOfHeaders(kind, headers),
    name,
    JSON.stringify(headers),
    JSON.stringify(mapping),
    workspace.clock.now(),
  );
}

function withoutMending(column: PlanColumn): PlanColumn {
  const { replace: _, accept: __, ...mapping } = column;
  return mapping;
}

/** All profiles, the last used first. */
export function listProfiles(workspace: Workspace): ImportProfile[] {
  return rows<Omit<ImportProfile, 'headers'> & { headers: string }>(workspace.db, 'SELECT key, name, headers, used_at AS usedAt FROM import_profiles ORDER BY used_at DESC, name').map((profile) => ({
    ...profile,
    headers: JSON.parse(profile.headers) as string[],
  }));
}

/** The attributes that each profile fills, by its key. */
export function attributesOfProfiles(workspace: Workspace): { key: string; name: string; attributes: string[] }[] {
  return rows<{ key: string; name: string; mapping: string }>(workspace.db, 'SELECT key, name, mapping FROM import_profiles ORDER BY used_at DESC, name').map(({ key, name, mapping }) => ({
    key,
    name,
    attributes: (JSON.parse(mapping) as Mapping).columns.flatMap(({ target }) => ('attribute' in target ? [target.attribute] : [])),
  }));
}

/** Calls a profile otherwise; refuses one that is not there. */
export function renameProfile(workspace: Workspace, key: string, name: string): void {
  if (run(workspace.db, 'UPDATE import_profiles SET name = ? WHERE key = ?', name, key).changes === 0) {
    refuse('profile-unknown', say('This way of matching columns is not remembered any more.'), { field: 'key' });
  }
}

/** Forgets a profile; one that is not there stays forgotten. */
export function forgetProfile(workspace: Workspace, key: string): void {
  run(workspace.db, 'DELETE FROM import_profiles WHERE key = ?', key);
}
