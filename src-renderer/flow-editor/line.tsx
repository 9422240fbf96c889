// A line between two cards, with the name of its way out and the `+` that puts a step onto it.
import { memo } from 'react';
import { IconPlus } from '@tabler/icons-react';
import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { useText } from '../app/i18n.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useFormats } from '../app/workspace.tsx';
import { spotName } from './describe.ts';
import { PLUS } from './card-size.ts';
import { useEditor, useFlowState, useUi } from './editor-context.tsx';
import { selectStep } from './selection.ts';
import { pathOf, type Line, type Point } from './to-canvas.ts';

export type LineEdge = Edge<{ line: Line }, 'line'>;

export const LineView = memo(function LineView({ id, data }: EdgeProps<LineEdge>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { store, ui } = useEditor();
  const offered = useUi((state) => state.drag?.targets.has(id) === true);
  const target = useUi((state) => state.drag?.target === id);
  const dragging = useUi((state) => state.drag !== null);
  const figures = useFlowState((state) => state.live !== null);
  if (data === undefined) return null;
  const { route, label, labelAt, plusAt, spot, to, isGoTo } = data.line;
  return (
    <>
      <BaseEdge
        id={id}
        path={pathOf(route)}
        className="flow-line"
        data-target={target || undefined}
        data-goto={isGoTo || undefined}
        interactionWidth={0}
      />
      <EdgeLabelRenderer>
        {label !== null && (
          <span
            className="flow-line-label"
            data-outlet={spot.outlet}
            style={{ transform: `translate(-50%, -50%) translate(${labelAt.x}px, ${labelAt.y}px)` }}
          >
            <span>{text(label)}</span>
            {figures && <LeftBy step={spot.from} outlet={spot.outlet} />}
          </span>
        )}
        {isGoTo && <GoTo at={{ x: plusAt.x, y: plusAt.y + PLUS + 4 }} step={to} />}
        {(!dragging || offered) && (
          <button
            type="button"
            tabIndex={-1}
            className="flow-plus nopan"
            data-line={id}
            data-offered={offered || undefined}
            data-target={target || undefined}
            aria-label={t('plus.add', { place: text(spotName(store.getState().flow, spot)) })}
            style={{ transform: `translate(-50%, -50%) translate(${plusAt.x}px, ${plusAt.y}px)` }}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              ui.getState().set({ picker: { at: spot, x: box.left + box.width / 2, y: box.bottom } });
            }}
          >
            <span>
              <IconPlus size={12} stroke={2.2} aria-hidden />
            </span>
          </button>
        )}
      </EdgeLabelRenderer>
    </>
  );
});

/** How many have taken this way. */
function LeftBy({ step, outlet }: { step: string; outlet: string }) {
  const formats = useFormats();
  const left = useUi((ui) => ui.counts?.steps[step]?.left[outlet] ?? 0);
  return <b data-figure="left">{formats.number(left)}</b>;
}

/** Names the step far away at which a branch goes on, and leads there. */
function GoTo({ at, step }: { at: Point; step: string }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { store, canvas } = useEditor();
  const title = useFlowState((state) => state.flow.steps.find((each) => each.id === step));
  if (title === undefined) return null;
  const words = t('goto.to', { step: text(titleOf(title)) });
  return (
    <button
      type="button"
      tabIndex={-1}
      className="flow-goto nopan"
      title={words}
      style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
      onClick={() => {
        store.getState().select(selectStep(step));
        canvas.current?.focus(step);
      }}
    >
      → {text(titleOf(title))}
    </button>
  );
}
