// Calls about contacts going out to a file.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function exportHandlers(_workspace: Workspace): Pick<Handlers, 'exports.contacts'> {
  return {
    'exports.contacts': () => {
      throw new Error('not built');
    },
  };
}
