// Calls about files of contacts coming in.
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ImportRow } from '../../shared/api.ts';
import type { ImportCounts, ImportPlan, ImportPreview, ImportUndo } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { runActivityImport, type ChangedOrder } from '../imports/activity-import.ts';
import { runImport, type ImportRun, type SeenRow } from '../imports/importer.ts';
import { createTables } from '../imports/as-table.ts';
import { valuesOfColumn } from '../imports/column-values.ts';
import { inspectFile } from '../imports/inspection.ts';
import { flowsStarted } from '../imports/flow-forecast.ts';
import { prepareImport, type PreparedImport } from '../imports/prepare.ts';
import { watchRows } from '../imports/preview.ts';
import { progressTeller, type TellProgress } from '../imports/progress.ts';
import { checkRejectsPath, createRejectsFile, readRejects, rejectsPathFor, type RejectsFile } from '../imports/rejects.ts';
import { fileHash, fileStamp } from '../imports/source.ts';
import { fillSegment, withSegment } from '../imports/segment-target.ts';
import { isTemporary, removeLeftFolders, removeTemporary, temporaryFolder } from '../imports/temporary.ts';
import { undoImport } from '../imports/undo.ts';
import { peopleInsideBy } from '../store/caused-entries.ts';
import { setMade } from '../store/import-made.ts';
import { forgetProfile, listProfiles, rememberProfile, renameProfile } from '../store/import-profiles.ts';
import { anyImported, beginImport, brokenOff, endImport, getImport, importedBefore, leaveSo, listImports, markInterruptedImports, noCounts, planOfImport } from '../store/imports.ts';
import { tellImportEnded } from '../work-ended.ts';
import type { Workspace } from '../workspace.ts';

type Job = { row: ImportRow; file: string; cancelled: boolean; done: Promise<ImportRow>; watch?: Watch };
type Watch = { observe: (seen: SeenRow) => void; onChanged: (order: ChangedOrder) => void };

type ImportCall = Extract<keyof Handlers, `imports.${string}`>;

export function importHandlers(workspace: Workspace): Pick<Handlers, ImportCall> {
  const jobs = new Map<number, Job>();
  let dryRuns = 0;
  let previewing: Job | null = null;
  let undoing: { id: number; done: Promise<ImportUndo> } | null = null;
  /** Tables that somebody looks into at the moment. */
  const lookedInto: string[] = [];
  const tables = createTables(() => new Set([...lookedInto, ...[...jobs.values()].filter(({ row }) => row.state === 'running').map(({ file }) => file)]));
  // The handlers are made when the workspace is opened; what runs according to the file then was broken off.
  markInterruptedImports(workspace);
  removeLeftFolders();

  const lookInto = async <T>(chosen: string, sheet: string | undefined, look: (table: string) => Promise<T>): Promise<T> => {
    const table = await tables.of(chosen, sheet);
    lookedInto.push(table);
    try {
      return await look(table);
    } finally {
      lookedInto.splice(lookedInto.indexOf(table), 1);
    }
  };

  const begin = (prepared: PreparedImport, id: number, rejects: RejectsFile | null, watch?: Watch): Job => {
    const row: ImportRow = { id, kind: prepared.plan.kind, fileName: prepared.fileName, fileHash: '', startedAt: workspace.clock.now(), finishedAt: null, state: 'running', counts: noCounts(), rejectsFile: null, canUndo: false, undoUntil: null, recipe: null, watched: false, undo: null };
    const job: Job = { row, file: prepared.file, cancelled: false, done: Promise.resolve(row), ...(watch !== undefined && { watch }) };
    job.done = carryOut(workspace, job, prepared, id < 0 ? null : id, rejects).finally(() => id > 0 && tables.letGo());
    // Whoever waits hears of a failure; nobody has to.
    job.done.catch(() => {});
    jobs.set(id, job);
    return job;
  };

  const start = async (chosen: string, plan: ImportPlan, rejectsFile: string | null, dryRun: boolean): Promise<number> => {
    const file = await tables.of(chosen, plan.reading.sheet);
    if (undoing !== null && !dryRun) refuse('import-busy', say('An import is being taken back. Wait until that is done.'));
    const target = withSegment(workspace, plan);
    const prepared = prepareImport(workspace, file, target.plan, rejectsFile);
    if (rejectsFile !== null && !dryRun) checkRejectsPath(rejectsFile);
    // A dry run leaves no trace, not even its number.
    const id = dryRun ? -++dryRuns : beginImport(workspace, prepared.fileName, prepared.plan, isTemporary(chosen) ? null : chosen);
    if (!dryRun) setMade(workspace, id, { attributes: prepared.newAttributes.map(({ key }) => key), segment: target.isNew ? prepared.plan.segment!.key : null });
    begin(prepared, id, dryRun ? null : createRejectsFile(rejectsFile ?? rejectsPathFor(tables.besides(chosen)), plan));
    if (!dryRun) workspace.changed('imports');
    return id;
  };

  const preview = async (chosen: string, plan: ImportPlan): Promise<ImportPreview> => {
    const stamp = fileStamp(chosen);
    const file = await tables.of(chosen, plan.reading.sheet);
    const prepared = prepareImport(workspace, file, withSegment(workspace, plan).plan, null);
    if (previewing !== null) previewing.cancelled = true;
    const { observe, onChanged, samples, findings } = watchRows(workspace, prepared);
    const job = (previewing = begin(prepared, -++dryRuns, null, { observe, onChanged }));
    try {
      const { counts, state } = await job.done;
      const flows = plan.startFlows && state === 'done' ? await flowsStarted(workspace, prepared, () => !job.cancelled) : [];
      return { counts, ...samples, ...findings(), flows, cancelled: job.cancelled, stamp };
    } finally {
      if (previewing === job) previewing = null;
      jobs.delete(job.row.id);
    }
  };

  const undo = async (id: number): Promise<ImportUndo> => {
    const found = getImport(workspace, id) ?? refuseUnknown(id);
    if (found.state === 'running' || [...jobs.values()].some(({ row }) => row.id > 0 && row.state === 'running')) refuse('import-busy', say('An import is running. Wait until it is done, or cancel it, and then take this one back.'));
    if (undoing !== null) refuse('import-busy', say('An import is being taken back. Wait until that is done.'));
    if (found.undoUntil !== null && found.undoUntil < workspace.clock.now()) refuse('import-too-old', say('Import {id} is older than 90 days and cannot be taken back any more.', { id: String(id) }));
    if (found.undo?.state === 'done') refuse('import-undone', say('Import {id} was taken back already.', { id: String(id) }));
    try {
      undoing = { id, done: undoImport(workspace, id, found.kind) };
      return await undoing.done;
    } finally {
      undoing = null;
      if (workspace.db.open) workspace.changed('imports', 'contacts', 'attributes', 'segments', 'flows', 'counts');
    }
  };

  return {
    'imports.inspect': ({ file, reading, kind, useProfile }) => {
      const stamp = fileStamp(resolve(file));
      return lookInto(resolve(file), reading.sheet, async (table) => {
        const inspected = inspectFile(workspace, table, reading, kind, useProfile);
        return { ...inspected, stamp, sheets: tables.sheetsOf(resolve(file)), importedBefore: anyImported(workspace) ? importedBefore(workspace, await fileHash(table)) : null };
      });
    },
    'imports.start': async ({ file, plan, rejectsFile, dryRun, stamp }) => {
      const now = fileStamp(resolve(file));
      if (typeof stamp === 'string' && now !== null && now !== stamp) refuse('file-other', say('{fileName} was changed since it was checked. Look at its numbers once more, and import it then.', { fileName: basename(file) }), { file });
      return { import: await start(resolve(file), plan, rejectsFile === null ? null : resolve(rejectsFile), dryRun) };
    },
    'imports.preview': ({ file, plan }) => preview(resolve(file), plan),
    'imports.values': ({ file, plan, column }) =>
      lookInto(resolve(file), plan.reading.sheet, (table) =>
        // Whoever looks at values may not have decided yet by what people are found.
        valuesOfColumn(prepareImport(workspace, table, plan, null, { partly: true }), column, () => workspace.db.open),
      ),
    'imports.fromText': ({ text }) => {
      const file = join(temporaryFolder(), 'pasted.csv');
      writeFileSync(file, text);
      return { file };
    },
    'imports.letGo': ({ file }) => {
      tables.letGo();
      const left = file === null ? null : resolve(file);
      if (left !== null && ![...jobs.values()].some((job) => job.file === left && job.row.state === 'running')) removeTemporary(left);
      return null;
    },
    'imports.wait': ({ import: id }) => jobs.get(id)?.done ?? getImport(workspace, id) ?? refuseUnknown(id),
    'imports.cancel': async ({ import: id }) => {
      const job = jobs.get(id) ?? (getImport(workspace, id) === undefined ? refuseUnknown(id) : undefined);
      if (job === undefined) return null;
      job.cancelled = true;
      await job.done.catch(() => {});
      return null;
    },
    'imports.list': () => listImports(workspace),
    'imports.brokenOff': () => brokenOff(workspace).flatMap(({ import: row, path }) => (row.id === undoing?.id ? [] : [{ import: row, file: path !== null && existsSync(path) ? path : null }])),
    'imports.plan': ({ import: id }) => planOfImport(workspace, (getImport(workspace, id) ?? refuseUnknown(id)).id),
    'imports.leaveSo': ({ import: id }) => {
      leaveSo(workspace, (getImport(workspace, id) ?? refuseUnknown(id)).id);
      workspace.changed('imports');
      return null;
    },
    'imports.undo': ({ import: id }) => undo(id),
    'imports.undoForecast': ({ import: id }) => {
      const found = getImport(workspace, id) ?? refuseUnknown(id);
      return { ...peopleInsideBy(workspace, { kind: 'import', id }), until: found.undoUntil };
    },
    'imports.rejects': ({ import: id }) => readRejects((getImport(workspace, id) ?? refuseUnknown(id)).rejectsFile),
    'imports.profiles': () => listProfiles(workspace),
    'imports.renameProfile': ({ key, name }) => {
      renameProfile(workspace, key, name);
      workspace.changed('imports');
      return null;
    },
    'imports.forgetProfile': ({ key }) => {
      forgetProfile(workspace, key);
      workspace.changed('imports');
      return null;
    },
  };
}

function refuseUnknown(id: number): never {
  refuse('import-unknown', say('There is no import number {id}.', { id: String(id) }));
}

/** Runs a job to its end and says so; a failure is kept with the import and thrown to whoever waits. `id` null: a dry run. */
async function carryOut(workspace: Workspace, job: Job, prepared: PreparedImport, id: number | null, rejects: RejectsFile | null): Promise<ImportRow> {
  const { row } = job;
  const tell = progressTeller(workspace, row.id, prepared.bytes);
  let latest: ImportCounts = row.counts;
  const stamp = fileStamp(prepared.file);
  try {
    const run: ImportRun = {
      workspace,
      prepared,
      id,
      rejects,
      goOn: () => !job.cancelled && workspace.db.open,
      ...(job.watch !== undefined && { observe: job.watch.observe }),
      progress: (now, bytesRead) => tell('running', (latest = now), bytesRead),
      checked: ({ rows, bytesRead }) => tell('running', { ...noCounts(), rows }, bytesRead, true),
    };
    const { counts, finished, hash } = await (prepared.plan.kind === 'contacts' ? runImport(run) : runActivityImport(run, job.watch?.onChanged));
    latest = counts;
    // A closed workspace is not written to any more: the next one who opens it finds the import interrupted.
    if (!workspace.db.open) {
      rejects?.discard();
      return Object.assign(row, { counts, fileHash: hash, state: 'interrupted' });
    }
    if (finished) await refuseChanged(prepared, stamp, hash);
    const filled = finished && id !== null ? await fillSegment(workspace, prepared, id, () => !job.cancelled && workspace.db.open) : finished;
    if (!workspace.db.open) return Object.assign(row, { counts, fileHash: hash, state: 'interrupted' });
    return finish(workspace, job, id, { state: filled ? 'done' : 'cancelled', counts, fileHash: hash }, rejects?.finish() ?? null, prepared, tell);
  } catch (error) {
    rejects?.discard();
    if (!workspace.db.open) return Object.assign(row, { state: 'interrupted' });
    // What the last slice has done is told with it, and not yet by any progress.
    const counts = (id === null ? undefined : getImport(workspace, id)?.counts) ?? latest;
    finish(workspace, job, id, { state: 'failed', counts }, null, prepared, tell);
    throw error;
  }
}

/** A file that was changed while it was read was read in part as it was before, and in part as it is now: rows may be missing. Gone, it was read to its end. */
async function refuseChanged({ file, fileName }: PreparedImport, before: string | null, hash: string): Promise<void> {
  const now = fileStamp(file);
  if (now === null || now === before || (await fileHash(file)) === hash) return;
  refuse('file-changed', say('{fileName} was changed while it was read, so that rows may be missing. Import it again; what came in already is not doubled.', { fileName }), { file });
}

type Ending = { state: 'done' | 'cancelled' | 'failed'; counts: ImportCounts; fileHash?: string };

function finish(workspace: Workspace, job: Job, id: number | null, ending: Ending, rejectsFile: string | null, prepared: PreparedImport, tell: TellProgress): ImportRow {
  Object.assign(job.row, ending, { rejectsFile, finishedAt: workspace.clock.now() });
  if (id !== null) {
    endImport(workspace, id, ending.state, ending.counts, rejectsFile);
    if (ending.state === 'done' && prepared.plan.reading.headerLine > 0) rememberProfile(workspace, prepared.fileName, prepared.plan);
    const stored = getImport(workspace, id);
    Object.assign(job.row, stored === undefined ? {} : { canUndo: stored.canUndo, undoUntil: stored.undoUntil, recipe: stored.recipe, watched: stored.watched });
    workspace.changed('imports', 'contacts', 'attributes', 'segments');
    if (prepared.plan.startFlows) workspace.wake();
    if (stored !== undefined) tellImportEnded(workspace, stored);
  }
  tell(ending.state, ending.counts, prepared.bytes);
  return job.row;
}
