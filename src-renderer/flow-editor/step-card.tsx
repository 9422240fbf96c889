// The card of a step on the canvas: family colour on its left edge and icon, title, what it does in words, and its figures.
import { memo, useEffect, useRef } from 'react';
import { IconAlertTriangleFilled, IconCircleXFilled, IconNote, IconPlayerPause } from '@tabler/icons-react';
import type { Node, NodeProps } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { renameStep } from '../../shared/flow/edits.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { useText } from '../app/i18n.ts';
import type { StepFacts } from './describe.ts';
import { renamedStep } from './edit-labels.ts';
import { useEditor, useUi } from './editor-context.tsx';
import { StepIcon } from './icons.tsx';
import { Ports } from './ports.tsx';
import { StepFigures } from './figures.tsx';

export type StepNode = Node<{ step: Step; facts: StepFacts; selected: boolean; figures: boolean; changed: boolean }, 'step'>;

export const StepCard = memo(function StepCard({ data }: NodeProps<StepNode>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { step, facts } = data;
  const renaming = useUi((ui) => ui.renaming === step.id);
  const dragged = useUi((ui) => ui.drag?.what.kind === 'move' && ui.drag.what.id === step.id);
  const title = text(facts.title);
  const summary = text(facts.summary);
  return (
    <div
      className="step-card"
      data-family={facts.family}
      data-state={facts.state}
      data-selected={data.selected || undefined}
      data-disabled={facts.disabled || undefined}
      data-dragged={dragged || undefined}
    >
      <Ports />
      <div className="step-card-head">
        <StepIcon name={facts.icon} family={facts.family} />
        {renaming ? (
          <TitleInput step={step} />
        ) : (
          <span className="step-card-title" title={title}>
            {title}
          </span>
        )}
        {facts.noted && <IconNote size={14} stroke={1.6} aria-hidden className="step-card-mark" />}
        {data.changed && <span className="step-card-changed" title={t('card.changed')} />}
      </div>
      <div className="step-card-summary" title={summary}>
        {facts.state === 'error' || facts.state === 'unknown' ? <IconCircleXFilled size={13} aria-hidden /> : null}
        {facts.state === 'incomplete' ? <IconAlertTriangleFilled size={13} aria-hidden /> : null}
        {facts.disabled && <IconPlayerPause size={13} stroke={1.7} aria-hidden />}
        {facts.disabled ? t('card.disabled') : summary}
      </div>
      {data.figures && <StepFigures step={step} />}
    </div>
  );
});

/** The title as an input, in place. Enter and leaving it keep the name, Escape does not. */
function TitleInput({ step }: { step: Step }) {
  const { store, ui, text, canvas } = useEditor();
  const { t } = useTranslation('editor');
  const input = useRef<HTMLInputElement>(null);
  const settled = useRef(false);

  useEffect(() => input.current?.select(), []);

  function settle(keep: boolean, byKey: boolean) {
    if (settled.current) return;
    settled.current = true;
    const name = input.current?.value ?? '';
    ui.getState().set({ renaming: null });
    if (keep && name.trim() !== text(titleOf(step)))
      store.getState().edit(renamedStep(titleOf(step)), (flow) => renameStep(flow, step.id, name));
    if (byKey) requestAnimationFrame(() => canvas.current?.focus(step.id));
  }

  return (
    <input
      ref={input}
      className="step-card-rename nodrag"
      aria-label={t('card.name')}
      defaultValue={text(titleOf(step))}
      maxLength={200}
      onBlur={() => settle(true, false)}
      onPointerDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') settle(true, true);
        if (event.key === 'Escape') settle(false, true);
      }}
    />
  );
}
