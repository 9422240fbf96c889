// Calls about the ledger of messages, and what a person decides about it.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function outboxHandlers(_workspace: Workspace): Pick<Handlers, 'outbox.list' | 'outbox.decide'> {
  return {
    'outbox.list': () => {
      throw new Error('not built');
    },
    'outbox.decide': () => {
      throw new Error('not built');
    },
  };
}
