// Calls about scores: why a contact has the score that it has.
import type { Handlers } from '../dispatch.ts';
import { scoreChanges } from '../store/scores.ts';
import type { Workspace } from '../workspace.ts';

export function scoreHandlers(workspace: Workspace): Pick<Handlers, 'scores.explain'> {
  return { 'scores.explain': ({ contact, attribute, limit }) => scoreChanges(workspace, contact, attribute, limit) };
}
