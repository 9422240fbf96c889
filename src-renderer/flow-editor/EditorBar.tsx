// What the editor puts into the window's top bar: the flow's name and state, how far it is saved, undo and redo, problems, publish.
import { ActionIcon, Button, Group, Menu, Text, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconCircleCheck,
  IconCircleX,
  IconDots,
  IconLayoutSidebarRight,
  IconLayoutSidebar,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setName } from '../../shared/flow/edits.ts';
import { useText } from '../app/i18n.ts';
import { go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { useAct } from '../backend.ts';
import { useResume } from '../flows/ResumeFlow.tsx';
import { keysShown, perform } from './commands.ts';
import { renamedFlow } from './edit-labels.ts';
import { useEditor, useEditorData, useFlowState, useUi } from './editor-context.tsx';
import { differsFromLive } from './editor-store.ts';
import { EarlierVersions } from './KeptPeople.tsx';

export function EditorBar() {
  const name = useFlowState((state) => state.flow.name);
  return (
    <TopBar title={name} name={<FlowName />} middle={<SaveState />}>
      <EarlierVersions />
      <ProblemCount />
      <UndoRedo />
      <MoreMenu />
      <PauseButton />
      <PublishButton />
    </TopBar>
  );
}

function FlowName() {
  const { t } = useTranslation('editor');
  const { store, close } = useEditor();
  const name = useFlowState((state) => state.flow.name);
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Group gap={4} wrap="nowrap" miw={0}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('bar.close')} onClick={close}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <VisuallyHidden component="h1">{name}</VisuallyHidden>
      <input
        className="flow-name"
        aria-label={t('settings.name')}
        value={typed ?? name}
        maxLength={200}
        size={Math.min(40, Math.max(8, (typed ?? name).length))}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => {
          const next = typed?.trim() ?? '';
          if (next !== '') store.getState().edit(renamedFlow(), (flow) => setName(flow, next));
          setTyped(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') {
            setTyped(null);
            requestAnimationFrame(() => document.querySelector<HTMLElement>('.flow-name')?.blur());
          }
        }}
      />
    </Group>
  );
}

function SaveState() {
  const { t } = useTranslation('editor');
  const formats = useFormats();
  const text = useText();
  const { store } = useEditor();
  const saving = useFlowState((state) => state.saving);
  const savedAt = useFlowState((state) => state.savedAt);
  const flowState = useFlowState((state) => state.flowState);
  const draining = useFlowState((state) => state.draining);
  const { t: tLive } = useTranslation('live-flows');
  const live = useFlowState((state) => state.live);
  const differs = useFlowState(differsFromLive);
  const words = {
    saved: t('save.saved', { at: formats.time(savedAt) }),
    waiting: t('save.waiting'),
    saving: t('save.saving'),
    failed: t('save.failed'),
    conflict: t('conflict.title'),
  }[saving.kind];
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <span className="flow-state" data-state={flowState}>
        {draining && flowState === 'live' ? tLive('drain.state') : t(`state.${flowState}`)}
        {live !== null && ` · ${t('bar.version', { version: live.version })}`}
      </span>
      {live !== null && differs && <span className="flow-differs">{t('bar.differs')}</span>}
      <Text
        size="xs"
        c={saving.kind === 'failed' ? 'var(--kanal-red)' : 'dimmed'}
        truncate
        data-saving={saving.kind}
        title={saving.kind === 'failed' ? saving.problems.map((each) => text(each.text)).join(' ') : words}
      >
        {words}
      </Text>
      {saving.kind === 'failed' && (
        <Button size="compact-xs" variant="subtle" onClick={() => void store.getState().flush()}>
          {t('save.again')}
        </Button>
      )}
    </Group>
  );
}

function UndoRedo() {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const undo = useFlowState((state) => state.history.past.at(-1)?.label);
  const redo = useFlowState((state) => state.history.future[0]?.label);
  const buttons = [
    { name: 'undo', label: undo, icon: IconArrowBackUp },
    { name: 'redo', label: redo, icon: IconArrowForwardUp },
  ] as const;
  return (
    <Group gap={0} wrap="nowrap">
      {buttons.map(({ name, label, icon: Icon }) => {
        const words = label === undefined ? t(`command.${name}`) : t(`bar.${name}`, { what: text(label) });
        return (
          <Tooltip key={name} label={`${words} (${keysShown(name)})`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words}
              aria-disabled={label === undefined}
              data-disabled={label === undefined || undefined}
              className="flow-undo"
              data-command={name}
              onClick={() => perform(editor, name)}
            >
              <Icon size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        );
      })}
    </Group>
  );
}

function ProblemCount() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const { problems } = useEditorData();
  const open = useUi((state) => state.problemsOpen);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const rest = problems.length - errors;
  const words = t('problems.count', { errors, rest });
  return (
    <Tooltip label={`${words} (${keysShown('problems')})`}>
      <UnstyledButton
        className="problem-count"
        aria-label={words}
        aria-expanded={open}
        onClick={() => ui.getState().set({ problemsOpen: !open })}
      >
        {errors > 0 && (
          <span data-severity="error">
            <IconCircleX size={15} stroke={1.8} aria-hidden /> {errors}
          </span>
        )}
        {rest > 0 && (
          <span data-severity="warning">
            <IconAlertTriangle size={15} stroke={1.8} aria-hidden /> {rest}
          </span>
        )}
        {problems.length === 0 && <IconCircleCheck size={16} stroke={1.8} color="var(--kanal-green)" aria-hidden />}
      </UnstyledButton>
    </Tooltip>
  );
}

function MoreMenu() {
  const { t } = useTranslation('editor');
  const editor = useEditor();
  const { ui } = editor;
  const { t: tPeople } = useTranslation('people');
  const flow = useFlowState((state) => state.flowId);
  const flowState = useFlowState((state) => state.flowState);
  const palette = useUi((state) => state.paletteOpen);
  const inspector = useUi((state) => state.inspectorOpen);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('bar.more')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconLayoutSidebar size={15} aria-hidden />}
          rightSection={<span className="menu-keys">{keysShown('palette')}</span>}
          onClick={() => ui.getState().set({ paletteOpen: !palette })}
        >
          {t(palette ? 'bar.hidePalette' : 'bar.showPalette')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLayoutSidebarRight size={15} aria-hidden />}
          rightSection={<span className="menu-keys">{keysShown('inspector')}</span>}
          onClick={() => ui.getState().set({ inspectorOpen: !inspector })}
        >
          {t(inspector ? 'bar.hideInspector' : 'bar.showInspector')}
        </Menu.Item>
        <Menu.Divider />
        {(['fit', 'fullSize'] as const).map((name) => (
          <Menu.Item key={name} rightSection={<span className="menu-keys">{keysShown(name)}</span>} onClick={() => perform(editor, name)}>
            {t(`command.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserPlus size={15} aria-hidden />}
          disabled={flowState !== 'live'}
          onClick={() => ui.getState().set({ dialog: { kind: 'enroll' } })}
        >
          {t('enroll.open')}
        </Menu.Item>
        <Menu.Item leftSection={<IconUsers size={15} aria-hidden />} disabled={flowState === 'draft'} onClick={() => go({ screen: 'people', flow })}>
          {tPeople('open')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function PauseButton() {
  const { t } = useTranslation('editor');
  const { store } = useEditor();
  const flow = useFlowState((state) => state.flowId);
  const flowState = useFlowState((state) => state.flowState);
  const name = useFlowState((state) => state.flow.name);
  const { act, busy } = useAct();
  const refresh = () => void store.getState().refresh();
  const resuming = useResume({ id: flow, name }, refresh);
  if (flowState !== 'live' && flowState !== 'paused') return null;
  const pausing = flowState === 'live';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={busy || resuming.busy}
        leftSection={pausing ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
        onClick={() => void (pausing ? act('flows.pause', { flow }, t('bar.paused')).then(refresh) : resuming.resume())}
      >
        {t(pausing ? 'bar.pause' : 'bar.resume')}
      </Button>
      {resuming.dialog}
    </>
  );
}

function PublishButton() {
  const { t } = useTranslation('editor');
  const { ui } = useEditor();
  const differs = useFlowState(differsFromLive);
  return (
    <Tooltip label={keysShown('publish')}>
      <Button size="xs" variant={differs ? 'filled' : 'default'} onClick={() => ui.getState().set({ dialog: { kind: 'publish' } })}>
        {t('bar.publish')}
      </Button>
    </Tooltip>
  );
}
