// Tells that long work has ended: on the desktop, where somebody may look at something else meanwhile; and what was done without
// anybody at all, by the recipe of a watched folder, among the notices too, until somebody has read it.
import type { ImportRow } from '../shared/api.ts';
import type { BulkEditRow } from '../shared/contacts/bulk-edit.ts';
import type { ImportRecipe } from '../shared/contacts/import-plan.ts';
import type { Problem } from '../shared/problem.ts';
import { say, type Text } from '../shared/text.ts';
import { inProgramLanguage } from './languages.ts';
import { addNotice } from './store/notices.ts';
import { readSettings } from './store/settings.ts';
import type { Workspace } from './workspace.ts';

/** An import has come to its end, or failed. Whoever has cancelled one knows it; and where the recipe stops, that is told. */
export function tellImportEnded(workspace: Workspace, { id, state, fileName, counts, watched }: ImportRow): void {
  if (state !== 'done' && (state !== 'failed' || watched)) return;
  const title = state === 'done' ? say('The import of {file} is done.', { file: fileName }) : say('The import of {file} failed.', { file: fileName });
  const { added, updated, rejected } = counts;
  const text = say('{added, number} new, {updated, number} updated, {rejected, number} rejected.', { added, updated, rejected });
  tell(workspace, title, text, watched ? { kind: 'import', key: `import:${id}` } : null);
}

/** A change of many contacts has come to its end, or failed. */
export function tellBulkEditEnded(workspace: Workspace, { state, counts }: Pick<BulkEditRow, 'state' | 'counts'>): void {
  if (state !== 'done' && state !== 'failed') return;
  const title = state === 'done' ? say('The change of many contacts is done.') : say('The change of many contacts failed.');
  tell(workspace, title, say('{count, plural, one {# contact was changed.} other {# contacts were changed.}}', { count: counts.changed }), null);
}

/** A watched folder is watched no more until somebody has looked at it. */
export function tellRecipeStopped(workspace: Workspace, { id, name }: Pick<ImportRecipe, 'id' | 'name'>, { text }: Problem): void {
  tell(workspace, say('The folder of the recipe “{name}” is watched no more.', { name }), text, { kind: 'recipe', key: `recipe:${id}:${workspace.clock.now()}` });
}

/** `kept`: among the notices too. In the workspace's language: on the desktop nobody else could say it. */
function tell(workspace: Workspace, title: Text, text: Text, kept: { kind: 'import' | 'recipe'; key: string } | null): void {
  const { locale } = readSettings(workspace);
  const [head, body] = [inProgramLanguage(title, locale), inProgramLanguage(text, locale)];
  if (kept === null) {
    workspace.tell({ type: 'notice', title: head, body });
    return;
  }
  addNotice(workspace, { ...kept, contactId: null, flowId: null, title: head, text: body });
  // The count of unread notices hangs on the tasks.
  workspace.changed('tasks');
}
