// Files of contacts for tests, and one call that imports them as the command line and the window do.
import { afterEach, beforeEach, expect } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import type { FileInspection, ImportRow } from '../../shared/api.ts';
import { actsOf } from '../../shared/contacts/event.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { contactCommands } from '../../src-main/commands/contacts.ts';
import { recipeCommands } from '../../src-main/commands/recipes.ts';
import { suppressionCommands } from '../../src-main/commands/suppressions.ts';
import type { Handlers } from '../../src-main/dispatch.ts';
import { consentHandlers } from '../../src-main/handlers/consents.ts';
import { contactHandlers } from '../../src-main/handlers/contacts.ts';
import { contactHistoryHandlers } from '../../src-main/handlers/contact-history.ts';
import { eventFileHandlers } from '../../src-main/handlers/event-files.ts';
import { exportHandlers } from '../../src-main/handlers/exports.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { suppressionHandlers } from '../../src-main/handlers/suppressions.ts';
import { recipeHandlers } from '../../src-main/handlers/recipes.ts';
import { settingsHandlers } from '../../src-main/handlers/settings.ts';
import { rows } from '../../src-main/store/database.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { commandsOver, type CommandLine } from '../command-line.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

export type { CommandLine };

export type ImportCalls = ReturnType<typeof importHandlers>;
export type Folder = { path(name: string): string; write(name: string, content: string | Buffer, encoding?: string): string; remove(): void };

/** A folder of its own for a test, with blanks and Danish letters in its name. */
export function testFolder(): Folder {
  const folder = mkdtempSync(join(tmpdir(), 'kanal import æøå '));
  return {
    path: (name) => join(folder, name),
    write(name, content, encoding = 'utf8') {
      const file = join(folder, name);
      writeFileSync(file, typeof content === 'string' ? iconv.encode(content, encoding) : content);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type ImportStage = { workspace: TestWorkspace; folder: Folder; calls: ImportCalls; kanal: CommandLine };

/** Gives every test of the file a workspace and a folder of its own, by `use`, and takes them away again. */
export function stageForEach(use: (stage: ImportStage) => void): void {
  let stage: ImportStage;
  beforeEach(() => {
    const workspace = testWorkspace();
    stage = { workspace, folder: testFolder(), calls: importHandlers(workspace), kanal: commandLine(workspace) };
    use(stage);
  });
  afterEach(() => {
    stage.workspace.close();
    stage.folder.remove();
  });
}

export async function inspect(workspace: Workspace, file: string, reading = {}): Promise<FileInspection> {
  return await importHandlers(workspace)['imports.inspect']({ file, reading, kind: 'contacts', useProfile: true });
}

/** Imports a file as proposed, but for what `changes` says. */
export async function importFile(workspace: Workspace, file: string, changes: Partial<ImportPlan> = {}, options: { dryRun?: boolean; rejectsFile?: string; calls?: ImportCalls } = {}): Promise<ImportRow> {
  const calls: Pick<Handlers, 'imports.inspect' | 'imports.start' | 'imports.wait'> = options.calls ?? importHandlers(workspace);
  const { plan } = await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: true });
  const started = await calls['imports.start']({ file, plan: { ...plan, ...changes }, rejectsFile: options.rejectsFile ?? null, dryRun: options.dryRun ?? false });
  const done = await calls['imports.wait']({ import: started.import });
  expectNothingDangles(workspace);
  return done;
}

/** Slices of imports do not look up whether those are there whom their rows are about: so it is looked up here. */
function expectNothingDangles(workspace: Workspace): void {
  expect(rows(workspace.db, 'PRAGMA foreign_key_check')).toEqual([]);
  expect(rows(workspace.db, 'PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
}

/** All contacts as the store holds them, by address. */
export function contactsIn(workspace: Workspace): Record<string, Record<string, unknown>> {
  const all = rows<Record<string, unknown> & { email: string }>(workspace.db, 'SELECT * FROM contacts ORDER BY id');
  return Object.fromEntries(all.map((contact) => [contact.email, contact]));
}

/** What was recorded, in order; what contacts came with as events of their own. */
export function recorded(workspace: Workspace): { type: string; data: Record<string, unknown> }[] {
  return rows<{ type: string; data: string }>(workspace.db, 'SELECT type, data FROM events ORDER BY id').flatMap(({ type, data }) => actsOf({ type, data: JSON.parse(data) as Record<string, unknown> }));
}

/** How often each type of event was recorded. */
export function eventCounts(workspace: Workspace): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of recorded(workspace)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** The content of every table but the history of imports: equal dumps mean that nothing has changed. */
export function dump(workspace: Workspace): string {
  expectNothingDangles(workspace);
  const tables = rows<{ name: string }>(workspace.db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('imports', 'import_profiles') ORDER BY name`);
  return JSON.stringify(tables.map(({ name }) => [name, rows(workspace.db, `SELECT * FROM ${name}`)]));
}

/** What holds now: contacts with their values, tags and consents. Empty attributes, and histories that only grow, are left out. */
export function state(workspace: Workspace): { contacts: unknown[]; tags: unknown[] } {
  const contacts = rows<Record<string, unknown> & { id: number }>(workspace.db, 'SELECT * FROM contacts ORDER BY id');
  const tags = rows<{ id: number; name: string }>(workspace.db, 'SELECT x.contact_id AS id, t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id ORDER BY t.name');
  const consents = rows<{ id: number; channel: string; state: string; source: string }>(
    workspace.db,
    `SELECT contact_id AS id, channel, state, source FROM consents k WHERE state <> 'none' AND id = (SELECT max(id) FROM consents o WHERE o.contact_id = k.contact_id AND o.channel = k.channel) ORDER BY channel`,
  );
  return {
    contacts: contacts.map((contact) => ({
      values: Object.fromEntries(Object.entries(contact).filter(([, value]) => value !== null)),
      tags: tags.filter(({ id }) => id === contact.id).map(({ name }) => name),
      consents: consents.filter(({ id }) => id === contact.id),
    })),
    tags: rows(workspace.db, 'SELECT name FROM tags ORDER BY name'),
  };
}

/** Runs a command about contacts through the gate, as the command line does. */
export function commandLine(workspace: Workspace): CommandLine {
  const imports = importHandlers(workspace);
  const handlers = { ...contactHandlers(workspace), ...contactHistoryHandlers(workspace), ...consentHandlers(workspace), ...suppressionHandlers(workspace), ...imports, ...recipeHandlers(workspace, imports).handlers, ...eventFileHandlers(workspace), ...exportHandlers(workspace), ...settingsHandlers(workspace) };
  return commandsOver([...contactCommands, ...suppressionCommands, ...recipeCommands], handlers);
}
