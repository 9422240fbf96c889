// Topics of consent: what people may agree to beside a channel as a whole.
import type { ConsentTopic } from '../../shared/api.ts';
import { keyFromName } from '../../shared/contacts/header-names.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;
type Stored = { key: string; name: string; archived: number };

/** All topics by name, those that are offered first; `given`: how many contacts have said yes to the very topic, and not no since. */
export function listTopics(workspace: WithDatabase): (ConsentTopic & { given: number })[] {
  return rows<Stored & { given: number }>(
    workspace.db,
    `SELECT t.key, t.name, t.archived, (SELECT count(*) FROM (SELECT k.contact_id, k.state, max(k.id) FROM consents k WHERE k.topic = t.key GROUP BY k.contact_id, k.channel) WHERE state = 'given') AS given
     FROM topics t ORDER BY t.archived, t.name COLLATE NOCASE`,
  ).map((topic) => ({ ...topic, archived: topic.archived === 1 }));
}

/** All topics, those that are not offered any more among them, in the order in which they were made. */
export function topicsOf(workspace: WithDatabase): { key: string; name: string }[] {
  return rows(workspace.db, 'SELECT key, name FROM topics ORDER BY created_at, key');
}

/** The name of a topic; `undefined` when there is none with this key. */
export function topicNamed(workspace: WithDatabase, key: string): ConsentTopic | undefined {
  const found = row<Stored>(workspace.db, 'SELECT key, name, archived FROM topics WHERE key = ?', key);
  return found === undefined ? undefined : { ...found, archived: found.archived === 1 };
}

/** The key of the topic with this key or this name, whatever its capitals; `undefined` when there is none. */
export function topicCalled(workspace: WithDatabase, said: string): string | undefined {
  const word = said.normalize('NFC');
  const all = topicsOf(workspace);
  return (all.find(({ key }) => key === word) ?? all.find(({ name }) => name.toLowerCase() === word.toLowerCase()))?.key;
}

/** Whether another topic has this name, whatever its capitals. */
export function isTopicNameTaken(workspace: WithDatabase, name: string, except: string | null): boolean {
  return row(workspace.db, 'SELECT 1 FROM topics WHERE name = ? COLLATE NOCASE AND key IS NOT ?', name, except) !== undefined;
}

/** Makes a topic; answers its key: the wanted one where that is free, else one after its name. */
export function addTopic(workspace: Workspace, name: string, wanted?: string): string {
  const taken = new Set(topicsOf(workspace).map((topic) => topic.key));
  const key = wanted !== undefined && !taken.has(wanted) ? wanted : keyFromName(name, 1, taken);
  run(workspace.db, 'INSERT INTO topics (key, name, created_at) VALUES (?, ?, ?)', key, name, workspace.clock.now());
  return key;
}

/** Renames a topic, archives it, or offers it again. */
export function changeTopic(workspace: WithDatabase, key: string, name: string, archived: boolean): void {
  run(workspace.db, 'UPDATE topics SET name = ?, archived = ? WHERE key = ?', name, archived ? 1 : 0, key);
}
