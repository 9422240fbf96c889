// Notes on contacts, written by people or by flows. That one was written is an event; what it says is only here, so that removing
// a note removes it.
import type { Note } from '../../shared/contacts/task.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';

/** The notes on a contact: pinned ones first, then the latest. */
export function notesOf(workspace: Pick<Workspace, 'db'>, contactId: number): Note[] {
  const found = rows<Omit<Note, 'pinned'> & { pinned: number }>(
    workspace.db,
    `SELECT n.id, n.text, n.pinned, n.source, f.name AS flowName, n.created_at AS createdAt, n.edited_at AS editedAt
     FROM notes n LEFT JOIN flows f ON f.id = n.flow_id WHERE n.contact_id = ? ORDER BY n.pinned DESC, n.created_at DESC, n.id DESC`,
    contactId,
  );
  return found.map((note) => ({ ...note, pinned: note.pinned !== 0 }));
}

export type NewNote = { contactId: number; text: string; pinned?: boolean; source: string; flowId?: number | null; enrollmentId?: number | null };

/** Writes a note; answers its id. */
export function addNote(workspace: Workspace, { contactId, text, pinned = false, source, flowId = null, enrollmentId = null }: NewNote): number {
  return transaction(workspace.db, () => {
    const now = workspace.clock.now();
    const { id } = run(workspace.db, 'INSERT INTO notes (contact_id, text, pinned, source, flow_id, created_at) VALUES (?, ?, ?, ?, ?, ?)', contactId, text, pinned ? 1 : 0, source, flowId, now);
    recordEvent(workspace, { contactId, type: 'note_added', at: now, source, flowId, enrollmentId, data: { note: id } });
    return id;
  });
}

/** Changes what a note says, or whether it is pinned; what is left out stays. */
export function updateNote(workspace: Workspace, id: number, { text, pinned }: { text?: string | undefined; pinned?: boolean | undefined }): void {
  transaction(workspace.db, () => {
    refuseUnknown(workspace, id);
    if (text !== undefined) run(workspace.db, 'UPDATE notes SET text = ?, edited_at = ? WHERE id = ? AND text <> ?', text, workspace.clock.now(), id, text);
    if (pinned !== undefined) run(workspace.db, 'UPDATE notes SET pinned = ? WHERE id = ?', pinned ? 1 : 0, id);
  });
}

export function removeNote(workspace: Workspace, id: number): void {
  transaction(workspace.db, () => {
    refuseUnknown(workspace, id);
    run(workspace.db, 'DELETE FROM notes WHERE id = ?', id);
  });
}

function refuseUnknown(workspace: Workspace, id: number): void {
  if (row(workspace.db, 'SELECT 1 FROM notes WHERE id = ?', id) === undefined) refuse('note-unknown', say('There is no note number {id}. It may have been removed.', { id: String(id) }));
}
