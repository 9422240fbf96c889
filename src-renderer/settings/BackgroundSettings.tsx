// What the program does on this computer without its window: go on beside the clock, ask before it ends, start with the computer.
import { Input, Stack, Switch, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DesktopChoices, DesktopState } from '../../shared/api.ts';
import { showFailure } from '../app/notices.tsx';
import { desktopHost } from '../backend.ts';

/** Nothing in a browser: whatever serves it goes on by itself. */
export function BackgroundSettings() {
  const { t } = useTranslation('desktop');
  const [state, setState] = useState<DesktopState | null>(null);
  const choose = (change: Partial<DesktopChoices>) => void desktopHost()?.(change).then(setState, showFailure);
  useEffect(() => void desktopHost()?.({}).then(setState, showFailure), []);
  if (state === null) return null;
  return (
    <Stack gap="sm">
      <Input.Label component="div" size="sm">
        {t('background')}
      </Input.Label>
      {state.can.withoutWindow === 'choice' && (
        <Switch
          label={t('keepRunning')}
          description={t('keepRunningHelp')}
          checked={state.keepRunning === true}
          onChange={({ currentTarget }) => choose({ keepRunning: currentTarget.checked })}
        />
      )}
      {state.can.withoutWindow === 'never' && (
        <Text size="sm" c="dimmed">
          {t('noPlace')}
        </Text>
      )}
      <Switch label={t('asksBeforeQuit')} checked={state.asksBeforeQuit} onChange={({ currentTarget }) => choose({ asksBeforeQuit: currentTarget.checked })} />
      {state.can.atLogin && (
        <Switch
          label={t('atLogin')}
          description={state.can.withoutWindow === 'never' ? undefined : t('atLoginHelp')}
          checked={state.atLogin}
          onChange={({ currentTarget }) => choose({ atLogin: currentTarget.checked })}
        />
      )}
    </Stack>
  );
}
