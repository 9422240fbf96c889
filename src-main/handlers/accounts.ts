// Calls about the SMTP accounts.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function accountHandlers(_workspace: Workspace): Pick<Handlers, 'accounts.list' | 'accounts.save' | 'accounts.remove' | 'accounts.check'> {
  return {
    'accounts.list': () => {
      throw new Error('not built');
    },
    'accounts.save': () => {
      throw new Error('not built');
    },
    'accounts.remove': () => {
      throw new Error('not built');
    },
    'accounts.check': () => {
      throw new Error('not built');
    },
  };
}
