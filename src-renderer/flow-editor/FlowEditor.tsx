// The flow editor: opens a flow, keeps it open for the session (with its history), and lays out its parts.
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ReactFlowProvider } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { namesFrom } from '../../shared/flow/names.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { Problem } from '../../shared/problem.ts';
import { stepTypes } from '../../shared/steps/index.ts';
import type { Text } from '../../shared/text.ts';
import { sentence, useText } from '../app/i18n.ts';
import { isField, useScreenKeys, useToldKeys } from '../app/keys.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { call, onEvent } from '../backend.ts';
import { FieldSources, useSources } from '../fields/sources.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Announcer } from './Announcer.tsx';
import { listenToClipboard } from './clipboard.ts';
import { commands } from './commands.ts';
import { EditorBar } from './EditorBar.tsx';
import {
  EditorContext,
  EditorDataContext,
  useEditor,
  useEditorData,
  useFlowState,
  useUi,
  type CanvasHandle,
  type Editor,
} from './editor-context.tsx';
import { openEditor, type EditorStore } from './editor-store.ts';
import { EditorDialogs } from './dialogs.tsx';
import { Inspector } from './Inspector.tsx';
import { Palette } from './Palette.tsx';
import { Picker } from './Picker.tsx';
import { keepNames } from './problem-list.ts';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import { PublishDialog } from './PublishDialog.tsx';
import { SUGGESTED_TRIGGERS } from './start-card.tsx';
import { StepMenu } from './StepMenu.tsx';
import { draw, type Drawing } from './to-canvas.ts';
import { createUiStore } from './ui-store.ts';
import './editor.css';

const Canvas = lazy(() => import('./Canvas.tsx').then(({ Canvas: component }) => ({ default: component })));

/** Problems are looked for when typing has paused for so many milliseconds (UX 2.3). */
const PROBLEM_PAUSE = 300;
/** Between two looks at the figures lie at least so many milliseconds. */
const COUNTS_PAUSE = 1000;

/** Flows that were opened in this session, by workspace and id: their histories outlive leaving the screen. */
const opened = new Map<string, EditorStore>();

type Props = { flowId: number; onClose: () => void };

export default function FlowEditor({ flowId, onClose }: Props) {
  const workspace = useWorkspace();
  const key = `${workspace.file} ${flowId}`;
  const [attempt, setAttempt] = useState(0);
  const [store, setStore] = useState<EditorStore | null>(null);
  const [error, setError] = useState<Error | null>(null);

  useEffect(() => {
    let wanted = true;
    const known = opened.get(key);
    const opening =
      known === undefined
        ? openEditor({ call }, flowId)
        : known
            .getState()
            .refresh()
            .then(() => known);
    opening.then(
      (next) => {
        opened.set(key, next);
        if (wanted) setStore(next);
      },
      (reason: unknown) => {
        opened.delete(key);
        if (wanted) setError(reason instanceof Error ? reason : new Error(String(reason)));
      },
    );
    return () => {
      wanted = false;
      setStore(null);
      setError(null);
      void opened.get(key)?.getState().flush();
    };
  }, [key, flowId, attempt]);

  if (error !== null) return <Failed error={error} again={() => setAttempt(attempt + 1)} />;
  if (store === null) return <Loading />;
  return (
    <FieldSources>
      <OpenFlow key={key} store={store} view={key} close={onClose} />
    </FieldSources>
  );
}

function newId(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => letters[byte % letters.length]).join('');
}

function OpenFlow({ store, view, close }: { store: EditorStore; view: string; close: () => void }) {
  const text = useText();
  const sources = useSources();
  const names = useMemo(
    () => ({ ...namesFrom({ calendars: sources.calendars, topics: sources.topics, messages: sources.messages, attributes: sources.attributes.filter((each) => !each.standard), segments: sources.segments, flows: sources.flows, currency: sources.currency, zone: sources.timeZone }, text), step: (id: string) => titleIn(store.getState().flow, id) }),
    [store, sources.calendars, sources.topics, sources.messages, sources.attributes, sources.segments, sources.flows, sources.currency, sources.timeZone, text],
  );
  const canvas = useRef<CanvasHandle | null>(null);
  const latest = useRef<Drawing | null>(null);
  const closeRef = useRef(close);
  useEffect(() => {
    closeRef.current = close;
  }, [close]);

  const editor = useMemo<Editor>(
    () => ({
      store,
      ui: createUiStore(),
      canvas,
      drawing: latest,
      text: sentence,
      newId,
      close: () => closeRef.current(),
    }),
    [store],
  );
  const flow = useStore(store, (state) => state.flow);
  const live = useStore(store, (state) => state.live);
  const figures = live !== null;
  const drawing = useMemo(() => draw(flow, { figures, suggestions: SUGGESTED_TRIGGERS.length }), [flow, figures]);
  useLayoutEffect(() => {
    latest.current = drawing;
  }, [drawing]);
  const problems = useProblems(flow, names, sources.known);
  useEffect(() => {
    if (sources.known) keepNames(editor, names);
  }, [editor, names, sources.known]);

  const data = useMemo(() => {
    const problemsOf = new Map<string, Problem[]>();
    for (const problem of problems) {
      const place = problem.place?.step ?? problem.place?.trigger;
      if (place !== undefined) problemsOf.set(place, [...(problemsOf.get(place) ?? []), problem]);
    }
    return { names, problems, problemsOf, drawing, figures };
  }, [names, problems, drawing, figures]);

  return (
    <EditorContext value={editor}>
      <EditorDataContext value={data}>
        <ReactFlowProvider>
          <Screen view={view} />
        </ReactFlowProvider>
      </EditorDataContext>
    </EditorContext>
  );
}

function titleIn(flow: Flow, id: string): Text | undefined {
  const step = flow.steps.find((each) => each.id === id);
  return step === undefined ? undefined : titleOf(step);
}

/** The problems of the flow, a moment after it has changed; at once when it is opened. Nothing is missed before names are known. */
function useProblems(
  flow: Parameters<typeof flowProblems>[0],
  names: Parameters<typeof flowProblems>[1],
  known: boolean,
): readonly Problem[] {
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const first = useRef(true);
  useEffect(() => {
    if (!known) return;
    const pause = first.current ? 0 : PROBLEM_PAUSE;
    first.current = false;
    const timer = setTimeout(() => setProblems(flowProblems(flow, names)), pause);
    return () => clearTimeout(timer);
  }, [flow, names, known]);
  return problems;
}

function Screen({ view }: { view: string }) {
  const editor = useEditor();
  const { figures } = useEditorData();
  const palette = useUi((ui) => ui.paletteOpen);
  const inspector = useUi((ui) => ui.inspectorOpen);
  const problems = useUi((ui) => ui.problemsOpen);
  useKeys(editor);
  useMachine(editor, figures);
  useHelp(editor);
  useEffect(() => listenToClipboard(editor), [editor]);
  return (
    <div className="flow-editor" data-types={stepTypes.length}>
      <EditorBar />
      {palette && <Palette />}
      <div className="flow-middle">
        <Suspense fallback={<Loading />}>
          <Canvas view={view} />
        </Suspense>
        {problems && <ProblemsPanel />}
      </div>
      {inspector && <Inspector />}
      <Picker />
      <StepMenu />
      <PublishDialog />
      <EditorDialogs />
      <Announcer />
    </div>
  );
}

/** The help on keys lists the editor's commands. */
function useHelp(editor: Editor) {
  const { t } = useTranslation(['editor', 'keys']);
  useScreenKeys({ save: { does: t('saveDraft', { ns: 'keys' }), run: () => void editor.store.getState().flush() } });
  useToldKeys([{ keys: ['↑', '↓', '←', '→'], does: t('command.walk', { ns: 'keys' }) }, ...commands.filter(({ keys }) => keys !== '').map(({ name, keys }) => ({ keys: [keys], does: t(`command.${name}` as 'command.add') }))]);
}

/** Keys that count on the whole screen. Text fields keep their own undo (UX 2.1). */
function useKeys(editor: Editor) {
  useEffect(() => {
    const keyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role=dialog][aria-modal=true]') !== null) return;
      const inText = isField(document.activeElement);
      const wanted = commands.find(
        (each) => each.where !== 'canvas' && (each.where === 'everywhere' || !inText) && each.key?.(event) === true,
      );
      if (wanted === undefined) return;
      event.preventDefault();
      if (wanted.can?.(editor) !== false) wanted.run?.(editor);
    };
    window.addEventListener('keydown', keyDown);
    return () => window.removeEventListener('keydown', keyDown);
  }, [editor]);
}

/** Figures and state follow the machine; what is not saved yet is saved when the window goes. */
function useMachine(editor: Editor, figures: boolean) {
  const flowId = useFlowState((state) => state.flowId);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      timer = undefined;
      // A reading that fails is followed by the next one; the window says by itself when the machine is gone.
      const counts = await call('flows.counts', { flow: flowId }).catch(() => null);
      if (counts !== null) editor.ui.getState().setCounts(counts);
    };
    if (figures) void read();
    const off = onEvent((event) => {
      if (event.type !== 'changed') return;
      if (figures && event.topics.includes('counts')) timer ??= setTimeout(() => void read(), COUNTS_PAUSE);
      if (event.topics.includes('flows'))
        void editor.store
          .getState()
          .refresh()
          .catch(() => null);
    });
    const leave = () => void editor.store.getState().flush();
    const hide = () => document.visibilityState === 'hidden' && leave();
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hide);
    return () => {
      clearTimeout(timer);
      off();
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hide);
    };
  }, [editor, flowId, figures]);
}
