// Files of contacts for tests, and one call that imports them as the command line and the window do.
import { expect } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import type { FileInspection, ImportRow } from '../../shared/api.ts';
import { actsOf } from '../../shared/contacts/event.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { ProblemError } from '../../shared/problem.ts';
import type { Backend } from '../../src-main/backend.ts';
import type { CommandContext } from '../../src-main/commands/command.ts';
import { contactCommands } from '../../src-main/commands/contacts.ts';
import { recipeCommands } from '../../src-main/commands/recipes.ts';
import { suppressionCommands } from '../../src-main/commands/suppressions.ts';
import { createDispatch, type Handlers } from '../../src-main/dispatch.ts';
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

type Answer = { human: string; json: never; said: string[] };

export type CommandLine = (name: string, positionals: string[], options?: CommandContext['options']) => Promise<Answer>;

/** Runs a command about contacts through the gate, as the command line does. */
export const commandLine = (workspace: Workspace): CommandLine => async (name, positionals, options = {}) => {
  const imports = importHandlers(workspace);
  const handlers = { ...contactHandlers(workspace), ...contactHistoryHandlers(workspace), ...consentHandlers(workspace), ...suppressionHandlers(workspace), ...imports, ...recipeHandlers(workspace, imports).handlers, ...eventFileHandlers(workspace), ...exportHandlers(workspace), ...settingsHandlers(workspace) } as Handlers;
  const call = createDispatch(handlers, (message, error) => {
    throw new Error(message, { cause: error });
  });
  const backend = { call, on: () => () => {} } as unknown as Backend;
  const answer: Answer = { human: '', json: undefined as never, said: [] };
  await [...contactCommands, ...suppressionCommands, ...recipeCommands].find((command) => command.name === name)!.run({
    positionals: ['w.kanal', ...positionals],
    options,
    start: async () => backend,
    open: async () => backend,
    call: async (machine, method, input) => {
      const result = await machine.call(method, input);
      if ('problems' in result) throw new ProblemError(...result.problems);
      if ('bug' in result) throw new Error(result.bug);
      return result.value as never;
    },
    print: (human, json) => void Object.assign(answer, { human, json }),
    untilStopped: () => Promise.resolve(),
    progress: (line) => void answer.said.push(line),
  });
  return answer;
};
