// The settings of one step: its name, the form of its definition, a note, and what can be done with it.
import { ActionIcon, Alert, Button, Group, Menu, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renameStep, setDisabled, setNote } from '../../shared/flow/edits.ts';
import { outletsOf, titleOf } from '../../shared/flow/reading.ts';
import { stepType } from '../../shared/steps/index.ts';
import { ConfigForm } from '../fields/ConfigForm.tsx';
import { FlowStepsContext } from '../fields/flow-steps.tsx';
import { useText } from '../app/i18n.ts';
import { setField, swapBranches } from './actions.ts';
import { disabledStep, enabledStep, notedStep, renamedStep } from './edit-labels.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';
import { FigureTable } from './FigureTable.tsx';
import { StepIcon } from './icons.tsx';
import { StepMenuItems } from './StepMenu.tsx';

export function StepInspector({ id }: { id: string }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const { problemsOf, figures } = useEditorData();
  const step = useFlowState((state) => state.flow.steps.find((each) => each.id === id));
  const several = useFlowState((state) => state.selection.kind === 'steps' && state.selection.ids.length);
  const swappable = useFlowState(
    (state) => step !== undefined && outletsOf(state.flow, step).length === 2 && state.flow.edges.some((edge) => edge.from === id),
  );
  const showAll = useUi((ui) => ui.showAllProblems);
  const all = useFlowState((state) => state.flow.steps);
  const steps = useMemo(() => all.map((each) => ({ id: each.id, title: text(titleOf(each)) })), [all, text]);
  if (step === undefined) return null;
  const type = stepType(step.type);
  const { edit } = editor.store.getState();
  if (type === undefined) {
    return (
      <Stack gap="md">
        <Head icon="unknown" family="end" title={text(titleOf(step))} />
        <Alert color="red">{t('inspector.unknown')}</Alert>
        <pre className="inspector-raw">{JSON.stringify(step.config, null, 2)}</pre>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Head icon={type.icon} family={type.family} title={text(type.label)} menu />
      {several !== false && several > 1 && <Text size="xs">{t('inspector.several', { count: several })}</Text>}
      <Text size="xs" c="dimmed">
        {text(type.help)}
      </Text>
      <NameField
        name={step.name ?? ''}
        placeholder={text(type.label)}
        onChange={(name) => edit(renamedStep(titleOf(step)), (flow) => renameStep(flow, id, name), { burst: `${id}#name` })}
      />
      <div className="inspector-form">
        <FlowStepsContext value={steps}>
          <ConfigForm
            name={id}
            config={type.config}
            values={step.config}
            problems={problemsOf.get(id) ?? []}
            showAll={showAll}
            inFlow
            onChange={(field, value, meta, typing) => setField(editor, id, field, value, meta.label, typing)}
          />
        </FlowStepsContext>
      </div>
      {swappable && (
        <Button size="compact-sm" variant="default" onClick={() => swapBranches(editor, id)}>
          {t('command.swap')}
        </Button>
      )}
      <Switch
        label={t('inspector.disabled')}
        description={t('inspector.disabledHelp')}
        checked={step.disabled === true}
        onChange={(event) => {
          const disabled = event.currentTarget.checked;
          edit(disabled ? disabledStep(titleOf(step)) : enabledStep(titleOf(step)), (flow) => setDisabled(flow, id, disabled));
        }}
      />
      <NoteField
        key={step.note === undefined ? 'none' : 'some'}
        note={step.note ?? ''}
        onChange={(note) => edit(notedStep(titleOf(step)), (flow) => setNote(flow, id, note), { burst: `${id}#note` })}
      />
      {figures && <FigureTable step={step} />}
    </Stack>
  );
}

export function Head({ icon, family, title, menu = false }: { icon: string; family: string; title: string; menu?: boolean }) {
  const { t } = useTranslation('editor');
  return (
    <Group gap="sm" wrap="nowrap" className="inspector-head">
      <StepIcon name={icon} family={family} size={18} />
      <h2>{title}</h2>
      {menu && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('inspector.more')}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <StepMenuItems />
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

/** What is typed stands as it is until the field is left; the document has it without spaces around it. */
function NameField({ name, placeholder, onChange }: { name: string; placeholder: string; onChange(name: string): void }) {
  const { t } = useTranslation('editor');
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      label={t('inspector.name')}
      placeholder={placeholder}
      value={typed ?? name}
      maxLength={200}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(event.currentTarget.value);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** A note takes no room until there is one. */
function NoteField({ note, onChange }: { note: string; onChange(note: string): void }) {
  const { t } = useTranslation('editor');
  const [open, setOpen] = useState(note !== '');
  if (!open) {
    return (
      <Group>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setOpen(true)}>
          {t('inspector.addNote')}
        </Button>
      </Group>
    );
  }
  return (
    <Textarea
      label={t('inspector.note')}
      autosize
      minRows={2}
      maxRows={12}
      maxLength={10_000}
      value={note}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
