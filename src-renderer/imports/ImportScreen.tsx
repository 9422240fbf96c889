// The import of a file of contacts, step by step: every guess is shown and can be changed before anything is written.
import { useEffect, useRef, type ReactNode } from 'react';
import { Button, Group, Stepper } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { onEvent } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { CheckStep } from './CheckStep.tsx';
import { goToStep, hearProgress, IMPORT_STEPS, useImport, type ImportStep } from './import-store.ts';
import { planObstacles } from './plan-obstacles.ts';
import { MatchStep } from './MatchStep.tsx';
import { ReadStep } from './ReadStep.tsx';
import { ResultStep } from './ResultStep.tsx';
import { RulesStep } from './RulesStep.tsx';
import { SourceStep } from './SourceStep.tsx';

const SCREENS: Record<ImportStep, () => ReactNode> = {
  source: SourceStep,
  read: ReadStep,
  match: MatchStep,
  rules: RulesStep,
  check: CheckStep,
  result: ResultStep,
};

/** The steps with a plain "Back" and "Continue"; the others have buttons of their own. */
const NEXT: Partial<Record<ImportStep, ImportStep>> = { read: 'match', match: 'rules', rules: 'check' };

export function ImportScreen() {
  const { t } = useTranslation('imports');
  const { step, plan, busy } = useImport();
  const index = IMPORT_STEPS.indexOf(step);
  const Step = SCREENS[step];
  useEffect(() => onEvent((event) => event.type === 'import' && hearProgress(event.progress)), []);

  const obstacle = plan === null ? null : planObstacles(plan);
  const blocked = busy || (step === 'match' && obstacle !== null && obstacle.kind !== 'noSource') || (step === 'rules' && obstacle !== null);
  const next = NEXT[step];
  const goOn = useRef<HTMLButtonElement>(null);
  useEffect(() => goOn.current?.focus(), [step]);

  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('toContacts') }} title={t('title')} />
      <div className="wizard">
        <Stepper active={index} size="xs" iconSize={26} allowNextStepsSelect={false} onStepClick={(at) => !busy && step !== 'result' && goToStep(IMPORT_STEPS[at]!)}>
          {IMPORT_STEPS.map((name) => (
            <Stepper.Step key={name} label={t(`step.${name}`)} />
          ))}
        </Stepper>
        <div className="wizard-body">
          <Step />
        </div>
        {next !== undefined && (
          <Group className="wizard-foot" justify="flex-end" gap="sm">
            <Button variant="default" disabled={busy} onClick={() => goToStep(IMPORT_STEPS[index - 1]!)}>
              {t('back')}
            </Button>
            <Button ref={goOn} disabled={blocked} onClick={() => goToStep(next)}>
              {t('continue')}
            </Button>
          </Group>
        )}
      </div>
    </>
  );
}
