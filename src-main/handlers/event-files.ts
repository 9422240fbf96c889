// The call that brings in a whole file of events, as the command line takes it.
import { resolve } from 'node:path';
import type { Handlers } from '../dispatch.ts';
import { importEventFile } from '../imports/event-file-import.ts';
import { rejectsPathFor } from '../imports/rejects.ts';
import type { Workspace } from '../workspace.ts';

export function eventFileHandlers(workspace: Workspace): Pick<Handlers, 'events.importFile'> {
  return {
    'events.importFile': async ({ file, rejectsFile }) => {
      const path = resolve(file);
      const done = await importEventFile(workspace, path, rejectsFile === null ? rejectsPathFor(path) : resolve(rejectsFile));
      workspace.changed('contacts', 'counts', 'imports');
      workspace.wake();
      return done;
    },
  };
}
