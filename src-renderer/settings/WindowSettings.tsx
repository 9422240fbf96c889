// What belongs to this computer and this person: language, light or dark, and what goes on without the window.
import { Input, SegmentedControl, Stack, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LanguageSelect } from '../app/LanguageSelect.tsx';
import { BackgroundSettings } from './BackgroundSettings.tsx';

export function WindowSettings() {
  const { t } = useTranslation('settings');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="lg" maw={360}>
      <LanguageSelect label={t('language')} />
      <div>
        <Input.Label component="div" size="sm" id="scheme" mb={4}>
          {t('scheme')}
        </Input.Label>
        <SegmentedControl
          fullWidth
          aria-labelledby="scheme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value)}
          data={[
            { value: 'auto', label: t('scheme.auto') },
            { value: 'light', label: t('scheme.light') },
            { value: 'dark', label: t('scheme.dark') },
          ]}
        />
      </div>
      <BackgroundSettings />
    </Stack>
  );
}
