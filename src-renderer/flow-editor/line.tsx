// A line between two cards, with the name of its way out and the `+` that puts a step onto it.
import { memo } from 'react';
import { IconPlus } from '@tabler/icons-react';
import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { useText } from '../app/i18n.ts';
import { spotName } from './describe.ts';
import { useEditor, useUi } from './editor-context.tsx';
import { pathOf, type Line } from './to-canvas.ts';

export type LineEdge = Edge<{ line: Line }, 'line'>;

export const LineView = memo(function LineView({ id, data }: EdgeProps<LineEdge>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { store, ui } = useEditor();
  const offered = useUi((state) => state.drag?.targets.has(id) === true);
  const target = useUi((state) => state.drag?.target === id);
  const dragging = useUi((state) => state.drag !== null);
  if (data === undefined) return null;
  const { route, label, labelAt, plusAt, spot } = data.line;
  return (
    <>
      <BaseEdge
        id={id}
        path={pathOf(route)}
        className="flow-line"
        data-target={target || undefined}
        data-goto={data.line.isGoTo || undefined}
        interactionWidth={0}
      />
      <EdgeLabelRenderer>
        {label !== null && (
          <span className="flow-line-label" style={{ transform: `translate(-50%, -50%) translate(${labelAt.x}px, ${labelAt.y}px)` }}>
            {text(label)}
          </span>
        )}
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
