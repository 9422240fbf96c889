// Saved ways to look at the list of contacts.
import { contactViewSchema, type ContactView, type SavedView } from '../../shared/contacts/view.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** All views, by name. */
export function viewsOf(workspace: WithDatabase): SavedView[] {
  return rows<{ id: number; name: string; view: string }>(workspace.db, 'SELECT id, name, view FROM views ORDER BY name COLLATE NOCASE, id').map(({ id, name, view }) => ({
    id,
    name,
    view: contactViewSchema.parse(JSON.parse(view)),
  }));
}

/** Adds a view; answers its id. */
export function addView(workspace: WithDatabase, name: string, view: ContactView): number {
  return run(workspace.db, 'INSERT INTO views (name, view) VALUES (?, ?)', name, JSON.stringify(view)).id;
}

/** Changes a view; answers false when there is none with this id. */
export function changeView(workspace: WithDatabase, id: number, name: string, view: ContactView): boolean {
  return run(workspace.db, 'UPDATE views SET name = ?, view = ? WHERE id = ?', name, JSON.stringify(view), id).changes > 0;
}

/** Removes a view, if it is there. */
export function removeView(workspace: WithDatabase, id: number): void {
  run(workspace.db, 'DELETE FROM views WHERE id = ?', id);
}
