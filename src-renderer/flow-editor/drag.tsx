// Dragging a step type from the palette, or a step of the flow, onto a `+`. Targets light up; the nearest one takes the drop,
// also when it falls beside it; Escape lets go.
import { useCallback, useEffect, useRef, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { useReactFlow } from '@xyflow/react';
import { useText } from '../app/i18n.ts';
import { canMoveTo } from '../../shared/flow/edits.ts';
import { stepOf, titleOf } from '../../shared/flow/reading.ts';
import { stepType } from '../../shared/steps/index.ts';
import { canInsert, insertStep, moveTo } from './actions.ts';
import { useEditor, useUi, type Editor } from './editor-context.tsx';
import { StepIcon } from './icons.tsx';
import type { Line } from './to-canvas.ts';
import type { Dragged } from './ui-store.ts';

/** A press becomes a drag after so many pixels. */
const THRESHOLD = 5;
/** This close to the canvas's edge it scrolls. */
const EDGE = 40;
const SCROLL = 12;

type StartDrag = (event: ReactPointerEvent, what: Dragged) => void;

/** The lines that a drag may end on; what would change nothing is not offered. */
function targetsFor({ store, drawing }: Editor, what: Dragged): Line[] {
  const { flow } = store.getState();
  const lines = drawing.current?.lines ?? [];
  return lines.filter((line) => (what.kind === 'new' ? canInsert(flow, what.type, line.spot) : canMoveTo(flow, what.id, line.spot)));
}

/** For the element in which the canvas is, or which finds it (the palette). */
export function useDrag(canvas: RefObject<HTMLElement | null>): StartDrag {
  const editor = useEditor();
  const flow = useReactFlow();
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  return useCallback(
    (event, what) => {
      if ((event.target as Element).closest('input')) return;
      const from = { x: event.clientX, y: event.clientY };
      let at = from;
      let lines: Line[] | null = null;
      let frame = 0;
      let wasInside = false;
      const { set } = editor.ui.getState();
      const box = () => (canvas.current ?? document.querySelector('.flow-canvas'))?.getBoundingClientRect() ?? new DOMRect();

      const show = () => {
        if (lines === null) return;
        const { left, right, top, bottom } = box();
        const inside = at.x >= left && at.x <= right && at.y >= top && at.y <= bottom;
        const point = flow.screenToFlowPosition(at);
        const distance = (line: Line) => Math.hypot(line.plusAt.x - point.x, line.plusAt.y - point.y);
        const nearest = inside
          ? lines.reduce<Line | null>((best, line) => (best === null || distance(line) < distance(best) ? line : best), null)
          : null;
        set({
          drag: {
            what,
            ...at,
            targets: editor.ui.getState().drag?.targets ?? new Set(lines.map((line) => line.id)),
            target: nearest?.id ?? null,
          },
        });
      };

      const scroll = () => {
        const { left, right, top, bottom } = box();
        // Whoever comes from the palette crosses the edge without meaning it: scrolling begins after a stay inside.
        const within = (margin: number) =>
          at.x > left + margin && at.x < right - margin && at.y > top + margin && at.y < bottom - margin;
        if (within(EDGE)) wasInside = true;
        const towards = (value: number, low: number, high: number) => {
          if (!wasInside || !within(0)) return 0;
          return value < low + EDGE ? 1 : value > high - EDGE ? -1 : 0;
        };
        const dx = towards(at.x, left, right);
        const dy = towards(at.y, top, bottom);
        if (dx !== 0 || dy !== 0) {
          const { x, y, zoom } = flow.getViewport();
          void flow.setViewport({ x: x + dx * SCROLL, y: y + dy * SCROLL, zoom });
          show();
        }
        frame = requestAnimationFrame(scroll);
      };

      const move = (next: PointerEvent) => {
        at = { x: next.clientX, y: next.clientY };
        if (lines === null) {
          if (Math.hypot(at.x - from.x, at.y - from.y) < THRESHOLD) return;
          lines = targetsFor(editor, what);
          frame = requestAnimationFrame(scroll);
        }
        show();
      };

      const end = () => {
        cancelAnimationFrame(frame);
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', drop);
        window.removeEventListener('pointercancel', end);
        window.removeEventListener('keydown', escape, true);
        stop.current = null;
        if (lines !== null) set({ drag: null });
      };

      const drop = () => {
        const target = editor.ui.getState().drag?.target;
        const line = lines?.find((each) => each.id === target);
        // The click that ends a drag selects nothing.
        if (lines !== null) window.addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => window.removeEventListener('click', swallow, true));
        end();
        if (line === undefined) return;
        if (what.kind === 'new') insertStep(editor, what.type, line.spot);
        else moveTo(editor, what.id, line.spot);
      };

      const escape = (key: KeyboardEvent) => {
        if (key.key !== 'Escape' || lines === null) return;
        key.stopPropagation();
        end();
      };

      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', drop);
      window.addEventListener('pointercancel', end);
      window.addEventListener('keydown', escape, true);
      stop.current = end;
    },
    [editor, flow, canvas],
  );
}

function swallow(event: MouseEvent): void {
  event.stopPropagation();
  event.preventDefault();
}

/** What hangs on the pointer during a drag. */
export function DragGhost() {
  const drag = useUi((ui) => ui.drag);
  const { store } = useEditor();
  const text = useText();
  if (drag === null) return null;
  const step = drag.what.kind === 'move' ? stepOf(store.getState().flow, drag.what.id) : null;
  const type = stepType(step?.type ?? (drag.what.kind === 'new' ? drag.what.type : ''));
  const title = step !== null ? titleOf(step) : type?.label;
  return createPortal(
    <div
      className="drag-ghost"
      data-family={type?.family}
      style={{ transform: `translate(${drag.x + 12}px, ${drag.y + 10}px)` }}
      aria-hidden
    >
      <StepIcon name={type?.icon ?? 'unknown'} family={type?.family ?? 'end'} />
      {title !== undefined && text(title)}
    </div>,
    document.body,
  );
}
