// The attributes of a contact, each editable where it stands: Enter keeps, Escape leaves it as it was.
import { useRef, useState } from 'react';
import { ActionIcon, NumberInput, Select, TagsInput, TextInput, UnstyledButton } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactDetail } from '../../shared/api.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { companyKey } from '../../shared/contacts/company.ts';
import { atLocal, isDate, localDate, localTime } from '../../shared/time.ts';
import { addressOf } from '../app/routes.ts';
import { useAct, useCall } from '../backend.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { AttributeHistory } from './AttributeHistory.tsx';
import { minorUnits, type Attributes, type KnownAttribute } from './attributes.ts';

type Props = { contact: ContactDetail; attributes: Attributes };

export function AttributeList({ contact, attributes }: Props) {
  const { t } = useTranslation('contacts');
  const { act } = useAct();
  const [editing, setEditing] = useState<string | null>(null);

  async function keep(attribute: KnownAttribute, value: AttributeValue) {
    setEditing(null);
    if (value !== (contact.values[attribute.key] ?? null)) await act('contacts.update', { id: contact.id, values: { [attribute.key]: value as string } });
  }

  return (
    <dl className="facts">
      {attributes.list.map((attribute) => {
        const shown = attributes.show(attribute.key, contact.values[attribute.key]);
        return (
          <div key={attribute.key}>
            <dt>{attribute.label}</dt>
            <dd>
              {editing === attribute.key ? (
                <ValueInput
                  attribute={attribute}
                  value={contact.values[attribute.key] ?? null}
                  onKeep={(value) => void keep(attribute, value)}
                  onLeave={() => setEditing(null)}
                />
              ) : (
                <UnstyledButton className="fact-value" data-empty={shown === '' || undefined} onClick={() => setEditing(attribute.key)} aria-label={t('edit', { attribute: attribute.label, value: shown })}>
                  {shown === '' ? t('noValue') : shown}
                </UnstyledButton>
              )}
              {attribute.key === 'company' && shown !== '' && (
                <ActionIcon component="a" className="fact-link" variant="subtle" color="gray" size="sm" href={addressOf({ screen: 'company', key: companyKey(shown) })} aria-label={t('toCompany', { company: shown })} title={t('toCompany', { company: shown })}>
                  <IconBuilding size={15} stroke={1.7} />
                </ActionIcon>
              )}
              <AttributeHistory contact={contact.id} attribute={attribute} attributes={attributes} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

type InputProps = { attribute: KnownAttribute; value: AttributeValue; onKeep: (value: AttributeValue) => void; onLeave: () => void };

function ValueInput({ attribute, value, onKeep, onLeave }: InputProps) {
  const { t } = useTranslation('contacts');
  const label = attribute.label;
  if (attribute.kind === 'yesNo') {
    const data = [
      { value: 'yes', label: t('yes') },
      { value: 'no', label: t('no') },
    ];
    return (
      <Select
        size="xs"
        autoFocus
        defaultDropdownOpened
        clearable
        aria-label={label}
        data={data}
        value={value === null ? null : value === true ? 'yes' : 'no'}
        onChange={(chosen) => onKeep(chosen === null ? null : chosen === 'yes')}
        onBlur={onLeave}
      />
    );
  }
  if (attribute.kind === 'choice' && (attribute.choices?.length ?? 0) > 0) {
    return <Select size="xs" autoFocus defaultDropdownOpened clearable searchable aria-label={label} data={attribute.choices ?? []} value={value === null ? null : String(value)} onChange={onKeep} onBlur={onLeave} />;
  }
  if (attribute.kind === 'choices') return <ChoicesInput attribute={attribute} value={value} onKeep={onKeep} onLeave={onLeave} />;
  if (attribute.kind === 'number' || attribute.kind === 'money') return <AmountInput attribute={attribute} value={value} onKeep={onKeep} onLeave={onLeave} />;
  return <TypedInput attribute={attribute} value={value} onKeep={onKeep} onLeave={onLeave} />;
}

function ChoicesInput({ attribute, value, onKeep, onLeave }: InputProps) {
  const [list, setList] = useState<string[]>(() => (Array.isArray(value) ? [...(value as readonly string[])] : []));
  return (
    <TagsInput
      size="xs"
      autoFocus
      aria-label={attribute.label}
      data={attribute.choices ?? []}
      value={list}
      onChange={setList}
      onBlur={() => onKeep(list.length === 0 ? null : list)}
      onKeyDown={(event) => event.key === 'Escape' && onLeave()}
    />
  );
}

function AmountInput({ attribute, value, onKeep, onLeave }: InputProps) {
  const { locale } = useWorkspace();
  const currency = useCall('settings.get', {}, ['settings']).data?.currency ?? 'EUR';
  const scale = attribute.kind === 'money' ? minorUnits(currency) : 1;
  const [number, setNumber] = useState<number | string>(typeof value === 'number' ? value / scale : '');
  const decimal = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.';
  const left = useRef(false);
  const keep = () => {
    if (!left.current) onKeep(typeof number === 'number' ? (attribute.kind === 'money' ? Math.round(number * scale) : number) : null);
  };
  return (
    <NumberInput
      size="xs"
      autoFocus
      hideControls
      aria-label={attribute.label}
      decimalSeparator={decimal}
      suffix={attribute.kind === 'money' ? ` ${currency}` : undefined}
      value={number}
      onChange={setNumber}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          left.current = true;
          onLeave();
        }
      }}
    />
  );
}

/** Text, date, and date with time: what the browser's own inputs do well. */
function TypedInput({ attribute, value, onKeep, onLeave }: InputProps) {
  const { timeZone } = useWorkspace();
  const type = attribute.kind === 'date' ? 'date' : attribute.kind === 'dateTime' ? 'datetime-local' : 'text';
  const start = typeof value === 'number' && type === 'datetime-local' ? `${localDate(value, timeZone)}T${localTime(value, timeZone)}` : value === null ? '' : String(value);
  const [typed, setTyped] = useState(start);
  const left = useRef(false);

  function keep() {
    if (left.current) return;
    const text = typed.trim();
    if (text === '') return onKeep(null);
    if (type === 'datetime-local') {
      const [date = '', time = '00:00'] = text.split('T');
      return isDate(date) ? onKeep(atLocal(date, time.slice(0, 5), timeZone)) : onLeave();
    }
    onKeep(text);
  }

  return (
    <TextInput
      size="xs"
      autoFocus
      type={type}
      aria-label={attribute.label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          left.current = true;
          onLeave();
        }
      }}
    />
  );
}
