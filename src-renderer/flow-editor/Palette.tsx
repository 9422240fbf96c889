// The palette on the left: every step type by family, to drag onto a `+` or to click.
import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { stepTypes } from '../../shared/steps/index.ts';
import { FAMILIES } from '../../shared/steps/step.ts';
import { useText } from '../app/i18n.ts';
import { appendNewStep } from './actions.ts';
import { useDrag } from './drag.tsx';
import { useEditor } from './editor-context.tsx';
import { StepIcon } from './icons.tsx';

const nowhere = { current: null };

export function Palette() {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const startDrag = useDrag(nowhere);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const fits = stepTypes.filter((type) => `${text(type.label)} ${text(type.help)}`.toLowerCase().includes(wanted));
  return (
    <aside className="palette" aria-label={t('palette.label')}>
      <TextInput
        size="xs"
        type="search"
        leftSection={<IconSearch size={14} stroke={1.7} aria-hidden />}
        placeholder={t('palette.search')}
        aria-label={t('palette.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {FAMILIES.map((family) => {
        const types = fits.filter((type) => type.family === family);
        if (types.length === 0) return null;
        return (
          <section key={family} aria-label={t(`family.${family}`)}>
            <h2>{t(`family.${family}`)}</h2>
            {types.map((type) => (
              <button
                key={type.type}
                type="button"
                className="palette-item"
                data-family={family}
                data-step-type={type.type}
                title={text(type.help)}
                onPointerDown={(event) => event.button === 0 && startDrag(event, { kind: 'new', type: type.type })}
                onClick={() => appendNewStep(editor, type.type)}
              >
                <StepIcon name={type.icon} family={family} />
                <span>{text(type.label)}</span>
              </button>
            ))}
          </section>
        );
      })}
      {fits.length === 0 && <p className="palette-nothing">{t('fields.nothingFound')}</p>}
      <p className="palette-hint">{t('palette.hint')}</p>
    </aside>
  );
}
