// Calls about messages: contents, previews, test mails.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function messageHandlers(_workspace: Workspace): Pick<Handlers, 'messages.list' | 'messages.get' | 'messages.save' | 'messages.create' | 'messages.remove' | 'messages.preview' | 'messages.sendTest'> {
  return {
    'messages.list': () => {
      throw new Error('not built');
    },
    'messages.get': () => {
      throw new Error('not built');
    },
    'messages.save': () => {
      throw new Error('not built');
    },
    'messages.create': () => {
      throw new Error('not built');
    },
    'messages.remove': () => {
      throw new Error('not built');
    },
    'messages.preview': () => {
      throw new Error('not built');
    },
    'messages.sendTest': () => {
      throw new Error('not built');
    },
  };
}
