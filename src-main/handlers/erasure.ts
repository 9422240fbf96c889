// Calls about what people may ask for: to see what is known of them, to be erased; and about the hashes that keep them from coming back.
import { resolve } from 'node:path';
import type { Handlers } from '../dispatch.ts';
import { writeAccessReport } from '../privacy/access-report.ts';
import { exportHashes, importHashes } from '../privacy/hash-list.ts';
import { eraseContacts } from '../runner/erasing.ts';
import { latestErasure } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'contacts.accessReport' | 'erasure.erase' | 'erasure.latest' | 'erasure.exportHashes' | 'erasure.importHashes'>;

export function erasureHandlers(workspace: Workspace): Calls {
  return {
    'contacts.accessReport': async ({ id, file, language }) => {
      await writeAccessReport(workspace, id, resolve(file), language);
      return { file: resolve(file) };
    },
    'erasure.erase': ({ contacts }) => {
      const answer = eraseContacts(workspace, contacts, 'user');
      workspace.changed('contacts', 'counts', 'flows', 'imports');
      workspace.wake();
      return answer;
    },
    'erasure.latest': () => ({ erasure: latestErasure(workspace) }),
    'erasure.exportHashes': ({ file }) => exportHashes(workspace, resolve(file)),
    'erasure.importHashes': ({ file }) => {
      const answer = importHashes(workspace, resolve(file));
      if (answer.added > 0) workspace.changed('contacts');
      return answer;
    },
  };
}
