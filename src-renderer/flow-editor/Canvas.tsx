// The canvas. React Flow draws, pans and zooms; what stands on it comes from the document, and every gesture becomes an edit of it.
import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { Background, BackgroundVariant, Controls, ReactFlow, useReactFlow, type NodeMouseHandler } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useTranslation } from 'react-i18next';
import { START } from '../../shared/flow/flow.ts';
import { canvasKey } from './canvas-keys.ts';
import { useDrag, DragGhost } from './drag.tsx';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';
import { EndCard, GhostCard } from './end-card.tsx';
import { LineView } from './line.tsx';
import { useCanvasNodes } from './nodes.ts';
import { nothingSelected, selectedCard, selectStep, toggleStep } from './selection.ts';
import { StartCard } from './start-card.tsx';
import { StepCard } from './step-card.tsx';
import { useCanvasHandle } from './canvas-handle.ts';
import { neighbourOf } from './walk.ts';

const nodeTypes = { step: StepCard, start: StartCard, end: EndCard, ghost: GhostCard };
const edgeTypes = { line: LineView };
/** Above this many steps only what is in view is drawn (UX 1.6). */
const MANY_STEPS = 300;

export function Canvas({ view }: { view: string }) {
  const editor = useEditor();
  const { store, ui } = editor;
  const { drawing } = useEditorData();
  const { t } = useTranslation('editor');
  const { nodes, edges } = useCanvasNodes();
  const wrapper = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const steps = useFlowState((state) => state.flow.steps.length);
  const dragging = useUi((state) => state.drag !== null);
  const startDrag = useDrag(wrapper);
  const lastBelow = useRef(new Map<string, string>());
  const { remembered, remember } = useCanvasHandle(wrapper, view);

  useFocusThatSurvives(wrapper);
  useReveal();

  const click = useCallback<NodeMouseHandler>(
    (event, node) => {
      const { selection, select } = store.getState();
      ui.getState().set({ menu: null });
      if (node.id === START) {
        // Its rows select their own trigger; the rest of the card selects it as a whole.
        if (!(event.target as Element).closest('button')) select({ kind: 'start', trigger: null });
        return;
      }
      const card = editor.drawing.current?.byId.get(node.id);
      if (card?.kind === 'end' || card?.kind === 'ghost') {
        select(card.kind === 'end' ? { kind: 'end', at: card.spot } : nothingSelected);
        ui.getState().set({ picker: { at: card.spot, x: event.clientX, y: event.clientY } });
        return;
      }
      select(event.shiftKey || event.ctrlKey || event.metaKey ? toggleStep(selection, node.id) : selectStep(node.id));
      ui.getState().set({ inspectorOpen: true });
    },
    [store, ui, editor],
  );

  const keyDown = useCallback((event: KeyboardEvent<HTMLDivElement>) => canvasKey(event, editor, lastBelow.current), [editor]);

  const ariaLabelConfig = useMemo(
    () => ({
      'node.a11yDescription.default': t('canvas.nodeHelp'),
      'node.a11yDescription.keyboardDisabled': t('canvas.nodeHelp'),
      'edge.a11yDescription.default': t('canvas.edgeHelp'),
      'controls.ariaLabel': t('canvas.controls'),
      'controls.zoomIn.ariaLabel': t('canvas.zoomIn'),
      'controls.zoomOut.ariaLabel': t('canvas.zoomOut'),
      'controls.fitView.ariaLabel': t('canvas.fit'),
      'handle.ariaLabel': t('canvas.handle'),
    }),
    [t],
  );

  return (
    <div
      ref={wrapper}
      className="flow-canvas"
      data-dragging={dragging || undefined}
      role="region"
      aria-label={t('canvas.label')}
      onKeyDown={keyDown}
      onPointerDown={(event) => {
        const card = (event.target as Element).closest<HTMLElement>('.react-flow__node-step');
        const id = card?.dataset.id;
        if (id !== undefined && event.button === 0) startDrag(event, { kind: 'move', id });
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panOnScroll
        zoomOnDoubleClick={false}
        zoomActivationKeyCode={['Control', 'Meta']}
        minZoom={0.15}
        maxZoom={1.5}
        onlyRenderVisibleElements={steps > MANY_STEPS}
        defaultViewport={remembered}
        onMoveEnd={(_event, viewport) => remember(viewport)}
        onNodeClick={click}
        onNodeDoubleClick={(_event, node) => drawing.byId.get(node.id)?.kind === 'step' && ui.getState().set({ renaming: node.id })}
        onNodeContextMenu={(event, node) => {
          event.preventDefault();
          if (drawing.byId.get(node.id)?.kind !== 'step') return;
          const { selection, select } = store.getState();
          if (selection.kind !== 'steps' || !selection.ids.includes(node.id)) select(selectStep(node.id));
          ui.getState().set({ menu: { step: node.id, x: event.clientX, y: event.clientY } });
        }}
        onPaneClick={() => {
          store.getState().select(nothingSelected);
          ui.getState().set({ menu: null });
        }}
        ariaLabelConfig={ariaLabelConfig}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Controls
          showInteractive={false}
          position="bottom-left"
          orientation="horizontal"
          onFitView={() => void flow.fitView({ padding: 0.1, maxZoom: 1 })}
        />
      </ReactFlow>
      <DragGhost />
    </div>
  );
}

/** When the card that has the focus goes, its neighbour gets it, so that the keyboard is never lost (UX 2.6). */
function useFocusThatSurvives(wrapper: React.RefObject<HTMLDivElement | null>) {
  const { store, canvas } = useEditor();
  const { drawing } = useEditorData();
  const before = useRef(drawing);
  const focused = useRef<string | null>(null);

  useEffect(() => {
    const element = wrapper.current;
    if (element === null) return;
    const enter = (event: FocusEvent) => {
      focused.current = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id ?? null;
    };
    const leave = (event: FocusEvent) => {
      // A card that is taken away loses the focus to nothing; that is no leaving.
      if (event.relatedTarget !== null) focused.current = null;
    };
    element.addEventListener('focusin', enter);
    element.addEventListener('focusout', leave);
    return () => {
      element.removeEventListener('focusin', enter);
      element.removeEventListener('focusout', leave);
    };
  }, [wrapper]);

  useEffect(() => {
    const was = focused.current;
    const old = before.current;
    before.current = drawing;
    if (was === null || drawing.byId.has(was)) return;
    // React Flow takes the card away a moment later: until then it still has the focus.
    const active = document.activeElement;
    const lost = active === null || active === document.body || active.closest<HTMLElement>('.react-flow__node')?.dataset.id === was;
    if (!lost) return;
    const wanted = selectedCard(store.getState().selection);
    canvas.current?.focus(wanted !== null && drawing.byId.has(wanted) ? wanted : neighbourOf(old, was, drawing));
  }, [drawing, store, canvas]);
}

/** After an edit, an undo or a redo the selected card is brought into view. */
function useReveal() {
  const { store, canvas } = useEditor();
  const serial = useFlowState((state) => state.lastEdit?.serial ?? 0);
  useEffect(() => {
    if (serial === 0) return;
    const card = selectedCard(store.getState().selection);
    if (card !== null && store.getState().selection.kind !== 'start') requestAnimationFrame(() => canvas.current?.reveal(card));
  }, [serial, store, canvas]);
}
