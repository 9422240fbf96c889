// Calls about erasing people, and about the hashes that keep them from coming back.
import { resolve } from 'node:path';
import type { Handlers } from '../dispatch.ts';
import { exportHashes, importHashes } from '../privacy/hash-list.ts';
import { eraseContacts } from '../runner/erasing.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'erasure.erase' | 'erasure.exportHashes' | 'erasure.importHashes'>;

export function erasureHandlers(workspace: Workspace): Calls {
  return {
    'erasure.erase': ({ contacts }) => {
      const answer = eraseContacts(workspace, contacts, 'user');
      workspace.changed('contacts', 'counts', 'flows', 'imports');
      workspace.wake();
      return answer;
    },
    'erasure.exportHashes': ({ file }) => exportHashes(workspace, resolve(file)),
    'erasure.importHashes': ({ file }) => {
      const answer = importHashes(workspace, resolve(file));
      if (answer.added > 0) workspace.changed('contacts');
      return answer;
    },
  };
}
