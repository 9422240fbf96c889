// Sets of columns for exports, by name: chosen, kept, forgotten.
import { useState } from 'react';
import { ActionIcon, Button, Group, Select } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ExportProfile } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { TextDialog } from './TextDialog.tsx';

type Chosen = Pick<ExportProfile, 'columns' | 'for'>;

/** `isNaming`: a dialog above this one asks for the name of a profile. */
type Props = { now: Chosen; isNaming: boolean; onNaming: (isNaming: boolean) => void; onChoose: (profile: Chosen) => void };

export function ExportProfiles({ now, isNaming, onNaming, onChoose }: Props) {
  const { t } = useTranslation('privacy');
  const profiles = useCall('exports.profiles', {}, ['settings']).data ?? [];
  const [key, setKey] = useState<string | null>(null);
  const { act, busy } = useAct();

  /** Answers whether it is kept. */
  async function keep(name: string): Promise<boolean> {
    const saved = await act('exports.saveProfile', { name, ...now }, t('profile.kept', { name }));
    if (saved !== undefined) setKey(saved.key);
    return saved !== undefined;
  }

  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <Select
        flex={1}
        label={t('profile.label')}
        placeholder={profiles.length === 0 ? t('profile.none') : t('profile.choose')}
        disabled={profiles.length === 0}
        data={profiles.map((profile) => ({ value: profile.key, label: profile.name }))}
        value={profiles.some((profile) => profile.key === key) ? key : null}
        onChange={(next) => {
          setKey(next);
          const profile = profiles.find((each) => each.key === next);
          if (profile !== undefined) onChoose(profile);
        }}
      />
      {key !== null && profiles.some((profile) => profile.key === key) && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('profile.forget')} disabled={busy} onClick={() => void act('exports.removeProfile', { key })}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      )}
      <Button variant="default" onClick={() => onNaming(true)}>
        {t('profile.keep')}
      </Button>
      {isNaming && <TextDialog place="export profile" title={t('profile.keepTitle')} label={t('topics.name')} start={profiles.find((profile) => profile.key === key)?.name ?? ''} verb={t('save')} busy={busy} onText={keep} onClose={() => onNaming(false)} />}
    </Group>
  );
}
