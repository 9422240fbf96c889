// The calls about bringing files in, and doing it again by a recipe.
import { z } from 'zod';
import { IMPORT_KINDS, importPlanSchema, type ColumnValue, type ImportPlan, type ImportPreview, type ImportProfile, type ImportRecipe, type ImportUndo } from '../contacts/import-plan.ts';
import { call } from './call.ts';
import type { BrokenOffImport, ImportRow, FileInspection } from './answers.ts';

const nothing = z.strictObject({});
const filePath = z.string().min(1).max(4096);
const readingOverride = z.strictObject({ encoding: z.string().optional(), separator: z.string().length(1).optional(), quote: z.string().length(1).optional(), headerLine: z.int().min(0).optional(), sheet: z.string().max(200).optional() });

export const importsCalls = {
  /** Reads the beginning of a file and proposes how to read and match it. */
  'imports.inspect': call(z.strictObject({ file: filePath, reading: readingOverride.default({}), kind: z.enum(IMPORT_KINDS).default('contacts'), useProfile: z.boolean().default(true) })).returns<FileInspection>(),
  /** Text from the clipboard becomes a file that the other calls take. */
  'imports.fromText': call(z.strictObject({ text: z.string().min(1).max(50_000_000) })).returns<{ file: string }>(),
  /** A dry run that answers what would happen, with samples; its progress comes as `import` events under a negative id. A new one stops the one before. */
  'imports.preview': call(z.strictObject({ file: filePath, plan: importPlanSchema })).returns<ImportPreview>(),
  /** All values of a column in the whole file, by its position; those that are not understood come first. */
  'imports.values': call(z.strictObject({ file: filePath, plan: importPlanSchema, column: z.int().min(0).max(10_000) })).returns<{ values: ColumnValue[]; distinct: number }>(),
  /** Starts; progress comes as `import` events. `dryRun` does everything but write. `stamp`: that of the preview whose numbers are to hold. */
  'imports.start': call(z.strictObject({ file: filePath, plan: importPlanSchema, rejectsFile: filePath.nullable().default(null), dryRun: z.boolean().default(false), stamp: z.string().max(100).nullable().optional() })).returns<{ import: number }>(),
  /** Nobody prepares an import any more: what was made for it, to be read, goes; and so does `file`, if it was pasted or sent here. */
  'imports.letGo': call(z.strictObject({ file: filePath.nullable().default(null) })).returns<null>(),
  'imports.wait': call(z.strictObject({ import: z.int() })).returns<ImportRow>(),
  'imports.cancel': call(z.strictObject({ import: z.int() })).returns<null>(),
  'imports.list': call(nothing).returns<ImportRow[]>(),
  /** What the end of the program has broken off and nobody has dealt with, the newest first: an import, or (its `undo` is not null) taking it back. */
  'imports.brokenOff': call(nothing).returns<BrokenOffImport[]>(),
  /** How an import reads its file and what it does with it. Cells that were typed anew are not in it. */
  'imports.plan': call(z.strictObject({ import: z.int() })).returns<ImportPlan>(),
  /** Whoever leaves a broken-off import as it is hears of it no more. */
  'imports.leaveSo': call(z.strictObject({ import: z.int() })).returns<null>(),
  /** Takes an import back as far as nobody has built on it; one that was broken off goes on. */
  'imports.undo': call(z.strictObject({ import: z.int() })).returns<ImportUndo>(),
  /** What taking an import back would mean for people in flows: so many taken out, and so many planned messages cancelled. */
  'imports.undoForecast': call(z.strictObject({ import: z.int() })).returns<{ people: number; messages: number; until: number | null }>(),
  /** The file of an import's rejected rows, for a window that has no folder to look into; its bytes in base64. */
  'imports.rejects': call(z.strictObject({ import: z.int() })).returns<{ name: string; base64: string }>(),

  'recipes.list': call(nothing).returns<ImportRecipe[]>(),
  /** Keeps the plan of an import under a name, to be carried out again. */
  'recipes.save': call(z.strictObject({ import: z.int(), name: z.string().trim().min(1).max(200) })).returns<{ recipe: number }>(),
  'recipes.change': call(z.strictObject({ recipe: z.int(), name: z.string().trim().min(1).max(200), folder: filePath.nullable(), pattern: z.string().trim().min(1).max(200), watching: z.boolean() })).returns<null>(),
  'recipes.remove': call(z.strictObject({ recipe: z.int() })).returns<null>(),
  /** Starts the import of a file by a recipe, by its id or name; the same headers are needed. */
  'recipes.run': call(z.strictObject({ recipe: z.union([z.int(), z.string().min(1).max(200)]), file: filePath, rejectsFile: filePath.nullable().default(null) })).returns<{ import: number; plan: ImportPlan }>(),
  /** Looks into the watched folders now; a file is imported once it was the same in two looks. */
  'recipes.look': call(nothing).returns<{ imported: { import: number; file: string }[] }>(),

  'imports.profiles': call(nothing).returns<ImportProfile[]>(),
  'imports.renameProfile': call(z.strictObject({ key: z.string().max(100), name: z.string().min(1).max(200) })).returns<null>(),
  'imports.forgetProfile': call(z.strictObject({ key: z.string().max(100) })).returns<null>(),
} as const;
