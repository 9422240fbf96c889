// Saved views of the list: choose one, keep the present one under a name, rename, remove.
import { useState } from 'react';
import { Button, Menu, Text } from '@mantine/core';
import { IconCheck, IconChevronDown, IconDeviceFloppy, IconPencil, IconRestore, IconTable, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { NameDialog } from '../ui/NameDialog.tsx';
import type { ViewState } from './contact-view.ts';

export function ViewMenu({ state }: { state: ViewState }) {
  const { t } = useTranslation('contact-list');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState<'save' | 'rename' | 'remove' | null>(null);
  const { view, saved, chosen, differs, choose } = state;
  const close = () => setAsking(null);

  async function save(id: number | null, name: string) {
    // A new name alone leaves what is kept under it as it was.
    const kept = asking === 'rename' && chosen !== null ? chosen.view : view;
    const answer = await act('views.save', { id, name, view: kept }, t('viewSaved', { name }));
    if (answer === undefined) return;
    if (asking !== 'rename') choose({ id: answer.id, name, view });
    close();
  }

  async function remove() {
    if (chosen === null) return;
    if ((await act('views.remove', { id: chosen.id }, t('viewRemoved', { name: chosen.name }))) !== undefined) choose(null);
    close();
  }

  const name = chosen?.name ?? t('everybody');
  return (
    <>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button variant="subtle" color="gray" size="xs" maw={260} leftSection={<IconTable size={16} stroke={1.7} />} rightSection={<IconChevronDown size={14} />} aria-label={t('viewNamed', { name })}>
            <Text span size="xs" fw={600} truncate>
              {name}
            </Text>
            {differs && (
              <Text span size="xs" c="dimmed" ml={6}>
                {t('changed')}
              </Text>
            )}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          <Menu.Label>{t('views')}</Menu.Label>
          {[null, ...saved].map((each) => (
            <Menu.Item key={each?.id ?? 0} leftSection={<IconCheck size={14} style={{ visibility: each?.id === chosen?.id ? 'visible' : 'hidden' }} />} onClick={() => choose(each)}>
              {each?.name ?? t('everybody')}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {differs && chosen !== null && (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} stroke={1.6} />} disabled={busy} onClick={() => void save(chosen.id, chosen.name)}>
              {t('saveChanges')}
            </Menu.Item>
          )}
          {differs && (
            <Menu.Item leftSection={<IconRestore size={16} stroke={1.6} />} onClick={() => choose(chosen)}>
              {t('takeBack')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDeviceFloppy size={16} stroke={1.6} />} onClick={() => setAsking('save')}>
            {t('saveAs')}
          </Menu.Item>
          {chosen !== null && (
            <>
              <Menu.Item leftSection={<IconPencil size={16} stroke={1.6} />} onClick={() => setAsking('rename')}>
                {t('rename')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={() => setAsking('remove')}>
                {t('remove')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {(asking === 'save' || asking === 'rename') && (
        <NameDialog
          opened
          onClose={close}
          busy={busy}
          onName={(given) => save(asking === 'rename' ? (chosen?.id ?? null) : null, given)}
          title={asking === 'rename' ? t('renameTitle', { name }) : t('saveAs')}
          label={t('name')}
          description={asking === 'save' ? t('saveHelp') : undefined}
          placeholder={asking === 'rename' ? name : t('namePlaceholder')}
          verb={t('save')}
        />
      )}
      <Confirm opened={asking === 'remove'} title={t('removeTitle', { name })} verb={t('remove')} busy={busy} onConfirm={() => void remove()} onClose={close}>
        {t('removeAsk')}
      </Confirm>
    </>
  );
}
