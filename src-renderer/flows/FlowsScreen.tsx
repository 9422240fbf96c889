// The flows of the workspace: what runs, how many people are inside, what needs attention.
import { useCallback, useState } from 'react';
import { ActionIcon, Anchor, Button, Group, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconDoorExit, IconDots, IconHistory, IconFileImport, IconFileExport, IconPlayerPause, IconPlayerPlay, IconPlus, IconTrash, IconUsers, IconVersions } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FlowRow } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { useQuestion } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats, useNow } from '../app/workspace.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Listing } from '../ui/Listing.tsx';
import { saveText } from '../ui/save-text.ts';
import { safeFileName } from '../ui/paths.ts';
import { useDrain } from './DrainFlow.tsx';
import { FlowState } from './FlowState.tsx';
import { useFollow } from './FollowVersion.tsx';
import { ImportFlow } from './ImportFlow.tsx';
import { NewFlow } from './NewFlow.tsx';
import { useResume } from './ResumeFlow.tsx';

export function FlowsScreen() {
  const { t } = useTranslation('flows');
  const flows = useCall('flows.list', {}, ['flows', 'counts']);
  const [asking, setAsking] = useState<'new' | 'import' | null>(null);
  useQuestion('newFlow', useCallback(() => setAsking('new'), []));
  useScreenKeys({ new: { does: t('new'), run: () => setAsking('new') }, open: { does: t('import'), run: () => setAsking('import') } });

  return (
    <>
      <TopBar title={t('title')}>
        <Button variant="default" leftSection={<IconFileImport size={16} stroke={1.7} />} onClick={() => setAsking('import')}>
          {t('import')}
        </Button>
        <Button leftSection={<IconPlus size={16} stroke={1.9} />} onClick={() => setAsking('new')}>
          {t('new')}
        </Button>
      </TopBar>
      <Listing of={flows} empty={{ drawing: 'flow', sentence: t('empty'), action: <Button onClick={() => setAsking('new')}>{t('new')}</Button> }}>
        {(items) => <FlowTable flows={items} />}
      </Listing>
      <NewFlow opened={asking === 'new'} onClose={() => setAsking(null)} />
      <ImportFlow opened={asking === 'import'} onClose={() => setAsking(null)} />
    </>
  );
}

function FlowTable({ flows }: { flows: FlowRow[] }) {
  const { t } = useTranslation('flows');
  const { t: tPeople } = useTranslation('people');
  const formats = useFormats();
  const now = useNow();
  return (
    <Table className="wide-table" highlightOnHover verticalSpacing={10} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('column.name')}</Table.Th>
          <Table.Th w={230}>{t('column.state')}</Table.Th>
          <Table.Th w={180} ta="right">
            {t('column.inside')}
          </Table.Th>
          <Table.Th w={100} ta="right">
            {t('column.entered')}
          </Table.Th>
          <Table.Th w={150}>{t('column.problems')}</Table.Th>
          <Table.Th w={130}>{t('column.changed')}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t('column.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {flows.map((flow) => (
          <Table.Tr key={flow.id} onClick={() => go({ screen: 'flow', id: flow.id })} style={{ cursor: 'pointer' }}>
            <Table.Td>
              <Anchor href={addressOf({ screen: 'flow', id: flow.id })} fw={600} c="inherit" onClick={(event) => event.stopPropagation()}>
                {flow.name}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <FlowState flow={flow} />
            </Table.Td>
            <Table.Td ta="right" onClick={flow.kept + flow.failed + flow.held > 0 ? (event) => event.stopPropagation() : undefined}>
              {flow.inside > 0 ? (
                <Anchor href={addressOf({ screen: 'people', flow: flow.id })} c="inherit" title={tPeople('title', { name: flow.name })} onClick={(event) => event.stopPropagation()}>
                  <VisuallyHidden>{tPeople('title', { name: flow.name })} </VisuallyHidden>
                  {formats.number(flow.inside)}
                </Anchor>
              ) : (
                formats.number(flow.inside)
              )}
              <Stuck flow={flow} />
              {flow.kept > 0 && <Earlier flow={flow} />}
            </Table.Td>
            <Table.Td ta="right">{formats.number(flow.entered)}</Table.Td>
            <Table.Td>
              {flow.problems > 0 && (
                <Group gap={6} wrap="nowrap">
                  <IconAlertTriangle size={15} stroke={1.7} color="var(--kanal-amber)" aria-hidden />
                  <Text size="sm">{t('problems', { count: flow.problems })}</Text>
                </Group>
              )}
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {formats.brief(flow.updatedAt, now)}
              </Text>
            </Table.Td>
            <Table.Td onClick={(event) => event.stopPropagation()}>
              <FlowMenu flow={flow} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** How many are stuck at a step that failed, or wait for a decision; a click leads to them. */
function Stuck({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation('flows');
  return (['failed', 'held'] as const).map(
    (view) =>
      flow[view] > 0 &&
      flow.state !== 'archived' && (
        <Anchor key={view} display="block" fz="xs" ta="right" c={view === 'failed' ? 'var(--kanal-red)' : 'var(--kanal-amber)'} href={addressOf({ screen: 'people', flow: flow.id, view })}>
          {t(`stuck.${view}`, { count: flow[view] })}
        </Anchor>
      ),
  );
}

/** How many of those inside are on earlier versions; a click asks whether to bring them over. */
function Earlier({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation('live-flows');
  const { open, dialog } = useFollow(flow);
  return (
    <>
      <Anchor component="button" type="button" display="block" ml="auto" fz="xs" c="dimmed" ta="right" onClick={open}>
        {t('keep.badge', { count: flow.kept })}
      </Anchor>
      {dialog}
    </>
  );
}

function FlowMenu({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation('flows');
  const { act, busy } = useAct();
  const [removing, setRemoving] = useState(false);
  const { resume, dialog } = useResume(flow);
  const { t: tAudit } = useTranslation('audit');
  const { t: tLive } = useTranslation('live-flows');
  const { t: tPeople } = useTranslation('people');
  const drain = useDrain(flow);
  const follow = useFollow(flow);

  async function exportFile() {
    const file = await act('flows.exportFile', { flow: flow.id });
    if (file !== undefined) saveText(`${safeFileName(flow.name)}.kanalflow`, file.text);
  }

  async function remove() {
    if ((await act('flows.remove', { flow: flow.id }, t('removed', { name: flow.name }))) !== undefined) setRemoving(false);
  }

  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('menu', { name: flow.name })}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {flow.state === 'live' && (
            <Menu.Item leftSection={<IconPlayerPause size={16} stroke={1.6} />} onClick={() => void act('flows.pause', { flow: flow.id }, t('paused', { name: flow.name }))}>
              {t('pause')}
            </Menu.Item>
          )}
          {flow.state === 'paused' && (
            <Menu.Item leftSection={<IconPlayerPlay size={16} stroke={1.6} />} onClick={() => void resume()}>
              {t('resume')}
            </Menu.Item>
          )}
          {(flow.state === 'live' || flow.drain !== null) && (
            <Menu.Item leftSection={<IconDoorExit size={16} stroke={1.6} />} onClick={drain.open}>
              {drain.label}
            </Menu.Item>
          )}
          {flow.kept > 0 && (
            <Menu.Item leftSection={<IconVersions size={16} stroke={1.6} />} onClick={follow.open}>
              {tLive('keep.all')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconFileExport size={16} stroke={1.6} />} onClick={() => void exportFile()}>
            {t('export')}
          </Menu.Item>
          {flow.liveVersion !== null && (
            <Menu.Item leftSection={<IconUsers size={16} stroke={1.6} />} onClick={() => go({ screen: 'people', flow: flow.id })}>
              {tPeople('open')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconHistory size={16} stroke={1.6} />} onClick={() => go({ screen: 'audit', flow: flow.id })}>
            {tAudit('title')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={() => setRemoving(true)}>
            {t('remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
      {drain.dialog}
      {follow.dialog}
      <Confirm opened={removing} title={t('removeTitle', { name: flow.name })} verb={t('remove')} busy={busy} onConfirm={() => void remove()} onClose={() => setRemoving(false)}>
        {t('removeAsk', { count: flow.inside })}
      </Confirm>
    </>
  );
}
