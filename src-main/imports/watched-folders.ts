// Watched folders: the weekly export of the shop is imported by its recipe once it lies there and does not grow any more. What
// cannot be imported stops its recipe until somebody has looked at it: nothing is tried again and again.
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ImportRow } from '../../shared/api.ts';
import type { ImportPlan, ImportRecipe } from '../../shared/contacts/import-plan.ts';
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { listRecipes, recipeNamed, setRecipeOf, stopRecipe } from '../store/recipes.ts';
import { tellRecipeStopped } from '../work-ended.ts';
import type { Workspace } from '../workspace.ts';

/** Rejected rows go there, beside the file, where no recipe looks. */
const REJECTED = 'rejected';
/** From one look to the next. A file that is the same in two of them is whole. */
const BETWEEN_LOOKS_MS = 10_000;

export type FoundFile = { name: string; size: number; changedAt: number };
/** The folder as it is now; `null`: it cannot be read. */
export type FolderFiles = { list(folder: string): FoundFile[] | null };

/** Files of the disk. */
export const diskFiles: FolderFiles = {
  list(folder) {
    try {
      return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const found = entry.isFile() ? statSync(join(folder, entry.name), { throwIfNoEntry: false }) : undefined;
        return found === undefined ? [] : [{ name: entry.name, size: found.size, changedAt: found.mtimeMs }];
      });
    } catch {
      return null;
    }
  },
};

export type FolderWatch = {
  /** Looks into every watched folder once; answers the imports that it has carried out. Looks do not overlap. */
  look(): Promise<ImportRow[]>;
  /** Looks again and again, until `stop`, whenever `mayLook` allows it. */
  start(mayLook?: () => boolean): void;
  stop(): Promise<void>;
};

export type Importing = {
  /** Carries out a plan with a file to the end; throws a ProblemError where that is refused. */
  run(file: string, plan: ImportPlan, rejectsFile: string, begun: (id: number) => void): Promise<ImportRow>;
  /** Whether what a plan would read in this very file was imported to its end before. */
  wasDone(file: string, plan: ImportPlan): Promise<boolean>;
};

export function createFolderWatch(workspace: Workspace, importing: Importing, files: FolderFiles = diskFiles): FolderWatch {
  /** How each file was at the last look, and those with which nothing is to be done any more as long as they stay so. */
  const before = new Map<string, string>();
  const done = new Map<string, string>();
  let cancel: (() => void) | null = null;
  let looking: Promise<ImportRow[]> | null = null;
  let stopped = true;
  let mayLook = () => true;

  /** The files of a recipe that are whole and not dealt with yet, the oldest first. */
  const ready = (recipe: ImportRecipe, folder: string): FoundFile[] => {
    const found = files.list(folder);
    if (found === null) throw new ProblemError(problem('folder-unreadable', say('The folder {folder} cannot be read. Check that it is there, and watch it again.', { folder }), { file: folder }));
    const fits = patternOf(recipe.pattern);
    const fresh = found.filter(({ name, size }) => fits(name) && size > 0).filter((file) => {
      const key = `${recipe.id} ${join(folder, file.name)}`;
      const now = `${file.size} ${file.changedAt}`;
      const isWhole = before.get(key) === now;
      before.set(key, now);
      return isWhole && done.get(key) !== now;
    });
    return fresh.sort((one, other) => one.changedAt - other.changedAt || one.name.localeCompare(other.name));
  };

  const lookAt = async (recipe: ImportRecipe, folder: string): Promise<ImportRow[]> => {
    const imported: ImportRow[] = [];
    for (const found of ready(recipe, folder)) {
      const file = join(folder, found.name);
      // Somebody may have stopped or changed it while the file before this one was imported.
      const { recipe: now, plan } = recipeNamed(workspace, recipe.id);
      if (!now.watching || now.folder !== folder) break;
      if (!(await importing.wasDone(file, plan))) {
        const rejects = join(folder, REJECTED, `${basename(found.name, extname(found.name))}-rejected.csv`);
        const row = await importing.run(file, plan, rejects, (id) => setRecipeOf(workspace, id, now, true));
        imported.push(row);
        if (row.state !== 'done') throw new ProblemError(problem('recipe-broken-off', say('The import of {file} did not come to its end. Import it by hand, or watch the folder again.', { file: found.name }), { file }));
      }
      done.set(`${recipe.id} ${file}`, `${found.size} ${found.changedAt}`);
    }
    return imported;
  };

  const lookEverywhere = async (): Promise<ImportRow[]> => {
    const imported: ImportRow[] = [];
    for (const recipe of listRecipes(workspace)) {
      if (!recipe.watching || recipe.folder === null || !workspace.db.open) continue;
      try {
        imported.push(...(await lookAt(recipe, recipe.folder)));
      } catch (error) {
        if (!workspace.db.open) break;
        // Another import is at work: the file is still there at the next look.
        if (error instanceof ProblemError && error.problems[0]?.code === 'import-busy') continue;
        const why = asProblem(error, recipe);
        stopRecipe(workspace, recipe.id, why);
        tellRecipeStopped(workspace, recipe, why);
        workspace.changed('imports');
      }
    }
    return imported;
  };

  const look = (): Promise<ImportRow[]> => (looking ??= lookEverywhere().finally(() => (looking = null)));
  const isAllowed = (): boolean => {
    try {
      return workspace.db.open && mayLook();
    } catch {
      // Whoever asks writes down that it looked: what keeps it from that, a full disk or another program, keeps files from being imported, too.
      return false;
    }
  };
  const tick = (): void => {
    cancel = null;
    void (isAllowed() ? look() : Promise.resolve()).finally(() => {
      if (!stopped && workspace.db.open) cancel = workspace.clock.after(BETWEEN_LOOKS_MS, tick);
    });
  };

  return {
    look,
    start(allowed = () => true) {
      stopped = false;
      mayLook = allowed;
      cancel ??= workspace.clock.after(BETWEEN_LOOKS_MS, tick);
    },
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      await looking;
    },
  };
}

function asProblem(error: unknown, { name }: ImportRecipe): Problem {
  if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
  return problem('recipe-failed', say('The recipe {name} failed: {message}', { name, message: error instanceof Error ? error.message : String(error) }));
}

/** Whether a name fits a pattern with * and ?, whatever its case. */
function patternOf(pattern: string): (name: string) => boolean {
  const parts = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  const whole = new RegExp(`^${parts}$`, 'i');
  return (name) => whole.test(name);
}
