// Calls about the ledger of messages, and what a person decides about it.
import type { Handlers } from '../dispatch.ts';
import { decide, takeBack } from '../runner/outbox-decide.ts';
import { listMessages } from '../store/outbox.ts';
import type { Workspace } from '../workspace.ts';

export function outboxHandlers(workspace: Workspace): Pick<Handlers, 'outbox.list' | 'outbox.decide' | 'outbox.takeBack'> {
  return {
    'outbox.list': (wanted) => listMessages(workspace, wanted),
    'outbox.decide': ({ id, decision }) => {
      decide(workspace, id, decision);
      return null;
    },
    'outbox.takeBack': ({ id }) => takeBack(workspace, id),
  };
}
