// The problems of the flow below the canvas, live. A click, Enter or F8 goes to the step and its field.
import { ActionIcon, Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fixOf } from '../../shared/flow/fixes.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import type { Problem } from '../../shared/problem.ts';
import { useText } from '../app/i18n.ts';
import { triggerTitle } from './describe.ts';
import { useEditor, useEditorData, useFlowState } from './editor-context.tsx';
import { goToProblem, inOrder } from './problem-list.ts';
import { selectStep } from './selection.ts';

const MARKS = {
  error: { icon: IconCircleX, colour: 'var(--kanal-red)' },
  warning: { icon: IconAlertTriangle, colour: 'var(--kanal-amber)' },
  hint: { icon: IconInfoCircle, colour: 'var(--kanal-caption)' },
} as const;

export function ProblemsPanel() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const { problems } = useEditorData();
  return (
    <section className="problems-panel" aria-label={t('problems.label')}>
      <header>
        <h2>{t('problems.label')}</h2>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t('problems.close')}
          onClick={() => ui.getState().set({ problemsOpen: false })}
        >
          <IconX size={15} />
        </ActionIcon>
      </header>
      {problems.length === 0 ? <p>{t('problems.none')}</p> : <ProblemRows problems={problems} />}
    </section>
  );
}

/** Errors first. `onGo` hears that one was gone to, for a dialog to close. */
export function ProblemRows({ problems, onGo }: { problems: readonly Problem[]; onGo?(): void }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const flow = useFlowState((state) => state.flow);
  const placeOf = ({ place }: Problem): string => {
    const step = flow.steps.find((each) => each.id === place?.step);
    const trigger = flow.triggers.find((each) => each.id === place?.trigger);
    return step !== undefined ? text(titleOf(step)) : trigger !== undefined ? text(triggerTitle(trigger)) : t('problems.flow');
  };
  return (
    <ul className="problem-rows">
      {inOrder(problems).map((problem, index) => {
        const { icon: Icon, colour } = MARKS[problem.severity];
        return (
          <li key={index}>
            <button
              type="button"
              onClick={() => {
                onGo?.();
                goToProblem(editor, problem);
              }}
            >
              <Icon size={16} stroke={1.7} color={colour} aria-label={t(`severity.${problem.severity}`)} />
              <b>{placeOf(problem)}</b>
              <span>{text(problem.text)}</span>
            </button>
            <FixButton problem={problem} />
          </li>
        );
      })}
    </ul>
  );
}

/** Mends the problem at once, where that can be said; it can be undone as any edit. */
function FixButton({ problem }: { problem: Problem }) {
  const text = useText();
  const { store, newId } = useEditor();
  const flow = useFlowState((state) => state.flow);
  const fix = fixOf(problem, flow);
  if (fix === null) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      onClick={() => {
        const id = newId();
        store.getState().edit(fix.label, (before) => fix.apply(before, id), { select: selectStep(id) });
      }}
    >
      {text(fix.label)}
    </Button>
  );
}
