// What the rest of the editor may ask of the canvas: bring a card into view, give it the focus, zoom. And the remembered view.
import { useCallback, useEffect, useImperativeHandle, useMemo, type RefObject } from 'react';
import { useReactFlow, type Viewport } from '@xyflow/react';
import { useReducedMotion } from '@mantine/hooks';
import { START } from '../../shared/flow/flow.ts';
import { START_WIDTH } from './card-size.ts';
import { useEditor } from './editor-context.tsx';

const MARGIN = 48;

/** `view` names the flow among all that this window has shown; its last place and zoom are kept under it. */
export function useCanvasHandle(
  wrapper: RefObject<HTMLDivElement | null>,
  view: string,
): { remembered: Viewport | undefined; remember(viewport: Viewport): void } {
  const flow = useReactFlow();
  const { canvas, drawing } = useEditor();
  const still = useReducedMotion();
  const key = `kanal.view.${view}`;
  const remembered = useMemo(() => readView(key), [key]);

  useImperativeHandle(canvas, () => {
    const duration = still ? 0 : 150;
    const box = () => wrapper.current?.getBoundingClientRect() ?? new DOMRect();
    const handle = {
      fit: () => void flow.fitView({ padding: 0.1, maxZoom: 1, duration }),
      fullSize: () => void flow.zoomTo(1, { duration }),
      zoomBy: (factor: number) => void flow.zoomTo(flow.getZoom() * factor, { duration }),
      reveal(id: string) {
        const card = drawing.current?.byId.get(id);
        if (card === undefined) return;
        const { x, y, zoom } = flow.getViewport();
        const { width, height } = box();
        const left = card.x * zoom + x;
        const top = card.y * zoom + y;
        const dx = shift(left, left + card.width * zoom, width);
        const dy = shift(top, top + card.height * zoom, height);
        if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration });
      },
      focus(id: string) {
        handle.reveal(id);
        // Cards out of view may not be drawn yet.
        let tries = 20;
        const attempt = () => {
          const element = wrapper.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
          if (element != null) element.focus({ preventScroll: true });
          else if (tries-- > 0) requestAnimationFrame(attempt);
        };
        attempt();
      },
      screenPoint(id: string) {
        const card = drawing.current?.byId.get(id);
        if (card === undefined) return { x: 0, y: 0 };
        return flow.flowToScreenPosition({ x: card.x + card.width / 2, y: card.y + card.height + 4 });
      },
    };
    return handle;
  }, [flow, drawing, wrapper, still]);

  // A flow that was never looked at opens at its trigger, in the middle and at full size.
  useEffect(() => {
    if (remembered !== undefined) return;
    const frame = requestAnimationFrame(() => {
      const width = wrapper.current?.clientWidth ?? 0;
      const start = drawing.current?.byId.get(START);
      void flow.setViewport({ x: width / 2 - (start?.x ?? 0) - START_WIDTH / 2, y: 40 - (start?.y ?? 0), zoom: 1 });
    });
    return () => cancelAnimationFrame(frame);
  }, [remembered, flow, wrapper, drawing]);

  const remember = useCallback((viewport: Viewport) => localStorage.setItem(key, JSON.stringify(viewport)), [key]);
  return { remembered, remember };
}

/** By how much something between two edges must move to be inside of `size`; 0 when it is. */
function shift(from: number, to: number, size: number): number {
  if (from < MARGIN) return MARGIN - from;
  if (to > size - MARGIN) return Math.max(size - MARGIN - to, MARGIN - from);
  return 0;
}

function readView(key: string): Viewport | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { x, y, zoom } = value as Record<string, unknown>;
    return typeof x === 'number' && typeof y === 'number' && typeof zoom === 'number' ? { x, y, zoom } : undefined;
  } catch {
    return undefined;
  }
}
