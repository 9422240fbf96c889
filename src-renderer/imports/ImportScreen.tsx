// The import of a file of contacts, step by step: every guess is shown and can be changed before anything is written.
import { useEffect, useRef, type ReactNode } from 'react';
import { Button, Group, Stepper } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { onEvent } from '../backend.ts';
import { useToldKeys } from '../app/keys.ts';
import { go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useWorkspace } from '../app/workspace.tsx';
import { folderOf, joinPath, nameOf } from '../ui/paths.ts';
import { CheckStep } from './CheckStep.tsx';
import { EffectStep } from './EffectStep.tsx';
import { goToStep, hearProgress, IMPORT_STEPS, letGoOfFile, previewImport, runImport, useImport, type ImportStep } from './import-store.ts';
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
  effect: EffectStep,
  result: ResultStep,
};

/** Where rejected rows of an uploaded file go: beside the workspace, named after the file. Others go beside the file. */
function rejectsPath(workspaceFile: string, file: string, word: string): string {
  const name = nameOf(file).replace(/\.[^.]*$/, '');
  return joinPath(folderOf(workspaceFile), `${name} ${word}.csv`);
}

export function ImportScreen() {
  const { t } = useTranslation('imports');
  const workspace = useWorkspace();
  const { step, plan, busy, file, uploaded, preview, previewing, checked, inspection, kind } = useImport();
  // What was mended is looked at before anything goes on.
  const isStale = step === 'check' && preview === null && previewing === null && checked !== null;
  const index = IMPORT_STEPS.indexOf(step);
  const Step = SCREENS[step];
  useEffect(() => onEvent((event) => event.type === 'import' && hearProgress(event.progress)), []);
  useEffect(() => () => letGoOfFile(null), []);

  const obstacle = plan === null ? null : planObstacles(plan);
  const taken = preview === null ? 0 : preview.counts.added + preview.counts.updated + preview.counts.unchanged + (preview.counts.more ?? 0);
  const isBlocked = {
    source: inspection === null,
    read: false,
    // What happened may be said for all rows, among the rules.
    match: obstacle !== null && obstacle.kind !== 'noSource' && !(obstacle.kind === 'needs' && obstacle.field === 'type'),
    rules: obstacle !== null,
    check: (preview === null && !isStale) || preview?.counts.rows === 0,
    effect: preview === null || taken === 0,
    result: true,
  }[step];
  const goOn = useRef<HTMLButtonElement>(null);
  const canGoOn = !busy && !isBlocked;
  // Enter continues, as soon as it may: not while somebody is writing elsewhere.
  useEffect(() => {
    if (canGoOn && (document.activeElement === null || document.activeElement === document.body)) goOn.current?.focus();
  }, [step, canGoOn]);

  const keys = useTranslation('keys').t;
  useToldKeys([{ keys: ['Enter'], does: keys('goOn') }, ...(step === 'check' ? [{ keys: ['Ctrl+Enter'], does: t('checkAgain') }] : [])]);

  function next() {
    if (!canGoOn) return;
    if (step === 'effect') return void runImport(uploaded ? rejectsPath(workspace.file, file!, t('rejectsWord')) : null);
    if (isStale) return void previewImport();
    goToStep(IMPORT_STEPS[index + 1]!);
  }

  function back() {
    if (index === 0) return go({ screen: 'contacts' });
    goToStep(IMPORT_STEPS[index - 1]!);
  }

  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('toContacts') }} title={t(kind === 'contacts' ? 'title' : `title.${kind}`)}>
        <Button variant="default" onClick={() => go({ screen: 'imports' })}>
          {t('past')}
        </Button>
      </TopBar>
      <div className="wizard">
        <Stepper active={index} size="xs" iconSize={26} allowNextStepsSelect={false} onStepClick={(at) => !busy && step !== 'result' && goToStep(IMPORT_STEPS[at]!)}>
          {IMPORT_STEPS.map((name) => (
            <Stepper.Step key={name} label={t(`step.${name}`)} />
          ))}
        </Stepper>
        <div
          className="wizard-body"
          key={step}
          onKeyDown={(event) => {
            // A line of text is done with Enter; lists, tags and areas use it themselves.
            const isLine = event.target instanceof HTMLInputElement && event.target.type === 'text' && event.target.getAttribute('role') !== 'combobox' && event.target.getAttribute('aria-haspopup') === null;
            if (event.key === 'Enter' && isLine && !event.defaultPrevented && step !== 'source') next();
          }}
        >
          <Step />
        </div>
        {step !== 'result' && (
          <Group className="wizard-foot" justify="flex-end" gap="sm">
            <Button variant="default" disabled={busy} onClick={back}>
              {t('back')}
            </Button>
            {(step !== 'source' || inspection !== null) && (
              <Button ref={goOn} disabled={!canGoOn} loading={step === 'effect' && busy} onClick={next}>
                {step === 'effect' && preview !== null ? t('importDo', { count: preview.counts.rows - preview.counts.rejected }) : isStale ? t('checkAgain') : t('continue')}
              </Button>
            )}
          </Group>
        )}
      </div>
    </>
  );
}
