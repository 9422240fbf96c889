// Calls about recipes: imports to be done again, by hand or for every new file in a watched folder.
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { createFolderWatch, type FolderFiles, type FolderWatch } from '../imports/watched-folders.ts';
import { getImport, planOfImport } from '../store/imports.ts';
import { addRecipe, changeRecipe, listRecipes, recipeNamed, removeRecipe, setRecipeOf } from '../store/recipes.ts';
import type { Workspace } from '../workspace.ts';

type RecipeCall = Extract<keyof Handlers, `recipes.${string}`>;
type Imports = Pick<Handlers, 'imports.inspect' | 'imports.start' | 'imports.wait'>;

/** The calls, and what looks into the folders; `imports` carries plans out. */
export function recipeHandlers(workspace: Workspace, imports: Imports, files?: FolderFiles): { handlers: Pick<Handlers, RecipeCall>; watch: FolderWatch } {
  const watch = createFolderWatch(
    workspace,
    {
      async run(file, plan, rejectsFile, begun) {
        const { import: id } = await imports['imports.start']({ file, plan, rejectsFile, dryRun: false });
        begun(id);
        return await imports['imports.wait']({ import: id });
      },
      // Asked as the wizard asks: of a workbook it is the table in it that is known again.
      wasDone: async (file, { kind, reading: { sheet } }) => (await imports['imports.inspect']({ file, kind, reading: sheet === undefined ? {} : { sheet }, useProfile: false })).importedBefore !== null,
    },
    files,
  );
  const handlers: Pick<Handlers, RecipeCall> = {
    'recipes.list': () => listRecipes(workspace),
    'recipes.save': ({ import: id, name }) => {
      const found = getImport(workspace, id);
      if (found === undefined) refuse('import-unknown', say('There is no import number {id}.', { id: String(id) }));
      const recipe = addRecipe(workspace, name, planOfImport(workspace, id));
      workspace.changed('imports');
      return { recipe };
    },
    'recipes.change': ({ recipe: id, name, folder, pattern, watching }) => {
      recipeNamed(workspace, id);
      const path = folder === null || folder.trim() === '' ? null : resolve(folder.trim());
      if (watching && path === null) refuse('recipe-folder', say('Say which folder is to be watched.'), { field: 'folder' });
      if (watching && path !== null && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
        refuse('folder-unreadable', say('The folder {folder} cannot be read. Check that it is there, and watch it again.', { folder: path }), { file: path, field: 'folder' });
      }
      changeRecipe(workspace, id, { name, folder: path, pattern, watching });
      workspace.changed('imports');
      return null;
    },
    'recipes.remove': ({ recipe: id }) => {
      removeRecipe(workspace, id);
      workspace.changed('imports');
      return null;
    },
    'recipes.run': async ({ recipe: wanted, file, rejectsFile }) => {
      const { recipe, plan } = recipeNamed(workspace, wanted);
      const started = await imports['imports.start']({ file: resolve(file), plan, rejectsFile: rejectsFile === null ? null : resolve(rejectsFile), dryRun: false });
      setRecipeOf(workspace, started.import, recipe, false);
      return { ...started, plan };
    },
    'recipes.look': async () => ({ imported: (await watch.look()).map((row) => ({ import: row.id, file: basename(row.fileName) })) }),
  };
  return { handlers, watch };
}
