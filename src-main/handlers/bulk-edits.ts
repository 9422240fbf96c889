// Calls about changing many contacts at once: looked at before, carried out, listed, taken back.
import { bulkJobs } from '../bulk-edits/jobs.ts';
import type { Handlers } from '../dispatch.ts';
import { peopleInsideBy } from '../store/caused-entries.ts';
import { listBulkEdits } from '../store/bulk-edits.ts';
import type { Workspace } from '../workspace.ts';

export function bulkEditHandlers(workspace: Workspace): Pick<Handlers, Extract<keyof Handlers, `bulkEdits.${string}`>> {
  const jobs = bulkJobs(workspace);
  return {
    'bulkEdits.preview': (asked) => jobs.preview(asked),
    'bulkEdits.start': (asked) => ({ bulkEdit: jobs.start(asked, 'contacts') }),
    'bulkEdits.wait': ({ bulkEdit }) => jobs.wait(bulkEdit),
    'bulkEdits.cancel': async ({ bulkEdit }) => {
      await jobs.cancel(bulkEdit);
      return null;
    },
    'bulkEdits.list': ({ limit }) => listBulkEdits(workspace, limit),
    'bulkEdits.undoForecast': ({ bulkEdit }) => peopleInsideBy(workspace, { kind: 'bulkEdit', id: bulkEdit }),
    'bulkEdits.undo': ({ bulkEdit }) => jobs.undo(bulkEdit),
  };
}
