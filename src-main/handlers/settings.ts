// Calls about the settings of a workspace.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function settingsHandlers(_workspace: Workspace): Pick<Handlers, 'settings.get' | 'settings.save'> {
  return {
    'settings.get': () => {
      throw new Error('not built');
    },
    'settings.save': () => {
      throw new Error('not built');
    },
  };
}
