// The ordered list of schema changes. PRAGMA user_version is the number of the last one applied.
import type { Database } from 'better-sqlite3';
import { migrate as first } from './0001-first.ts';

export const MIGRATIONS: readonly ((db: Database) => void)[] = [first];

/** The schema version that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
