// The settings of the flow itself: who may come in and how often, what counts as reaching the goal, who leaves early.
import { Input, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { setEntry, setExit, setGoal, setName, setOptOut } from '../../shared/flow/edits.ts';
import { REENTRIES } from '../../shared/flow/entry.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { say, type Text as Sentence } from '../../shared/text.ts';
import { useText } from '../app/i18n.ts';
import { RuleBuilder } from '../fields/rule-builder.tsx';
import { PatientNumber } from '../fields/simple.tsx';
import { EntryForm } from './EntryForm.tsx';
import { changedSetting, renamedFlow } from './edit-labels.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';

const SETTINGS = {
  reentry: say('Coming in again'),
  audience: say('Who may come in'),
  goal: say('Goal'),
  exit: say('Leaving early'),
  optOut: say('On opt-out'),
};

export function FlowSettings() {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const optOut = useFlowState((state) => state.flow.optOut);
  const goal = useFlowState((state) => state.flow.goal);
  const exit = useFlowState((state) => state.flow.exit);
  const { edit } = store.getState();
  return (
    <Stack gap="lg" className="inspector-form">
      <div className="inspector-head">
        <h2>{t('settings.title')}</h2>
      </div>
      <FlowNameField />
      <EntrySettings />
      <RuleSetting
        id="flow-goal"
        name={SETTINGS.goal}
        help={t('settings.goalHelp')}
        rule={goal}
        field="goal"
        inFlow
        change={(rule, typing) => edit(changedSetting(SETTINGS.goal), (flow) => setGoal(flow, rule), typing ? { burst: '#goal' } : {})}
      />
      <RuleSetting
        id="flow-exit"
        name={SETTINGS.exit}
        help={t('settings.exitHelp')}
        rule={exit}
        field="exit"
        inFlow
        change={(rule, typing) => edit(changedSetting(SETTINGS.exit), (flow) => setExit(flow, rule), typing ? { burst: '#exit' } : {})}
      />
      <OptOut value={optOut} onChange={(value) => edit(changedSetting(SETTINGS.optOut), (flow) => setOptOut(flow, value))} />
    </Stack>
  );
}

function FlowNameField() {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const name = useFlowState((state) => state.flow.name);
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      id="flow-name"
      label={t('settings.name')}
      value={typed ?? name}
      maxLength={200}
      error={typed !== null && typed.trim() === '' ? t('settings.nameNeeded') : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        if (next.trim() !== '') store.getState().edit(renamedFlow(), (flow) => setName(flow, next.trim()), { burst: '#name' });
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** How often a contact may come in, and who. */
export function EntrySettings() {
  const { t } = useTranslation('editor');
  const text = useText();
  const { store } = useEditor();
  const entry = useFlowState((state) => state.flow.entry);
  const { edit } = store.getState();
  return (
    <>
      <Radio.Group
        label={text(SETTINGS.reentry)}
        value={entry.reentry}
        onChange={(value) =>
          edit(changedSetting(SETTINGS.reentry), (flow) => setEntry(flow, { reentry: value as Flow['entry']['reentry'] }))
        }
      >
        <Stack gap={6} mt={6}>
          {REENTRIES.map((value) => (
            <Radio key={value} value={value} label={t(`reentry.${value}`)} size="xs" />
          ))}
        </Stack>
      </Radio.Group>
      {entry.reentry === 'afterDays' && (
        <PatientNumber
          label={t('settings.reentryDays')}
          w={140}
          min={1}
          max={3650}
          allowDecimal={false}
          value={entry.reentryDays}
          onChange={(days, typing) =>
            days !== null &&
            days >= 1 &&
            days <= 3650 &&
            edit(changedSetting(SETTINGS.reentry), (flow) => setEntry(flow, { reentryDays: days }), typing ? { burst: '#reentryDays' } : {})
          }
        />
      )}
      <EntryForm />
      <RuleSetting
        id="flow-entry"
        name={SETTINGS.audience}
        help={t('settings.audienceHelp')}
        rule={entry.audience}
        field="entry"
        change={(audience, typing) =>
          edit(changedSetting(SETTINGS.audience), (flow) => setEntry(flow, { audience }), typing ? { burst: '#audience' } : {})
        }
      />
    </>
  );
}

type RuleSettingProps = {
  id: string;
  name: Sentence;
  help: string;
  rule: Rule | null;
  field: string;
  inFlow?: boolean;
  change(rule: Rule | null, typing?: boolean): void;
};

function RuleSetting({ id, name, help, rule, field, inFlow = false, change }: RuleSettingProps) {
  const text = useText();
  const { problems } = useEditorData();
  const showAll = useUi((ui) => ui.showAllProblems);
  const [left, setLeft] = useState(false);
  const mine = problems.filter(
    (problem) => problem.place?.step === undefined && problem.place?.trigger === undefined && problem.place?.field?.split('.')[0] === field,
  );
  const error = (showAll || left) && mine.length > 0 ? mine.map((problem) => text(problem.text)).join(' ') : undefined;
  return (
    <Input.Wrapper
      label={text(name)}
      description={help}
      error={error}
      labelElement="div"
      labelProps={{ id: `${id}-label` }}
      inputWrapperOrder={['label', 'description', 'input', 'error']}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setLeft(true)}
    >
      <div id={id} role="group" aria-labelledby={`${id}-label`} className="inspector-rule">
        <RuleBuilder value={rule} onChange={change} inFlow={inFlow} />
      </div>
    </Input.Wrapper>
  );
}

function OptOut({ value, onChange }: { value: Flow['optOut']; onChange(value: Flow['optOut']): void }) {
  const { t } = useTranslation('editor');
  const text = useText();
  return (
    <Radio.Group
      label={text(SETTINGS.optOut)}
      description={t('settings.optOutHelp')}
      value={value}
      onChange={(next) => onChange(next as Flow['optOut'])}
    >
      <Stack gap={6} mt={6}>
        {(['exit', 'continue'] as const).map((each) => (
          <Radio key={each} value={each} label={t(`optOut.${each}`)} size="xs" />
        ))}
      </Stack>
    </Radio.Group>
  );
}
