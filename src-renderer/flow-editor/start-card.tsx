// The card at the top: "When …" with every trigger of the flow, and a way to add another.
import { memo } from 'react';
import { IconBolt, IconPlus } from '@tabler/icons-react';
import type { Node, NodeProps } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import type { Trigger } from '../../shared/flow/flow.ts';
import { triggerType, triggerTypes } from '../../shared/triggers/index.ts';
import type { Text } from '../../shared/text.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { addNewTrigger } from './actions.ts';
import { useEditor, useUi } from './editor-context.tsx';
import { Ports } from './ports.tsx';
import { StepIcon } from './icons.tsx';
import { TriggerMenu } from './TriggerMenu.tsx';

export type TriggerRow = { trigger: Trigger; summary: Text; state: 'ok' | 'incomplete' | 'error' | 'unknown' };
export type StartNode = Node<{ rows: TriggerRow[]; selected: boolean; trigger: string | null; figures: boolean }, 'start'>;

/** How many trigger types a flow without triggers is offered at once. */
export const SUGGESTED_TRIGGERS = triggerTypes.slice(0, 6);

export const StartCard = memo(function StartCard({ data }: NodeProps<StartNode>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const formats = useFormats();
  const counts = useUi((ui) => ui.counts);
  const select = (id: string) => {
    editor.store.getState().select({ kind: 'start', trigger: id });
    editor.ui.getState().set({ inspectorOpen: true });
  };
  return (
    <div className="start-card" data-selected={data.selected || undefined}>
      <Ports />
      <div className="start-card-head">
        <IconBolt size={16} stroke={1.7} color="var(--kanal-family-trigger)" aria-hidden />
        <span className="step-card-title">{t('start.when')}</span>
        {data.figures && counts !== null && (
          <span className="figure" data-figure="flow-entered">
            <b>{formats.number(counts.entered)}</b> {t('figures.entered')}
          </span>
        )}
      </div>
      {data.rows.length === 0 && <div className="start-card-ask">{t('start.choose')}</div>}
      {data.rows.length === 0 &&
        SUGGESTED_TRIGGERS.map((type) => (
          <button key={type.type} type="button" className="start-card-suggestion" onClick={() => addNewTrigger(editor, type.type)}>
            <StepIcon name={type.icon} family="trigger" />
            <span>{text(type.label)}</span>
          </button>
        ))}
      {data.rows.map(({ trigger, summary, state }) => (
        <button
          key={trigger.id}
          type="button"
          className="start-card-trigger"
          data-state={state}
          data-trigger={trigger.id}
          aria-pressed={data.trigger === trigger.id}
          title={text(summary)}
          onClick={() => select(trigger.id)}
        >
          <StepIcon name={triggerType(trigger.type)?.icon ?? 'unknown'} family="trigger" />
          <span>{text(summary)}</span>
        </button>
      ))}
      {data.rows.length > 0 && (
        <TriggerMenu>
          <button type="button" className="start-card-add">
            <IconPlus size={14} aria-hidden />
            {t('start.another')}
          </button>
        </TriggerMenu>
      )}
    </div>
  );
});
