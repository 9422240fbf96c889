// How things may stand in a workspace, for the rules about the icon beside the clock, closing and quitting.
import type { RunnerStatus, WorkspaceInfo } from '../../shared/api.ts';
import type { Standing } from '../../src-main/desktop/standing.ts';

/** A Sunday, 13:00 in Copenhagen. */
export const NOON = Date.UTC(2026, 10, 22, 12);

export const WORKSPACE: WorkspaceInfo = { file: '/clients/bakery.kanal', name: 'Bakery & Sons', timeZone: 'Europe/Copenhagen', locale: 'da-DK', isSample: false, virtualNow: null };

export const STATUS: RunnerStatus = { running: true, sendingPaused: null, nextDueAt: null, unknownMessages: 0, heldMessages: 0, failedEnrollments: 0, liveFlows: 0, sending: false, stopped: null };

export function standing(status: Partial<RunnerStatus> = {}, workspace: Partial<WorkspaceInfo> = {}): Standing {
  return { kind: 'open', workspace: { ...WORKSPACE, ...workspace }, status: { ...STATUS, ...status } };
}

/** Three flows that run. */
export const BUSY = standing({ liveFlows: 3 });
/** The same three after the emergency stop. */
export const STOPPED = standing({ liveFlows: 3, running: false, stopped: { at: NOON, from: 'tray' } });
