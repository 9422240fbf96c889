// What triggers remember of single contacts from event to event: sums since they last started, when something changed.
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** What a trigger remembers of some contacts; those of whom it remembers nothing are absent. */
export function triggerMemories(workspace: WithDatabase, flowId: number, triggerId: string, contactIds: readonly number[]): Map<number, unknown> {
  const found = rows<{ id: number; memory: string }>(
    workspace.db,
    'SELECT m.contact_id AS id, m.memory FROM json_each(?) j CROSS JOIN trigger_memories m ON m.flow_id = ? AND m.trigger_id = ? AND m.contact_id = j.value',
    JSON.stringify(contactIds),
    flowId,
    triggerId,
  );
  return new Map(found.map(({ id, memory }) => [id, JSON.parse(memory) as unknown]));
}

/** Keeps what a trigger remembers of a contact, who must be there, instead of what it remembered before. */
export function rememberOfContact(workspace: WithDatabase, flowId: number, triggerId: string, contactId: number, memory: unknown): void {
  run(
    workspace.db,
    'INSERT INTO trigger_memories (flow_id, trigger_id, contact_id, memory) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET memory = excluded.memory',
    flowId,
    triggerId,
    contactId,
    JSON.stringify(memory),
  );
}

/** A trigger that has changed begins anew; without one named, all of a flow. */
export function forgetOfContacts(workspace: WithDatabase, flowId: number, triggerId: string | null): void {
  if (triggerId === null) run(workspace.db, 'DELETE FROM trigger_memories WHERE flow_id = ?', flowId);
  else run(workspace.db, 'DELETE FROM trigger_memories WHERE flow_id = ? AND trigger_id = ?', flowId, triggerId);
}
