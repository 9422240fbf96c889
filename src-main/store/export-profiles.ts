// Sets of columns for exports, with how the file is written, under a name.
import type { ExportProfile } from '../../shared/api.ts';
import { keyFromName } from '../../shared/contacts/header-names.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

type Stored = Omit<ExportProfile, 'columns'> & { columns: string | null };

const COLUMNS = `key, name, columns, dialect AS "for"`;

/** All profiles, by name. */
export function exportProfiles(workspace: Pick<Workspace, 'db'>): ExportProfile[] {
  return rows<Stored>(workspace.db, `SELECT ${COLUMNS} FROM export_profiles ORDER BY name COLLATE NOCASE`).map(({ columns, ...profile }) => ({ ...profile, columns: columns === null ? null : (JSON.parse(columns) as string[]) }));
}

/** Keeps a profile in place of the one of this name, whatever its capitals; answers its key. */
export function saveExportProfile(workspace: Pick<Workspace, 'db' | 'clock'>, { name, columns, for: dialect }: Omit<ExportProfile, 'key'>): string {
  const known = row<{ key: string }>(workspace.db, 'SELECT key FROM export_profiles WHERE name = ? COLLATE NOCASE', name)?.key;
  const key = known ?? keyFromName(name, 1, new Set(exportProfiles(workspace).map((profile) => profile.key)));
  run(
    workspace.db,
    `INSERT INTO export_profiles (key, name, columns, dialect, updated_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, columns = excluded.columns, dialect = excluded.dialect, updated_at = excluded.updated_at`,
    key,
    name,
    columns === null ? null : JSON.stringify(columns),
    dialect,
    workspace.clock.now(),
  );
  return key;
}

/** Forgets a profile; answers whether there was one. */
export function removeExportProfile(workspace: Pick<Workspace, 'db'>, key: string): boolean {
  return run(workspace.db, 'DELETE FROM export_profiles WHERE key = ?', key).changes > 0;
}
