// Recipes: plans of imports that were saved to be carried out again, by hand or for every new file in a watched folder.
import { importPlanSchema, type ImportPlan, type ImportRecipe } from '../../shared/contacts/import-plan.ts';
import { refuse, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

type Columns = Omit<ImportRecipe, 'problem' | 'kind' | 'watching'> & { problem: string | null; plan: string; watching: number };

const COLUMNS = `r.id AS id, r.name AS name, r.plan AS plan, r.folder AS folder, r.pattern AS pattern, r.watching AS watching, r.problem AS problem,
  (SELECT max(i.started_at) FROM imports i WHERE i.recipe_id = r.id) AS lastAt, (SELECT count(*) FROM imports i WHERE i.recipe_id = r.id) AS imports`;

function fromColumns({ plan, problem, watching, ...columns }: Columns): ImportRecipe {
  return { ...columns, kind: importPlanSchema.parse(JSON.parse(plan)).kind, watching: watching !== 0, problem: problem === null ? null : (JSON.parse(problem) as Problem) };
}

/** All recipes by name. */
export function listRecipes(workspace: Pick<Workspace, 'db'>): ImportRecipe[] {
  return rows<Columns>(workspace.db, `SELECT ${COLUMNS} FROM import_recipes r ORDER BY r.name COLLATE NOCASE, r.id`).map(fromColumns);
}

/** A recipe with its plan. Refuses one that is not there. */
export function recipeNamed(workspace: Pick<Workspace, 'db'>, wanted: number | string): { recipe: ImportRecipe; plan: ImportPlan } {
  const found = row<Columns>(workspace.db, `SELECT ${COLUMNS} FROM import_recipes r WHERE ${typeof wanted === 'number' ? 'r.id = ?' : 'r.name = ? COLLATE NOCASE'}`, wanted);
  if (found === undefined) return refuse('recipe-unknown', say('There is no recipe {recipe}. It may have been removed.', { recipe: String(wanted) }), { field: 'recipe' });
  return { recipe: fromColumns(found), plan: importPlanSchema.parse(JSON.parse(found.plan)) };
}

/** Saves a plan under a name; refuses a name that another recipe has. Answers its id. */
export function addRecipe(workspace: Pick<Workspace, 'db' | 'clock'>, name: string, plan: ImportPlan): number {
  refuseTaken(workspace, name, null);
  return run(workspace.db, 'INSERT INTO import_recipes (name, plan, pattern, watching, made_at) VALUES (?, ?, ?, 0, ?)', name, JSON.stringify(plan), '*.csv', workspace.clock.now()).id;
}

/** What a recipe is called and which folder it watches. Whoever changes it has seen its problem: that is over. */
export function changeRecipe(workspace: Pick<Workspace, 'db'>, id: number, { name, folder, pattern, watching }: Pick<ImportRecipe, 'name' | 'folder' | 'pattern' | 'watching'>): void {
  refuseTaken(workspace, name, id);
  run(workspace.db, 'UPDATE import_recipes SET name = ?, folder = ?, pattern = ?, watching = ?, problem = NULL WHERE id = ?', name, folder, pattern, watching ? 1 : 0, id);
}

/** Stops a recipe, which then watches nothing until somebody has looked at it. */
export function stopRecipe(workspace: Pick<Workspace, 'db'>, id: number, problem: Problem): void {
  run(workspace.db, 'UPDATE import_recipes SET watching = 0, problem = ? WHERE id = ?', JSON.stringify(problem), id);
}

/** Removes a recipe; the history of what it has imported stays. */
export function removeRecipe(workspace: Pick<Workspace, 'db'>, id: number): void {
  run(workspace.db, 'DELETE FROM import_recipes WHERE id = ?', id);
}

/** Notes that an import was carried out by a recipe, and whether nobody but the watched folder has asked for it. */
export function setRecipeOf(workspace: Pick<Workspace, 'db'>, importId: number, { id, name }: Pick<ImportRecipe, 'id' | 'name'>, watched: boolean): void {
  run(workspace.db, 'UPDATE imports SET recipe_id = ?, recipe = ?, watched = ? WHERE id = ?', id, name, watched ? 1 : 0, importId);
}

function refuseTaken(workspace: Pick<Workspace, 'db'>, name: string, own: number | null): void {
  if (row(workspace.db, 'SELECT 1 FROM import_recipes WHERE name = ? COLLATE NOCASE AND id IS NOT ?', name, own) === undefined) return;
  refuse('recipe-taken', say('There is a recipe {name} already. Choose another name.', { name }), { field: 'name' });
}
