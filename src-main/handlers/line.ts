// Calls about people who are to come into a flow later: who they are, and taking them out of the line (FEATURES D7).
import type { Handlers } from '../dispatch.ts';
import { transaction } from '../store/database.ts';
import { knownFlow } from '../store/flows.ts';
import { recordAudit } from '../store/runner-state.ts';
import { leaveLine, lineOf } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';

export function lineHandlers(workspace: Workspace): Pick<Handlers, 'line.list' | 'line.remove'> {
  return {
    'line.list': ({ flow, offset, limit }) => lineOf(workspace, knownFlow(workspace, flow).id, offset, limit),
    'line.remove'({ flow, entries }) {
      const { id } = knownFlow(workspace, flow);
      const contacts = transaction(workspace.db, () => {
        const gone = leaveLine(workspace, id, entries);
        if (gone.length > 0) recordAudit(workspace, 'user', 'line-left', { flow: id, people: gone.length, ...(entries !== null && { contacts: gone }) });
        return gone;
      });
      workspace.changed('flows', 'counts', 'contacts', 'runner');
      workspace.wake();
      return { removed: contacts.length };
    },
  };
}
