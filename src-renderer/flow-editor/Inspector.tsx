// The inspector on the right: the settings of what is selected, drawn from its definition; of the flow where nothing is.
import { useCallback, useEffect, useRef, type PointerEvent } from 'react';
import { ActionIcon, ScrollArea } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useEditor, useFlowState, useUi } from './editor-context.tsx';
import { FlowSettings } from './FlowSettings.tsx';
import { selectedCard, selectedStep } from './selection.ts';
import { StepInspector } from './StepInspector.tsx';
import { StartInspector, TriggerInspector } from './TriggerInspector.tsx';
import { INSPECTOR_WIDTH } from './ui-store.ts';

export function Inspector() {
  const { t } = useTranslation('editor');
  const { store, ui, canvas } = useEditor();
  const selection = useFlowState((state) => state.selection);
  const width = useUi((state) => state.inspectorWidth);
  const content = useRef<HTMLDivElement>(null);
  useWishes(content);

  const step = selectedStep(selection);
  const trigger = selection.kind === 'start' ? selection.trigger : null;
  return (
    <aside
      className="inspector"
      style={{ width }}
      aria-label={t('inspector.label')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        const card = selectedCard(store.getState().selection);
        if (card !== null) canvas.current?.focus(card);
      }}
    >
      <Grip />
      <ActionIcon
        className="inspector-close"
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={t('inspector.close')}
        onClick={() => ui.getState().set({ inspectorOpen: false })}
      >
        <IconX size={15} />
      </ActionIcon>
      <ScrollArea h="100%" type="auto" scrollbarSize={8}>
        <div ref={content} className="inspector-content">
          {step !== null ? (
            <StepInspector key={step} id={step} />
          ) : trigger !== null ? (
            <TriggerInspector key={trigger} id={trigger} />
          ) : selection.kind === 'start' ? (
            <StartInspector />
          ) : (
            <FlowSettings />
          )}
        </div>
      </ScrollArea>
    </aside>
  );
}

/** The edge by which the inspector is made wider or narrower, with the mouse or the arrow keys. */
function Grip() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const width = useUi((state) => state.inspectorWidth);
  const resize = useCallback(
    (next: number) =>
      ui.getState().set({ inspectorWidth: Math.round(Math.min(INSPECTOR_WIDTH.most, Math.max(INSPECTOR_WIDTH.least, next))) }),
    [ui],
  );
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = event.clientX + width;
    const move = (next: globalThis.PointerEvent) => resize(from - next.clientX);
    const element = event.currentTarget;
    element.addEventListener('pointermove', move);
    element.addEventListener('lostpointercapture', () => element.removeEventListener('pointermove', move), { once: true });
  };
  return (
    <div
      className="inspector-grip"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('inspector.resize')}
      aria-valuenow={width}
      aria-valuemin={INSPECTOR_WIDTH.least}
      aria-valuemax={INSPECTOR_WIDTH.most}
      onPointerDown={drag}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') resize(width + 16);
        if (event.key === 'ArrowRight') resize(width - 16);
      }}
    />
  );
}

/** Puts the focus where it was wished for, as soon as that field is there. */
function useWishes(content: React.RefObject<HTMLDivElement | null>) {
  const wish = useUi((state) => state.wish);
  useEffect(() => {
    if (wish === null) return;
    let tries = 10;
    const attempt = () => {
      const inside = content.current;
      const field = wish.field?.split('.')[0];
      const place = field === undefined ? null : inside?.querySelector<HTMLElement>(`[id$="-${CSS.escape(field)}"]`);
      const focusable = 'input:not([type=hidden]), textarea, select, button';
      const target =
        place?.matches('input, textarea, select') === true
          ? place
          : (place?.querySelector<HTMLElement>(focusable) ??
            (field === undefined ? inside?.querySelector<HTMLElement>(`.inspector-form :is(${focusable})`) : null) ??
            inside?.querySelector<HTMLElement>(focusable));
      if (target != null) {
        target.focus();
        target.scrollIntoView({ block: 'nearest' });
      } else if (tries-- > 0) requestAnimationFrame(attempt);
    };
    requestAnimationFrame(attempt);
  }, [wish, content]);
}
