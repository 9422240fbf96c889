// The import that is being prepared. It lives outside the screen and in the window's own storage, one for each workspace, so that
// neither looking at something else nor a closed window loses anything.
import { create } from 'zustand';
import type { BrokenOffImport, CallInput, FileInspection, ImportRow } from '../../shared/api.ts';
import { importPlanSchema, type ColumnTarget, type ImportKind, type FileReading, type ImportPlan, type ImportPreview, type ImportProgress, type PlanColumn } from '../../shared/contacts/import-plan.ts';
import { withFittingMatch } from '../../shared/contacts/match-keys.ts';
import { call, onEvent } from '../backend.ts';
import i18next from 'i18next';
import { showFailure, showNote } from '../app/notices.tsx';
import { consentColumns, planObstacles } from './plan-obstacles.ts';
import { hasTyped, mayKeepTyped, withoutTyped, type TypedMark } from './typed-cells.ts';

export const IMPORT_STEPS = ['source', 'read', 'match', 'rules', 'check', 'effect', 'result'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** What of the reading is decided by the machine when it reads the file anew. */
export type ReadingOverride = NonNullable<CallInput<'imports.inspect'>['reading']>;

/** What of the reading a person decides whatever the file looks like. */
type Decided = Partial<Pick<FileReading, 'decimal' | 'dateOrder'>>;

type ImportState = {
  /** The workspace that it is for; null before one was opened. */
  workspace: string | null;
  step: ImportStep;
  /** The path as the machine knows it. */
  file: string | null;
  /** It was sent here by a browser or pasted, so that beside it is no place for rejected rows. */
  uploaded: boolean;
  /** What the rows of the file are. */
  kind: ImportKind;
  inspection: FileInspection | null;
  /** Of the file for which the plan was made: cells typed anew mean nothing in another one. */
  stamp: string | null;
  override: ReadingOverride;
  decided: Decided;
  /** Whether how such a file was matched the last time is asked for. */
  useProfile: boolean;
  plan: ImportPlan | null;
  busy: boolean;
  /** What the import would do, as far as it is known: the plan has not changed since. */
  preview: ImportPreview | null;
  /** The last preview, also where the plan has changed since: problems are looked at in it while they are mended. */
  checked: ImportPreview | null;
  /** Why the file could not be read to its end, until something about the plan changes. */
  failure: Error | null;
  /** The preview under way. */
  previewing: { progress: ImportProgress | null } | null;
  /** The import under way. */
  running: { id: number; progress: ImportProgress | null } | null;
  result: ImportRow | null;
  /** How the file to be chosen is imported if it has these columns: it was broken off, and lies nowhere that is known. */
  takenUp: ImportPlan | null;
};

const NOTHING: Omit<ImportState, 'workspace'> = {
  step: 'source',
  file: null,
  uploaded: false,
  kind: 'contacts',
  inspection: null,
  stamp: null,
  override: {},
  decided: {},
  useProfile: true,
  plan: null,
  busy: false,
  preview: null,
  checked: null,
  failure: null,
  previewing: null,
  running: null,
  result: null,
  takenUp: null,
};

export const useImport = create<ImportState>(() => ({ workspace: null, ...NOTHING }));

const set = useImport.setState;
/** Counts previews, so that the answer to an old question is not taken for one to the present. */
let asked = 0;

type Kept = Pick<ImportState, 'step' | 'file' | 'uploaded' | 'kind' | 'override' | 'useProfile' | 'plan'> & { running: number | null; result: number | null; decided?: Decided; typed?: TypedMark; stamp?: string | null };
const STORED = 'kanal.import.';
const storageKey = (workspace: string): string => STORED + workspace;

/** The latest erasure that is known of. */
let erasure = 0;

useImport.subscribe(({ workspace, step, file, uploaded, kind, stamp, override, decided, useProfile, plan, running, result }) => {
  if (workspace === null) return;
  // What is done is of no interest when the window is opened another day; what is not done is.
  const isDone = result !== null && running === null;
  const kept: Kept = { step, file, uploaded, kind, override, decided, useProfile, plan: isDone && plan !== null ? withoutTyped(plan) : plan, running: running?.id ?? null, result: result?.id ?? null, typed: { at: Date.now(), erasure }, stamp };
  for (const [storage, holds] of [[sessionStorage, isDone], [localStorage, !isDone]] as const) {
    if (file !== null && holds) storage.setItem(storageKey(workspace), JSON.stringify(kept));
    else storage.removeItem(storageKey(workspace));
  }
});

/** Takes up what was being prepared for a workspace; an import that is under way is followed on. Once when it is opened. */
export async function openImports(workspace: string): Promise<void> {
  if (useImport.getState().workspace === workspace) return;
  asked++;
  listenForErasures();
  forgetOldTyped();
  const kept = keptFor(workspace);
  set({ workspace, ...NOTHING });
  const latest = await call('erasure.latest', {}).catch(() => null);
  if (latest !== null) ({ erasure } = latest);
  if (kept?.file == null || useImport.getState().workspace !== workspace || useImport.getState().file !== null) return;
  const { file, uploaded, kind, override, decided = {}, useProfile, running, result, stamp = null } = kept;
  const plan = importPlanSchema.safeParse(kept.plan);
  try {
    if (plan.data !== undefined && !mayKeepTyped(kept.typed, Date.now(), erasure)) plan.data = withoutTyped(plan.data);
    if (running !== null || result !== null) {
      set({ file, uploaded, kind, stamp, override, decided, useProfile, plan: plan.data ?? null, step: 'result', running: running === null ? null : { id: running, progress: null } });
      const row = await call('imports.wait', { import: (running ?? result)! });
      if (useImport.getState().workspace === workspace) set({ running: null, result: row });
      return;
    }
    const inspection = await call('imports.inspect', { file, reading: override, kind, useProfile });
    if (useImport.getState().workspace !== workspace || useImport.getState().file !== null) return;
    set({ file, uploaded, kind, override, decided, useProfile, inspection, stamp: inspection.stamp, plan: carriedOver(inspection, plan.data ?? inspection.plan, decided, stamp), step: kept.step });
  } catch {
    // The file is gone, or the machine was started anew: there is nothing to take up.
    if (useImport.getState().workspace === workspace) set(NOTHING);
  }
}

/** Forgets what was typed once somebody is erased: it may be about them. */
async function forgetTypedOfErased(): Promise<void> {
  const { plan } = useImport.getState();
  if (plan === null || !hasTyped(plan)) return;
  const now = await call('erasure.latest', {});
  if (now.erasure === erasure) return;
  erasure = now.erasure;
  const { plan: latest } = useImport.getState();
  if (latest !== null && hasTyped(latest)) changePlan(withoutTyped(latest));
}

/** Listens as long as the program runs: it may happen while another screen is shown. */
let listens = false;
function listenForErasures(): void {
  if (listens) return;
  listens = true;
  onEvent((event) => {
    if (event.type === 'changed' && event.topics.includes('contacts')) forgetTypedOfErased().catch(() => {});
  });
}

/** Forgets what was typed long ago, also for workspaces that nobody opens any more. */
function forgetOldTyped(): void {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(STORED))) {
    const kept = parsed(localStorage.getItem(key));
    const plan = importPlanSchema.safeParse(kept?.plan).data;
    if (kept === null || plan === undefined || !hasTyped(plan) || mayKeepTyped(kept.typed, Date.now(), kept.typed?.erasure ?? 0)) continue;
    localStorage.setItem(key, JSON.stringify({ ...kept, plan: withoutTyped(plan) }));
  }
}

function keptFor(workspace: string): Kept | null {
  return parsed(sessionStorage.getItem(storageKey(workspace)) ?? localStorage.getItem(storageKey(workspace)));
}

function parsed(text: string | null): Kept | null {
  try {
    return JSON.parse(text ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

/** Begins anew; what was prepared is forgotten. */
export function forgetImport(): void {
  asked++;
  const { file } = useImport.getState();
  set(NOTHING);
  letGoOfFile(file);
}

/** Tells the machine that what it has made for reading a file need not stay; `null`: of the file at hand, which itself stays. Where the machine is away, it has let go. */
export function letGoOfFile(file: string | null): void {
  call('imports.letGo', { file }).catch(() => {});
}

export function goToStep(step: ImportStep): void {
  set({ step });
}

/** Says what the rows are; a file that was chosen already is read anew as that. */
export function setKind(kind: ImportKind): void {
  const { file, override, uploaded, kind: before } = useImport.getState();
  if (kind === before) return;
  set({ kind });
  if (file !== null) void readFile(file, override, uploaded);
}

/** Reads the beginning of a file. What the user has decided about columns survives as long as the headers are the same. */
export async function readFile(file: string, override: ReadingOverride = {}, uploaded = useImport.getState().uploaded, useProfile = true): Promise<void> {
  // An import under way is looked at first.
  if (useImport.getState().running !== null) return;
  set({ busy: true });
  asked++;
  try {
    const { kind, file: earlier } = useImport.getState();
    const inspection = await call('imports.inspect', { file, reading: override, kind, useProfile });
    const before = useImport.getState();
    const isSame = before.file === file && before.plan?.kind === kind && before.useProfile === useProfile;
    const known = isSame ? before.plan : before.takenUp?.kind === kind && haveSameHeaders(inspection, before.takenUp) ? before.takenUp : null;
    const decided = before.file === file ? before.decided : known === null ? {} : decidedIn(known);
    const plan = withFittingMatch(carriedOver(inspection, known ?? inspection.plan, decided, before.stamp));
    set({ ...NOTHING, kind, file, uploaded, inspection, stamp: inspection.stamp, override, decided, useProfile, plan, step: before.file === file && before.step === 'match' ? 'match' : 'read' });
    if (earlier !== null && earlier !== file) letGoOfFile(earlier);
  } catch (error) {
    set({ busy: false });
    showFailure(error);
  }
}

/** Prepares a broken-off import once more, as it was; where its file is not known any more, it is asked for. The same file finishes it. */
export async function takeUpImport({ import: { id, kind }, file }: BrokenOffImport): Promise<void> {
  const { running, result, plan: here, stamp, busy } = useImport.getState();
  if (running !== null || busy) return;
  set({ busy: true });
  asked++;
  try {
    // This window still has the cells that were typed anew.
    const before = result?.id === id && here !== null ? here : await call('imports.plan', { import: id });
    if (file === null) return set({ ...NOTHING, kind, takenUp: before });
    const { encoding, separator, quote, headerLine, sheet } = before.reading;
    const override = { encoding, separator, quote, headerLine, ...(sheet !== undefined && { sheet }) };
    const inspection = await call('imports.inspect', { file, reading: override, kind, useProfile: false });
    const decided = decidedIn(before);
    const plan = withFittingMatch(carriedOver(inspection, before, decided, stamp));
    set({ ...NOTHING, kind, file, inspection, stamp: inspection.stamp, override, decided, useProfile: false, plan, step: planObstacles(plan) === null ? 'effect' : 'match' });
  } catch (error) {
    set({ busy: false });
    showFailure(error);
  }
}

function decidedIn({ reading: { decimal, dateOrder } }: ImportPlan): Decided {
  return { decimal, dateOrder };
}

/** Reads the file at hand as it is by now: what its columns become is decided anew where they are others. */
export async function readAnew(): Promise<void> {
  const { file, override, uploaded, useProfile } = useImport.getState();
  if (file !== null) await readFile(file, override, uploaded, useProfile);
}

function haveSameHeaders(inspection: FileInspection, { columns }: ImportPlan): boolean {
  return inspection.plan.columns.map(({ header }) => header).join('\n') === columns.map(({ header }) => header).join('\n');
}

/** `stamp`: of the file that the plan before was for. */
function carriedOver(inspection: FileInspection, before: ImportPlan, decided: Decided, stamp: string | null): ImportPlan {
  // What was mended by line and position means nothing once lines or cells are divided otherwise, or the file is another one.
  const { separator, quote, headerLine } = before.reading;
  const sameLines = stamp === inspection.stamp && separator === inspection.reading.separator && quote === inspection.reading.quote && headerLine === inspection.reading.headerLine;
  if (!sameLines && Object.keys(before.mends).length > 0) showNote(i18next.t('mendsGone', { ns: 'imports' }));
  return { ...before, mends: sameLines ? before.mends : {}, reading: { ...inspection.reading, ...decided }, columns: haveSameHeaders(inspection, before) ? before.columns : inspection.plan.columns };
}

/** Changes the plan; a preview made before no longer holds. */
export function changePlan(change: Partial<ImportPlan>): void {
  const { plan } = useImport.getState();
  if (plan === null) return;
  asked++;
  set({ plan: { ...plan, ...change }, preview: null, previewing: null, failure: null });
}

/** Says how numbers and dates are written, whatever the file looks like: that stays when it is read anew. */
export function decideReading(change: Decided): void {
  const { plan, decided } = useImport.getState();
  if (plan === null) return;
  set({ decided: { ...decided, ...change } });
  changePlan({ reading: { ...plan.reading, ...change } });
}

/** Changes what is done with one column. What belonged to another target is forgotten with it. */
export function setTarget(index: number, target: ColumnTarget): void {
  const { plan } = useImport.getState();
  if (plan === null) return;
  const columns = plan.columns.map((column, at) => (at === index ? { header: column.header, target } : column));
  // Consent for all is another thing than consent for those who say yes: what was attested for one does not hold for the other.
  const sameConsent = consentColumns(plan).join() === consentColumns({ columns }).join();
  const { match } = withFittingMatch({ ...plan, columns });
  changePlan({ columns, match, ...(!sameConsent && { consent: null }) });
}

export function changeColumn(index: number, change: (column: PlanColumn) => PlanColumn): void {
  const { plan } = useImport.getState();
  if (plan !== null) changePlan({ columns: plan.columns.map((column, at) => (at === index ? change(column) : column)) });
}

/** Types a cell anew, for this import only; `null`: it is as the file has it again. */
export function mendCell(line: number, position: number, cell: string | null): void {
  const { plan } = useImport.getState();
  if (plan === null) return;
  const { [position]: _, ...others } = plan.mends[line] ?? {};
  const { [line]: __, ...mends } = plan.mends;
  const cells = cell === null ? others : { ...others, [position]: cell };
  changePlan({ mends: Object.keys(cells).length === 0 ? mends : { ...mends, [line]: cells } });
}

/** How many cells, replacements and accepted suggestions the plan has. */
export function mendedCount(plan: ImportPlan): number {
  const cells = Object.values(plan.mends).reduce((sum, each) => sum + Object.keys(each).length, 0);
  return cells + plan.columns.reduce((sum, { replace = [], accept = [] }) => sum + replace.length + accept.length, 0);
}

/** Reads the whole file to see what would happen, unless that is known or being found out. Progress comes by `hearProgress`. */
export async function previewImport(): Promise<void> {
  const { file, plan, preview, previewing } = useImport.getState();
  if (file === null || plan === null || preview !== null || previewing !== null || planObstacles(plan) !== null) return;
  const mine = ++asked;
  set({ previewing: { progress: null }, failure: null });
  try {
    const found = await call('imports.preview', { file, plan });
    // Of another file than the one whose cells were typed anew it says nothing: that is read first.
    if (mine === asked && found.stamp !== useImport.getState().stamp && Object.keys(plan.mends).length > 0) return await readAnew();
    if (mine === asked) set({ preview: found.cancelled ? null : found, previewing: null, ...(!found.cancelled && { checked: found }) });
  } catch (error) {
    if (mine !== asked) return;
    set({ previewing: null, failure: error instanceof Error ? error : new Error(String(error)) });
  }
}

/** Runs the import for good. */
export async function runImport(rejectsFile: string | null): Promise<void> {
  const { file, plan, preview } = useImport.getState();
  if (file === null || plan === null) return;
  set({ busy: true });
  try {
    const { import: id } = await call('imports.start', { file, plan, rejectsFile, stamp: preview?.stamp ?? null });
    set({ running: { id, progress: null }, step: 'result' });
    const result = await call('imports.wait', { import: id });
    if (useImport.getState().running?.id === id) set({ result, running: null });
  } catch (error) {
    // The file may be another one by now, and a part of it may be here.
    set({ step: 'effect', running: null, preview: null });
    showFailure(error);
    void previewImport();
  } finally {
    set({ busy: false });
  }
}

export function hearProgress(progress: ImportProgress): void {
  const { running, previewing } = useImport.getState();
  if (running?.id === progress.import) set({ running: { ...running, progress } });
  if (previewing !== null && progress.import < 0 && progress.state === 'running') set({ previewing: { progress } });
}

/** Stops the import, or else the preview, that is under way. What an import has done until then stays. */
export async function cancelImport(): Promise<void> {
  const { running, previewing } = useImport.getState();
  const id = running?.id ?? previewing?.progress?.import;
  if (id === undefined) return;
  try {
    await call('imports.cancel', { import: id });
  } catch (error) {
    showFailure(error);
  }
}

/** The result again, after something has been done about it. */
export function renewResult(row: ImportRow): void {
  if (useImport.getState().result?.id === row.id) set({ result: row });
}
