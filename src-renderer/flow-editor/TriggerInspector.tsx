// The settings of a trigger, drawn from its definition; and of the start as a whole: the list of triggers and who comes in.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { triggerType } from '../../shared/triggers/index.ts';
import { ConfigForm } from '../fields/ConfigForm.tsx';
import { useText } from '../app/i18n.ts';
import { deleteTrigger, setTriggerField } from './actions.ts';
import { triggerSummary, triggerTitle } from './describe.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';
import { EntrySettings } from './FlowSettings.tsx';
import { StepIcon } from './icons.tsx';
import { Head } from './StepInspector.tsx';
import { TriggerMenu } from './TriggerMenu.tsx';
import { showUndo } from './undo-notice.tsx';

export function TriggerInspector({ id }: { id: string }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const { problemsOf } = useEditorData();
  const trigger = useFlowState((state) => state.flow.triggers.find((each) => each.id === id));
  const flowState = useFlowState((state) => state.flowState);
  const showAll = useUi((ui) => ui.showAllProblems);
  if (trigger === undefined) return null;
  const type = triggerType(trigger.type);
  return (
    <Stack gap="md">
      <Head icon={type?.icon ?? 'unknown'} family="trigger" title={text(triggerTitle(trigger))} />
      {type === undefined ? (
        <Alert color="red">{t('inspector.unknown')}</Alert>
      ) : (
        <>
          <Text size="xs" c="dimmed">
            {text(type.help)}
          </Text>
          <div className="inspector-form">
            <ConfigForm
              name={id}
              config={type.config}
              values={trigger.config}
              problems={problemsOf.get(id) ?? []}
              showAll={showAll}
              onChange={(field, value, meta, typing) => setTriggerField(editor, id, field, value, meta.label, typing)}
            />
          </div>
          {type.source(type.config.parse({})).on === 'hand' && (
            <Stack gap="xs">
              <Button
                variant="default"
                disabled={flowState !== 'live'}
                onClick={() => editor.ui.getState().set({ dialog: { kind: 'enroll' } })}
              >
                {t('enroll.open')}
              </Button>
              {flowState !== 'live' && (
                <Text size="xs" c="dimmed">
                  {t('enroll.publishFirst')}
                </Text>
              )}
            </Stack>
          )}
        </>
      )}
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} />}
          onClick={() => showUndo(editor, deleteTrigger(editor, id))}
        >
          {t('trigger.remove')}
        </Button>
      </Group>
    </Stack>
  );
}

export function StartInspector() {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const { names } = useEditorData();
  const triggers = useFlowState((state) => state.flow.triggers);
  return (
    <Stack gap="lg">
      <Stack gap="sm">
        <Head icon="userPlus" family="trigger" title={t('start.title')} />
        <Text size="xs" c="dimmed">
          {t('start.help')}
        </Text>
        {triggers.map((trigger) => (
          <button
            key={trigger.id}
            type="button"
            className="inspector-row"
            onClick={() => editor.store.getState().select({ kind: 'start', trigger: trigger.id })}
          >
            <StepIcon name={triggerType(trigger.type)?.icon ?? 'unknown'} family="trigger" />
            <span>{text(triggerSummary(trigger, names))}</span>
          </button>
        ))}
        <Group>
          <TriggerMenu>
            <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />}>
              {t('start.another')}
            </Button>
          </TriggerMenu>
        </Group>
      </Stack>
      <EntrySettings />
    </Stack>
  );
}
