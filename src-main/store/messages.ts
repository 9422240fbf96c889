// Messages: what a flow can send. What is live was frozen with its flow version (flow_versions.messages); these are the drafts.
import type { Message } from '../../shared/flow/flow.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

const COLUMNS = 'key, name, channel, purpose, topic, subject, preheader, body';

type Stored = Omit<Message, 'topic'> & { topic: string | null };

function fromStored({ topic, ...message }: Stored): Message {
  return topic === null ? message : { ...message, topic };
}

/** All messages, by name. */
export function allMessages(workspace: Pick<Workspace, 'db'>): Message[] {
  return rows<Stored>(workspace.db, `SELECT ${COLUMNS} FROM messages ORDER BY name COLLATE NOCASE, key`).map(fromStored);
}

/** One message; `undefined` when there is none with this key. */
export function findMessage(workspace: Pick<Workspace, 'db'>, key: string): Message | undefined {
  const found = row<Stored>(workspace.db, `SELECT ${COLUMNS} FROM messages WHERE key = ?`, key);
  return found === undefined ? undefined : fromStored(found);
}

/** Adds a message or replaces the one with its key. */
export function saveMessage(workspace: Pick<Workspace, 'db' | 'clock'>, message: Message): void {
  run(
    workspace.db,
    `INSERT INTO messages (key, name, channel, purpose, topic, subject, preheader, body, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name, channel = excluded.channel, purpose = excluded.purpose, topic = excluded.topic,
       subject = excluded.subject, preheader = excluded.preheader, body = excluded.body, updated_at = excluded.updated_at`,
    message.key,
    message.name,
    message.channel,
    message.purpose,
    message.topic ?? null,
    message.subject,
    message.preheader,
    message.body,
    workspace.clock.now(),
  );
}

/** Removes a message. What a live flow sends is not touched: its version keeps its own copy. */
export function removeMessage(workspace: Pick<Workspace, 'db'>, key: string): boolean {
  return run(workspace.db, 'DELETE FROM messages WHERE key = ?', key).changes === 1;
}
