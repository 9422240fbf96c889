// A process that imports a file and is there to be killed: prints how many rows are done after every slice.
import { importHandlers } from '../../src-main/handlers/imports.ts';
import { systemClock } from '../../src-main/clock.ts';
import { openDatabase } from '../../src-main/store/database.ts';
import type { Workspace } from '../../src-main/workspace.ts';

const [workspaceFile, file, plan] = process.argv.slice(2) as [string, string, string];
const workspace: Workspace = {
  file: workspaceFile,
  db: openDatabase(workspaceFile, () => {}),
  clock: systemClock,
  secrets: { get: () => null, set: () => {}, remove: () => {} },
  tell: (event) => void (event.type === 'import' && !event.progress.checking && process.stdout.write(`${event.progress.counts.rows}\n`)),
  changed: () => {},
  wake: () => {},
};
const calls = importHandlers(workspace);
const started = await calls['imports.start']({ file, plan: JSON.parse(plan) as never, rejectsFile: null, dryRun: false });
await calls['imports.wait']({ import: started.import });
workspace.db.close();
