// The first schema of a workspace: everything that a workspace file holds.
import type { Database } from 'better-sqlite3';
import { BULK_EDITS } from './0001-first/bulk-edits.ts';
import { COMPANIES } from './0001-first/companies.ts';
import { CONTACTS } from './0001-first/contacts.ts';
import { FLOWS } from './0001-first/flows.ts';
import { IMPORTS } from './0001-first/imports.ts';
import { MERGES } from './0001-first/merges.ts';
import { OUTBOX } from './0001-first/outbox.ts';
import { PRIVACY } from './0001-first/privacy.ts';
import { SEGMENTS } from './0001-first/segments.ts';
import { TASKS } from './0001-first/tasks.ts';
import { VIEWS } from './0001-first/views.ts';
import { WORKSPACE } from './0001-first/workspace.ts';

export function migrate(db: Database): void {
  for (const tables of [WORKSPACE, CONTACTS, MERGES, COMPANIES, BULK_EDITS, IMPORTS, SEGMENTS, FLOWS, OUTBOX, TASKS, VIEWS, PRIVACY]) db.exec(tables);
}
