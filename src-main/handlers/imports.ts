// Calls about files of contacts coming in.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function importHandlers(_workspace: Workspace): Pick<Handlers, 'imports.inspect' | 'imports.start' | 'imports.wait' | 'imports.cancel' | 'imports.list'> {
  return {
    'imports.inspect': () => {
      throw new Error('not built');
    },
    'imports.start': () => {
      throw new Error('not built');
    },
    'imports.wait': () => {
      throw new Error('not built');
    },
    'imports.cancel': () => {
      throw new Error('not built');
    },
    'imports.list': () => {
      throw new Error('not built');
    },
  };
}
