// Taking back what has sent people into flows takes them out of these flows again, an import as well as a change of many contacts.
import { letOut } from '../runner/people.ts';
import { entriesCausedBy, placesCausedBy, plannedFor, type Cause } from '../store/caused-entries.ts';
import { leaveLine } from '../store/waiting-entries.ts';
import { UNDO } from '../store/import-undo.ts';
import type { Workspace } from '../workspace.ts';

/** The reason with which people leave; reports and timelines know it by this name. */
const REASONS = { import: 'import-undone', bulkEdit: 'edit-undone' } as const;

/**
 * Lets those of some contacts out whom it has sent into flows, or into line for them, and cancels what is planned for them, in the transaction at hand;
 * counts both in `done`. Answers all passages that it has caused, ended ones too.
 */
export function takeOutOfFlows(workspace: Workspace, cause: Cause, contacts: readonly number[], done: { takenOut: number; cancelled: number }): Set<number> {
  // Whoever waits to come in because of it does not come in later; first, so that whoever leaves frees no such place.
  const places = Map.groupBy(placesCausedBy(workspace, cause, contacts), (place) => place.flowId);
  for (const [flowId, ofFlow] of places) leaveLine(workspace, flowId, ofFlow.map(({ entry }) => entry));
  const entries = entriesCausedBy(workspace, cause, contacts);
  const inside = entries.filter((entry) => entry.inside);
  done.takenOut += new Set(inside.map(({ contactId }) => contactId)).size;
  done.cancelled += plannedFor(workspace, inside.map((entry) => entry.id));
  for (const [flowId, passages] of Map.groupBy(inside, (entry) => entry.flowId)) {
    letOut(workspace, { flowId, version: passages[0]!.version ?? 0 }, passages.map((entry) => entry.id), REASONS[cause.kind], UNDO);
  }
  return new Set(entries.map((entry) => entry.id));
}
