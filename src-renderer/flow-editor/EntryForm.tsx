// The rest of the entry policy, drawn from its definition: what a new occasion means, how many come in, from when until when.
import { entryForm } from '../../shared/flow/entry.ts';
import { setEntry } from '../../shared/flow/edits.ts';
import { ConfigForm } from '../fields/ConfigForm.tsx';
import { changedSetting } from './edit-labels.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';

/** What is left alone is not stored, so that it follows the program's defaults. */
const DEFAULTS: Readonly<Record<string, unknown>> = entryForm.parse({});

export function EntryForm() {
  const { store } = useEditor();
  const { problems } = useEditorData();
  const showAll = useUi((ui) => ui.showAllProblems);
  const entry = useFlowState((state) => state.flow.entry);
  const mine = problems
    .filter((problem) => problem.place?.step === undefined && problem.place?.field?.startsWith('entry.'))
    .map((problem) => ({ ...problem, place: { field: problem.place!.field!.slice('entry.'.length) } }));
  return (
    <ConfigForm
      name="entry"
      config={entryForm}
      values={entry}
      problems={mine}
      showAll={showAll}
      onChange={(field, value, meta, typing) => {
        const stored = value === DEFAULTS[field] || value === null ? undefined : value;
        store.getState().edit(changedSetting(meta.label), (flow) => setEntry(flow, { [field]: stored }), typing ? { burst: `#entry.${field}` } : {});
      }}
    />
  );
}
