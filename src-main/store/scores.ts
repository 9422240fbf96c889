// Scores and stages: attributes that flows count up and down, or move along. Every change is an event with its reason, so that a
// score can be explained.
import type { ScoreChange } from '../../shared/api.ts';
import type { AttributeChanges } from '../../shared/contacts/event.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { row, rows, run } from './database.ts';
import { recordEvent } from './events.ts';
import type { Cause, Subject } from './tags.ts';

/** Adds to a number of each contact; an empty one counts as 0. Throws an Error where the attribute is no number. */
export function changeScoreFor(workspace: Workspace, subjects: readonly Subject[], { attribute: key, by, reason }: { attribute: string; by: number; reason: string }, cause: Cause): void {
  const column = columnOf(workspace, key, 'number');
  for (const subject of subjects) {
    const before = row<{ value: number | null }>(workspace.db, `SELECT ${column} AS value FROM contacts WHERE id = ?`, subject.contactId);
    if (before === undefined) continue;
    // Decimals that add up must not leave 0.30000000000000004.
    const now = Math.round(((before.value ?? 0) + by) * 1e9) / 1e9;
    write(workspace, subject, column, key, [before.value, now], { reason }, cause);
  }
}

/** Moves contacts to a stage, one of the attribute's choices; without `backwards` whoever is further already stays there. */
export function setStageFor(workspace: Workspace, subjects: readonly Subject[], { attribute: key, stage, backwards }: { attribute: string; stage: string; backwards: boolean }, cause: Cause): void {
  const column = columnOf(workspace, key, 'choice');
  const order = attributesOf(workspace).get(key)!.choices ?? [];
  for (const subject of subjects) {
    const before = row<{ value: string | null }>(workspace.db, `SELECT ${column} AS value FROM contacts WHERE id = ?`, subject.contactId);
    if (before === undefined || before.value === stage) continue;
    const isBack = before.value !== null && order.indexOf(before.value) > order.indexOf(stage);
    if (isBack && !backwards) continue;
    write(workspace, subject, column, key, [before.value, stage], isBack ? { backwards: true } : {}, cause);
  }
}

function columnOf(workspace: Workspace, key: string, kind: 'number' | 'choice'): string {
  const attribute = attributesOf(workspace).get(key);
  if (attribute?.kind !== kind) throw new Error(`"${key}" is not an attribute of the kind ${kind}`);
  return attribute.column;
}

function write(workspace: Workspace, { contactId, enrollmentId }: Subject, column: string, key: string, change: AttributeChanges[string], more: Record<string, unknown>, cause: Cause): void {
  run(workspace.db, `UPDATE contacts SET ${column} = ? WHERE id = ?`, change[1], contactId);
  recordEvent(workspace, { contactId, type: 'attributes_changed', at: cause.at ?? workspace.clock.now(), source: cause.source, flowId: cause.flowId, enrollmentId, importId: cause.importId, data: { changes: { [key]: change }, ...more } });
}

/** Every change of an attribute of a contact that is on record, the latest first: by how much, by whom and why. */
export function scoreChanges(workspace: Pick<Workspace, 'db'>, contactId: number, key: string, limit: number): ScoreChange[] {
  return rows<Omit<ScoreChange, 'by'> & { old: number | string | null }>(
    workspace.db,
    `SELECT e.at, e.data -> '$.changes' -> ? ->> 0 AS old, e.data -> '$.changes' -> ? ->> 1 AS now, e.source, f.name AS flow, e.data ->> 'reason' AS reason
     FROM events e LEFT JOIN flows f ON f.id = e.flow_id
     WHERE e.contact_id = ? AND e.type = 'attributes_changed' AND json_type(e.data -> '$.changes', ?) IS NOT NULL ORDER BY e.at DESC, e.id DESC LIMIT ?`,
    key,
    key,
    contactId,
    `$."${key}"`,
    limit,
  ).map(({ old, ...change }) => ({ ...change, by: typeof change.now === 'number' || typeof old === 'number' ? Number(change.now ?? 0) - Number(old ?? 0) : null }));
}
