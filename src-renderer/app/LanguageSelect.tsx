// Chooses the language of the window. It belongs to the person, not to the workspace.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language } from '../../shared/language.ts';
import { chooseLanguage, currentLanguage } from './i18n.ts';

const OPTIONS = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }));

export function LanguageSelect({ label }: { label?: string }) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      aria-label={label === undefined ? t('language') : undefined}
      data={OPTIONS}
      value={currentLanguage()}
      onChange={(language) => void chooseLanguage(language ?? 'en')}
      w={label === undefined ? 150 : undefined}
    />
  );
}
