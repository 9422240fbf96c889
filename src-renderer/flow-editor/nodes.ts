// React Flow's nodes and edges for the present drawing. What did not change keeps its identity, so that its card is not drawn again.
import { useMemo, useState } from 'react';
import { Position, type NodeHandle } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { START } from '../../shared/flow/flow.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { Problem } from '../../shared/problem.ts';
import { useText } from '../app/i18n.ts';
import { changesBetween, sameValue } from './changes.ts';
import { triggerSummary } from './describe.ts';
import { useEditorData, useFlowState } from './editor-context.tsx';
import type { EndNode, GhostNode } from './end-card.tsx';
import { createFaces } from './faces.ts';
import type { LineEdge } from './line.tsx';
import { selectedCard } from './selection.ts';
import type { StartNode, TriggerRow } from './start-card.tsx';
import type { StepNode } from './step-card.tsx';
import type { Card } from './to-canvas.ts';

const NO_PROBLEMS: readonly Problem[] = [];

type CanvasNode = StepNode | StartNode | EndNode | GhostNode;

export function useCanvasNodes(): { nodes: CanvasNode[]; edges: LineEdge[] } {
  const { t } = useTranslation('editor');
  const text = useText();
  const { drawing, names, problemsOf, figures } = useEditorData();
  const flow = useFlowState((state) => state.flow);
  const live = useFlowState((state) => state.live);
  const selection = useFlowState((state) => state.selection);
  const [keepNodes] = useState(() => keeping(sameNode));
  const [faceOf] = useState(createFaces);
  const [keepEdges] = useState(() => keeping(sameEdge));

  const changed = useMemo(() => {
    if (live === null) return new Set<string>();
    return new Set(
      changesBetween(live.flow, flow).flatMap((change) => ('step' in change && change.kind !== 'stepRemoved' ? [change.step.id] : [])),
    );
  }, [live, flow]);

  const nodes = useMemo(() => {
    const active = selectedCard(selection);
    const isActive = (id: string) => (active !== null && drawing.byId.has(active) ? active === id : id === START);
    const chosen = new Set(selection.kind === 'steps' ? selection.ids : active === null ? [] : [active]);
    const total = flow.steps.length;
    const namedEnds = new Map(drawing.lines.map((line) => [line.to, line.label]));
    let number = 0;

    const nodeOf = (card: Card): CanvasNode => {
      const selected = chosen.has(card.id);
      const common = {
        id: card.id,
        position: { x: card.x, y: card.y },
        width: card.width,
        height: card.height,
        measured: { width: card.width, height: card.height },
        handles: handlesOf(card),
        className: 'nopan',
        focusable: true,
        selectable: false,
        domAttributes: { tabIndex: isActive(card.id) ? 0 : -1, 'aria-current': selected ? ('true' as const) : undefined },
      };
      if (card.kind === 'start') {
        const rows = flow.triggers.map((trigger): TriggerRow => {
          const mine = (problemsOf.get(trigger.id) ?? []).filter((each) => each.severity === 'error');
          const unfinished = mine.some((each) => each.code === 'field-missing');
          return {
            trigger,
            summary: triggerSummary(trigger, names),
            state: mine.length === 0 ? 'ok' : unfinished ? 'incomplete' : 'error',
          };
        });
        const label = t('start.aria', { triggers: rows.map((row) => text(row.summary)).join('; '), count: rows.length });
        const trigger = selection.kind === 'start' ? selection.trigger : null;
        return { ...common, type: 'start', ariaRole: 'group', ariaLabel: label, data: { rows, selected, trigger, figures } };
      }
      if (card.kind === 'end' || card.kind === 'ghost') {
        const from = drawing.byId.get(card.spot.from);
        const outlet = namedEnds.get(card.id);
        const label =
          card.kind === 'ghost'
            ? t('ghost.aria')
            : t('end.aria', {
                step: from?.kind === 'step' ? text(titleOf(from.step)) : t('start.when'),
                outlet: outlet == null ? '' : text(outlet),
                named: outlet == null ? 'no' : 'yes',
              });
        return { ...common, type: card.kind, ariaRole: 'button', ariaLabel: label, data: { spot: card.spot, selected } };
      }
      const said = { names, problems: problemsOf.get(card.id) ?? NO_PROBLEMS, t, text };
      const { facts, label } = faceOf(card.step, said, { number: ++number, total });
      return {
        ...common,
        type: 'step',
        ariaRole: 'button',
        ariaLabel: label,
        data: { step: card.step, facts, selected, figures, changed: changed.has(card.id) },
      };
    };

    return keepNodes(drawing.cards.map(nodeOf));
  }, [drawing, flow, names, problemsOf, figures, selection, changed, t, text, keepNodes, faceOf]);

  const edges = useMemo(
    () =>
      keepEdges(
        drawing.lines.map((line) => ({
          id: line.id,
          type: 'line',
          source: line.from,
          target: line.to,
          focusable: false,
          selectable: false,
          ariaLabel: line.label === null ? '' : text(line.label),
          data: { line },
        })),
      ),
    [drawing, keepEdges, text],
  );

  return { nodes, edges };
}

/** Hands a list out with every element replaced by its former self where the two say the same, found by id. */
function keeping<Element extends { id: string }>(same: (a: Element, b: Element) => boolean): (list: Element[]) => Element[] {
  let kept = new Map<string, Element>();
  return (list) => {
    const before = kept;
    kept = new Map();
    for (const element of list) {
      const old = before.get(element.id);
      kept.set(element.id, old !== undefined && same(old, element) ? old : element);
    }
    return [...kept.values()];
  };
}

function sameEdge(a: LineEdge, b: LineEdge): boolean {
  return a.ariaLabel === b.ariaLabel && sameValue(a.data, b.data);
}

/** Documents are compared by identity: a step that was not edited is the same object. */
function sameNode(a: CanvasNode, b: CanvasNode): boolean {
  if (
    a.type !== b.type ||
    a.ariaLabel !== b.ariaLabel ||
    !sameValue(a.position, b.position) ||
    a.height !== b.height ||
    !sameValue(a.domAttributes, b.domAttributes)
  )
    return false;
  return sameValue(a.data, b.data);
}

/** Where lines begin and end; told beforehand, so that React Flow need not measure. */
function handlesOf(card: Card): NodeHandle[] {
  const middle = { x: card.width / 2, width: 1, height: 1 };
  return [
    { ...middle, type: 'target', position: Position.Top, y: 0 },
    { ...middle, type: 'source', position: Position.Bottom, y: card.height },
  ];
}
