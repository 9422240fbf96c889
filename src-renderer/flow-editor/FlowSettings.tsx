// The settings of the flow itself: who may come in and how often, what counts as reaching the goal, who leaves early.
import { Input, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { setEntry, setExit, setGoal, setName, setOptOut, setPriority } from '../../shared/flow/edits.ts';
import { REENTRIES } from '../../shared/flow/entry.ts';
import { PRIORITIES } from '../../shared/flow/flow.ts';
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
  priority: say('Priority'),
};

export function FlowSettings() {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const optOut = useFlowState((state) => state.flow.optOut);
  const priority = useFlowState((state) => state.flow.priority);
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
      <Choice
        label={SETTINGS.optOut}
        help={t('settings.optOutHelp')}
        options={[{ value: 'exit', text: t('optOut.exit') }, { value: 'continue', text: t('optOut.continue') }]}
        value={optOut}
        onChange={(value) => edit(changedSetting(SETTINGS.optOut), (flow) => setOptOut(flow, value))}
      />
      <Choice
        label={SETTINGS.priority}
        help={t('settings.priorityHelp')}
        options={PRIORITIES.map((each) => ({ value: each, text: t(`priority.${each}`) }))}
        value={priority}
        onChange={(value) => edit(changedSetting(SETTINGS.priority), (flow) => setPriority(flow, value))}
      />
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
          edit(changedSetting(SETTINGS.reentry), (flow) => setEntry(flow, { reentry: value }))
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

type ChoiceProps<Value extends string> = { label: Sentence; help: string; options: readonly { value: Value; text: string }[]; value: Value; onChange(value: Value): void };

function Choice<Value extends string>({ label, help, options, value, onChange }: ChoiceProps<Value>) {
  const text = useText();
  return (
    <Radio.Group label={text(label)} description={help} value={value} onChange={(next) => onChange(next)}>
      <Stack gap={6} mt={6}>
        {options.map((each) => (
          <Radio key={each.value} value={each.value} label={each.text} size="xs" />
        ))}
      </Stack>
    </Radio.Group>
  );
}
