// A copy of the workspace is put away before anything that changes much of it at once: an import, a publish (DESIGN 5).
import { existsSync, mkdirSync } from 'node:fs';
import type { CallName } from '../shared/api.ts';
import { refuse } from '../shared/problem.ts';
import { say } from '../shared/text.ts';
import type { Handlers } from './dispatch.ts';
import { backupFile, backupFolder, copyGently, rotateBackups } from './store/backup.ts';
import type { Workspace } from './workspace.ts';

/** The calls that a backup goes before, with the word for it in the backup's name. */
const BACKED_UP: Partial<Record<CallName, string>> = {
  'imports.start': 'before import',
  'flows.publish': 'before publishing',
  'attributes.convert': 'before changing an attribute',
  'attributes.remove': 'before removing an attribute',
};

/**
 * The same handlers, with a backup in `dataFolder` before the calls that need one. Where it cannot be made, the call is refused
 * and nothing has changed. A dry run changes nothing and needs none.
 */
export function withBackups<Some extends Partial<Handlers>>(handlers: Some, workspace: Workspace, dataFolder: string): Some {
  const guarded = Object.entries(BACKED_UP).flatMap(([name, why]) => {
    const handle = handlers[name as CallName] as ((input: { dryRun?: boolean }) => unknown) | undefined;
    if (handle === undefined) return [];
    const careful = async (input: { dryRun?: boolean }) => {
      if (input.dryRun !== true) await backUp(workspace, dataFolder, why);
      return handle(input);
    };
    return [[name, careful] as const];
  });
  return { ...handlers, ...(Object.fromEntries(guarded) as Partial<Some>) };
}

async function backUp(workspace: Workspace, dataFolder: string, why: string): Promise<void> {
  const folder = backupFolder(dataFolder, workspace.file);
  const target = backupFile(folder, workspace.clock.now(), why);
  if (existsSync(target)) return; // Made within this very second.
  try {
    mkdirSync(folder, { recursive: true });
    await copyGently(workspace.db, target);
    rotateBackups(folder, workspace.clock.now());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse('backup-failed', say('No backup could be made in {folder} ({reason}), so nothing was changed. Make room there, or let Kanal write there, and try again.', { folder, reason }), { file: target });
  }
}
