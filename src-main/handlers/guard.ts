// Calls about the guard file: what it has changed in a workspace that was older than it.
import type { Handlers } from '../dispatch.ts';
import { dismissGuardNotice, guardNotice } from '../guard.ts';
import type { Workspace } from '../workspace.ts';

export function guardHandlers(workspace: Workspace): Pick<Handlers, 'guard.notice' | 'guard.dismiss'> {
  return {
    'guard.notice': () => guardNotice(workspace),
    'guard.dismiss': () => {
      dismissGuardNotice(workspace);
      workspace.changed('workspace');
      return null;
    },
  };
}
