// Tells windows and the command line how far an import is: not too often, and how fast only once there is something to go by.
import type { ImportCounts, ImportProgress } from '../../shared/contacts/import-plan.ts';
import type { Workspace } from '../workspace.ts';

/** At most so often do windows hear how far an import is. */
const TELL_EVERY_MS = 200;
/** What the first moments show is how long a thread takes to start. */
const SPEED_AFTER_MS = 1000;
const LEFT_AFTER_MS = 2000;
const LEFT_FROM_SHARE = 0.01;

export type TellProgress = (state: ImportProgress['state'], counts: ImportCounts, bytesRead: number, checking?: boolean) => void;

/** Of the import or dry run with this number, whose file has so many bytes. */
export function progressTeller(workspace: Workspace, id: number, bytesTotal: number): TellProgress {
  let began = performance.now();
  let told = Number.NEGATIVE_INFINITY;
  let wasChecking = false;
  return (state, counts, bytesRead, checking = false) => {
    const now = performance.now();
    // Each pass has a speed of its own.
    if (wasChecking && !checking) began = now;
    wasChecking = checking;
    if (state === 'running' && now - told < TELL_EVERY_MS) return;
    told = now;
    workspace.tell({ type: 'import', progress: { import: id, checking, state, counts: { ...counts }, bytesRead, bytesTotal, ...paceOf(now - began, counts.rows, bytesTotal === 0 ? 0 : bytesRead / bytesTotal) } });
  };
}

/** How fast it goes and how long it will still take, by what was done in so many milliseconds; `null`: it is too early to say. */
export function paceOf(ms: number, rows: number, share: number): Pick<ImportProgress, 'rowsPerSecond' | 'secondsLeft'> {
  return {
    rowsPerSecond: ms < SPEED_AFTER_MS || rows === 0 ? null : Math.round((rows * 1000) / ms),
    secondsLeft: ms < LEFT_AFTER_MS || rows === 0 || share < LEFT_FROM_SHARE || share >= 1 ? null : Math.ceil((ms * (1 - share)) / share / 1000),
  };
}
