// The import that is being prepared. It lives outside the screen, so that looking at something else meanwhile loses nothing.
import { create } from 'zustand';
import type { CallInput, FileInspection, ImportRow } from '../../shared/api.ts';
import type { ColumnTarget, ImportPlan, ImportProgress } from '../../shared/contacts/import-plan.ts';
import { call } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';

export const IMPORT_STEPS = ['source', 'read', 'match', 'rules', 'check', 'result'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** What of the reading is decided by the machine when it reads the file anew. */
export type ReadingOverride = NonNullable<CallInput<'imports.inspect'>['reading']>;

type ImportState = {
  step: ImportStep;
  /** The path as the machine knows it. */
  file: string | null;
  /** It was sent here by a browser, so that beside it is no place for rejected rows. */
  uploaded: boolean;
  inspection: FileInspection | null;
  override: ReadingOverride;
  plan: ImportPlan | null;
  busy: boolean;
  /** What the import would do, as far as it is known: the plan has not changed since. */
  forecast: ImportRow | null;
  /** The import under way. */
  running: { id: number; dryRun: boolean; progress: ImportProgress | null } | null;
  result: ImportRow | null;
};

const NOTHING: ImportState = { step: 'source', file: null, uploaded: false, inspection: null, override: {}, plan: null, busy: false, forecast: null, running: null, result: null };

export const useImport = create<ImportState>(() => NOTHING);

const set = useImport.setState;

/** Begins anew; what was prepared is forgotten. */
export function forgetImport(): void {
  set(NOTHING);
}

export function goToStep(step: ImportStep): void {
  set({ step });
}

/** Reads the beginning of a file. What the user has decided about columns survives as long as the headers are the same. */
export async function readFile(file: string, override: ReadingOverride = {}, uploaded = useImport.getState().uploaded): Promise<void> {
  set({ busy: true });
  try {
    const inspection = await call('imports.inspect', { file, reading: override });
    const before = useImport.getState();
    const plan = before.file === file && before.plan !== null ? carriedOver(inspection, before.plan) : inspection.plan;
    set({ file, uploaded, inspection, override, plan, busy: false, forecast: null, result: null, step: 'read' });
  } catch (error) {
    set({ busy: false });
    showFailure(error);
  }
}

function carriedOver(inspection: FileInspection, before: ImportPlan): ImportPlan {
  const sameHeaders = inspection.plan.columns.map((column) => column.header).join('\n') === before.columns.map((column) => column.header).join('\n');
  return { ...before, reading: inspection.reading, columns: sameHeaders ? before.columns : inspection.plan.columns };
}

/** Changes the plan; a forecast made before no longer holds. */
export function changePlan(change: Partial<ImportPlan>): void {
  const { plan } = useImport.getState();
  if (plan !== null) set({ plan: { ...plan, ...change }, forecast: null });
}

export function setTarget(index: number, target: ColumnTarget): void {
  const { plan } = useImport.getState();
  if (plan === null) return;
  changePlan({ columns: plan.columns.map((column, at) => (at === index ? { ...column, target } : column)) });
}

/** Runs the whole file, to see what would happen (`dryRun`) or for good. Progress comes by `hearProgress`. */
export async function runImport(dryRun: boolean, rejectsFile: string | null): Promise<void> {
  const { file, plan } = useImport.getState();
  if (file === null || plan === null) return;
  set({ busy: true });
  try {
    const started = await call('imports.start', { file, plan, dryRun, rejectsFile: dryRun ? null : rejectsFile });
    set({ running: { id: started.import, dryRun, progress: null } });
    const row = await call('imports.wait', { import: started.import });
    if (dryRun) set({ forecast: row.state === 'done' ? row : null });
    else set({ result: row, step: 'result' });
  } catch (error) {
    showFailure(error);
  } finally {
    set({ busy: false, running: null });
  }
}

export function hearProgress(progress: ImportProgress): void {
  const { running } = useImport.getState();
  if (running?.id === progress.import) set({ running: { ...running, progress } });
}

export async function cancelImport(): Promise<void> {
  const { running } = useImport.getState();
  if (running === null) return;
  try {
    await call('imports.cancel', { import: running.id });
  } catch (error) {
    showFailure(error);
  }
}
