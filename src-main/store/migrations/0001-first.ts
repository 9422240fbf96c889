// The first schema of a workspace: everything that a workspace file holds.
import type { Database } from 'better-sqlite3';
import { CONTACTS } from './0001-first/contacts.ts';
import { FLOWS } from './0001-first/flows.ts';
import { IMPORTS } from './0001-first/imports.ts';
import { OUTBOX } from './0001-first/outbox.ts';
import { SEGMENTS } from './0001-first/segments.ts';
import { WORKSPACE } from './0001-first/workspace.ts';

export function migrate(db: Database): void {
  for (const tables of [WORKSPACE, CONTACTS, IMPORTS, SEGMENTS, FLOWS, OUTBOX]) db.exec(tables);
}
