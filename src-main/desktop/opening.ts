// Files that are given from outside the window: by a double click, on the command line, by a second start.
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { Answer } from '../../shared/api.ts';
import { LARGEST_FLOW_FILE } from '../../shared/flow/limits.ts';

type Call = (method: string, input: unknown) => Promise<Answer>;

/** The files among the words of a command line. Words from outside are not trusted: only these endings are looked at. */
export function filesIn(given: readonly string[], folder: string): string[] {
  return given
    .filter((word) => !word.startsWith('-') && (isWorkspaceFile(word) || extname(word).toLowerCase() === '.kanalflow'))
    .map((word) => resolve(folder, word));
}

/** A workspace is opened; anything else that is opened is a flow. */
export function isWorkspaceFile(file: string): boolean {
  return extname(file).toLowerCase() === '.kanal';
}

/** Opens a workspace, or adds a flow as a draft to the workspace that is open. */
export async function openGiven(call: Call, file: string): Promise<Answer> {
  if (isWorkspaceFile(file)) return call('workspace.open', { file });
  try {
    if (statSync(file).size > LARGEST_FLOW_FILE) return { bug: 'The file is too large for a flow.' };
    return await call('flows.importFile', { text: readFileSync(file, 'utf8'), fileName: basename(file) });
  } catch (error) {
    return { bug: error instanceof Error ? error.message : String(error) };
  }
}
