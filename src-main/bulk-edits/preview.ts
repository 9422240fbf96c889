// What a bulk edit would do: counted over all whom it is about, with some of them to look at, and the flows that it would start.
import { type BulkChange, type BulkPreview, type BulkWhom, changesOf, isNothing } from '../../shared/contacts/bulk-edit.ts';
import { flowsStartedBy } from '../imports/flow-forecast.ts';
import { beginBulkEdit } from '../store/bulk-edits.ts';
import type { Workspace } from '../workspace.ts';
import { runBulkEdit } from './bulk-edit.ts';

const SAMPLES = 20;
const SKIPPED_SAMPLES = 10;

type Asking = { changes: readonly BulkChange[]; whom: BulkWhom; startFlows: boolean; goOn(): boolean; progress(done: number, total: number): void };

/** Writes nothing. `goOn` false: breaks off, and answers what was seen until then. */
export async function previewBulkEdit(workspace: Workspace, { changes, whom, startFlows, goOn, progress }: Asking): Promise<BulkPreview> {
  const preview: BulkPreview = { counts: { contacts: 0, changed: 0, unchanged: 0 }, perChange: changes.map(() => 0), changed: [], skipped: [], flows: [], cancelled: false };
  const { counts, finished } = await runBulkEdit({
    workspace,
    changes,
    whom,
    id: null,
    goOn,
    progress: (_, done, total) => progress(done, total),
    observe(contact, what) {
      const { id, name } = contact;
      changes.forEach((change, index) => {
        if (!isNothing(changes.length === 1 ? what : changesOf(contact, [change]))) preview.perChange[index]!++;
      });
      if (isNothing(what)) {
        if (preview.skipped.length < SKIPPED_SAMPLES) preview.skipped.push({ contact: id, name });
      } else if (preview.changed.length < SAMPLES) preview.changed.push({ contact: id, name, ...what });
    },
  });
  preview.counts = counts;
  preview.cancelled = !finished;
  if (finished && startFlows && counts.changed > 0) preview.flows = await flowsStartedBy(workspace, (copy) => onCopy(copy, changes, whom, goOn));
  return preview;
}

async function onCopy(copy: Workspace, changes: readonly BulkChange[], whom: BulkWhom, goOn: () => boolean): Promise<boolean> {
  const id = beginBulkEdit(copy, { origin: 'contacts', changes, whom: { picked: 0 }, startFlows: true });
  const { finished } = await runBulkEdit({ workspace: copy, changes, whom, id, goOn, progress: () => undefined });
  return finished;
}
