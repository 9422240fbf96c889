// Which values an attribute of a contact had: old, new, when, and by what.
import { useState } from 'react';
import { ActionIcon, Popover, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCall } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';
import type { Attributes, KnownAttribute } from './attributes.ts';
import { useOrigin } from './event-origin.ts';

type Props = { contact: number; attribute: KnownAttribute; attributes: Attributes };

export function AttributeHistory({ contact, attribute, attributes }: Props) {
  const { t } = useTranslation('contact-page');
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="right-start" width={360} withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon className="fact-history" variant="subtle" color="gray" size="sm" aria-label={t('historyOf', { attribute: attribute.label })} title={t('history')} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <IconHistory size={14} stroke={1.7} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('historyOf', { attribute: attribute.label })} tabIndex={-1} data-autofocus>
        <Text size="sm" fw={600} mb="xs">
          {t('historyOf', { attribute: attribute.label })}
        </Text>
        {opened && <Values contact={contact} attribute={attribute} attributes={attributes} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Values({ contact, attribute, attributes }: Props) {
  const { t } = useTranslation('contact-page');
  const formats = useFormats();
  const origin = useOrigin();
  const { data } = useCall('contacts.history', { id: contact, attribute: attribute.key }, ['contacts', 'counts']);
  if (data === undefined) return null;
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noHistory')}
      </Text>
    );
  }
  return (
    <ol className="value-history">
      {data.map((change, index) => {
        const now = attributes.show(attribute.key, change.now);
        const old = attributes.show(attribute.key, change.old);
        return (
          <li key={`${change.event}-${index}`}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {now === '' ? t('cleared') : now}
            </Text>
            <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {[old === '' ? '' : t('before', { value: old }), formats.dateTime(change.at), origin(change)].filter((part) => part !== '').join(' · ')}
            </Text>
          </li>
        );
      })}
    </ol>
  );
}
