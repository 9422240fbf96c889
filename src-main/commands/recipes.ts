// The command line about recipes: imports that are done again, and the folders that they watch.
import { resolve } from 'node:path';
import type { ImportRecipe } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { instantText } from '../../shared/time.ts';
import type { Backend } from '../backend.ts';
import type { Command, CommandContext } from './command.ts';
import { textOption } from './import-options.ts';
import { wrongUsage } from './usage.ts';

const recipes: Command = {
  name: 'recipes',
  usage: 'WORKSPACE [--save NAME --import NUMBER | --watch NAME --folder FOLDER [--files PATTERN] | --unwatch NAME | --remove NAME | --look]',
  help: [
    'Lists the imports that were saved to be done again, and the folders that they watch.',
    '--save keeps the plan of an import under a name; import FILE --recipe NAME then does it again with another file.',
    '--watch has every new file of a folder imported while Kanal is open (or served): --files says which ("orders*.csv"). --unwatch stops that.',
    '--look looks into the watched folders now, for scripts: files that are there and do not change are imported.',
  ].join('\n'),
  options: { save: { type: 'string' }, import: { type: 'string' }, watch: { type: 'string' }, folder: { type: 'string' }, files: { type: 'string' }, unwatch: { type: 'string' }, remove: { type: 'string' }, look: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const { options } = context;
    const backend = await context.open(context.positionals[0]!);
    const [save, watch, unwatch, remove] = (['save', 'watch', 'unwatch', 'remove'] as const).map((name) => textOption(options, name));
    if (save !== undefined) await context.call(backend, 'recipes.save', { import: importNumber(textOption(options, 'import')), name: save });
    if (watch !== undefined) {
      const { id, name, folder, pattern } = await recipeNamed(context, backend, watch);
      const path = textOption(options, 'folder');
      await context.call(backend, 'recipes.change', { recipe: id, name, folder: path === undefined ? folder : resolve(path), pattern: textOption(options, 'files') ?? pattern, watching: true });
    }
    if (unwatch !== undefined) {
      const { id, name, folder, pattern } = await recipeNamed(context, backend, unwatch);
      await context.call(backend, 'recipes.change', { recipe: id, name, folder, pattern, watching: false });
    }
    if (remove !== undefined) await context.call(backend, 'recipes.remove', { recipe: (await recipeNamed(context, backend, remove)).id });
    const imported = options['look'] === true ? await lookTwice(context, backend) : [];
    const list = await context.call(backend, 'recipes.list', {});
    const human = [...imported.map(({ import: id, file }) => `${file} was imported (${id}).`), ...(list.length === 0 ? ['There are no recipes.'] : list.map(lineOf))];
    context.print(human.join('\n'), { recipes: list, imported });
  },
};

export const recipeCommands: Command[] = [recipes];

/** A file counts as whole when it is the same in two looks. */
async function lookTwice(context: CommandContext, backend: Backend): Promise<{ import: number; file: string }[]> {
  const first = await context.call(backend, 'recipes.look', {});
  await new Promise((goOn) => setTimeout(goOn, 1000));
  const second = await context.call(backend, 'recipes.look', {});
  return [...first.imported, ...second.imported];
}

async function recipeNamed(context: CommandContext, backend: Backend, name: string): Promise<ImportRecipe> {
  const found = (await context.call(backend, 'recipes.list', {})).find((recipe) => recipe.name.toLowerCase() === name.toLowerCase());
  return found ?? refuse('recipe-unknown', say('There is no recipe {recipe}. It may have been removed.', { recipe: name }), { field: 'recipe' });
}

function importNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) wrongUsage('bad-option', say('Say which import is to be saved: --import NUMBER. The command imports lists them.'), { field: '--import' });
  return Number(text);
}

function lineOf({ name, kind, folder, pattern, watching, problem, lastAt }: ImportRecipe): string {
  const what = problem !== null ? `stopped: ${inEnglish(problem.text)}` : watching && folder !== null ? `watches ${folder} for ${pattern}` : 'by hand';
  return `${name}  ${kind}  ${what}${lastAt === null ? '' : `  last ${instantText(lastAt)}`}`;
}
