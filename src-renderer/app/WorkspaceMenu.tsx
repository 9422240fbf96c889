// The workspace's name in the top bar, and the way to another one: one file per client.
import { Box, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconArchive, IconChevronDown, IconDoorExit, IconFolderOpen } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';
import { workspaceColour } from './theme.ts';
import { showSuccess } from './notices.tsx';
import { useWorkspace } from './workspace.tsx';

function Dot({ file }: { file: string }) {
  return <Box w={10} h={10} bdrs={3} bg={workspaceColour(file)} style={{ flex: 'none' }} />;
}

export function WorkspaceMenu() {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const { act } = useAct();
  const { data } = useCall('workspace.recent', {}, ['workspace']);
  const others = (data?.recent ?? []).filter((each) => each.file !== workspace.file && !each.missing).slice(0, 6);

  async function backup() {
    const saved = await act('workspace.backup', { file: null });
    if (saved !== undefined) showSuccess(t('workspace.backedUp', { file: saved.file }));
  }

  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <UnstyledButton className="rail-link" aria-label={t('workspace.menu', { name: workspace.name })} maw={220}>
          <Dot file={workspace.file} />
          <Text fw={600} fz="sm" truncate>
            {workspace.name}
          </Text>
          <IconChevronDown size={14} stroke={1.7} aria-hidden style={{ flex: 'none' }} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label style={{ overflowWrap: 'anywhere' }}>{workspace.file}</Menu.Label>
        <Menu.Item leftSection={<IconArchive size={16} stroke={1.6} />} onClick={() => void backup()}>
          {t('workspace.backup')}
        </Menu.Item>
        <Menu.Item leftSection={<IconDoorExit size={16} stroke={1.6} />} onClick={() => void act('workspace.close', {})}>
          {t('workspace.close')}
        </Menu.Item>
        {others.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('workspace.others')}</Menu.Label>
            {others.map((each) => (
              <Menu.Item key={each.file} leftSection={<Dot file={each.file} />} rightSection={<IconFolderOpen size={14} stroke={1.6} />} onClick={() => void act('workspace.open', { file: each.file })}>
                {each.name}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
