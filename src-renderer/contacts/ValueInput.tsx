// One value of a contact while it is edited. Numbers, money and dates are typed as people of the workspace write them and read by the
// same reader as a file's cells; what cannot be read stays as it was typed, with the reason below it.
import { useRef, useState, type KeyboardEvent } from 'react';
import { Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { excelStyle, valueToText } from '../../shared/contacts/value-text.ts';
import { parseAttribute, readingFor } from '../../shared/contacts/values.ts';
import { useText } from '../app/i18n.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import type { KnownAttribute } from './attributes.ts';

/** `onKeep` answers why the value cannot be kept; `null`: it is kept. */
type Props = { attribute: KnownAttribute; value: AttributeValue; onKeep: (value: AttributeValue) => Promise<string | null>; onLeave: () => void };

export function ValueInput({ attribute, value, onKeep, onLeave }: Props) {
  const { t } = useTranslation('contacts');
  const currency = useCall('settings.get', {}, ['settings']).data?.currency;
  const [error, setError] = useState<string | null>(null);
  const keep = async (next: AttributeValue) => setError(await onKeep(next));
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
        error={error}
        value={value === null ? null : value === true ? 'yes' : 'no'}
        onChange={(chosen) => void keep(chosen === null ? null : chosen === 'yes')}
        onBlur={onLeave}
      />
    );
  }
  if (attribute.kind === 'choice' && (attribute.choices?.length ?? 0) > 0) {
    return <Select size="xs" autoFocus defaultDropdownOpened clearable searchable aria-label={label} error={error} data={attribute.choices ?? []} value={value === null ? null : String(value)} onChange={(chosen) => void keep(chosen)} onBlur={onLeave} />;
  }
  if (attribute.kind === 'choices') return <ChoicesInput attribute={attribute} value={value} error={error} onKeep={(list) => void keep(list)} onLeave={onLeave} />;
  // How money is written depends on the currency, which is known a moment later.
  if (currency === undefined) return null;
  return <TypedInput attribute={attribute} value={value} currency={currency} onKeep={onKeep} onLeave={onLeave} />;
}

type ChoicesProps = Omit<Props, 'onKeep'> & { error: string | null; onKeep: (value: AttributeValue) => void };

function ChoicesInput({ attribute, value, error, onKeep, onLeave }: ChoicesProps) {
  const [start] = useState<string[]>(() => (Array.isArray(value) ? [...(value as readonly string[])] : []));
  const [list, setList] = useState(start);
  const left = useRef(false);
  return (
    <TagsInput
      size="xs"
      autoFocus
      aria-label={attribute.label}
      data={attribute.choices ?? []}
      error={error}
      value={list}
      onChange={setList}
      onBlur={() => {
        if (left.current) return;
        // What was not touched is not written anew: a flow may have changed it meanwhile.
        if (list === start) return onLeave();
        onKeep(list.length === 0 ? null : list);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        left.current = true;
        onLeave();
      }}
    />
  );
}

/** Text, numbers, money, dates and times: Enter or leaving the field keeps what was typed, Escape leaves it as it was. */
function TypedInput({ attribute, value, currency, onKeep, onLeave }: Props & { currency: string }) {
  const text = useText();
  const { locale, timeZone } = useWorkspace();
  const style = excelStyle(locale, timeZone, currency);
  // As it was when the field was opened: what a flow or an import writes meanwhile is nothing that somebody has typed here. Nobody
  // types the seconds of a time that has none.
  const [start] = useState(() => valueToText(value, attribute.kind, style).replace(attribute.kind === 'dateTime' ? /:00$/ : /$^/, ''));
  const [typed, setTyped] = useState(start);
  const [error, setError] = useState<string | null>(null);
  const left = useRef(false);
  const keeping = useRef(false);
  const isLong = start.includes('\n');

  async function keep() {
    if (keeping.current) return;
    // What was not touched is not written anew, whatever it may look like.
    if (left.current || typed === start) return onLeave();
    const read = parseAttribute(typed, attribute, readingFor(locale, timeZone, currency));
    if ('reason' in read) return setError(text(read.reason));
    keeping.current = true;
    setError(await onKeep(read.value));
    keeping.current = false;
  }

  const shared = {
    size: 'xs',
    autoFocus: true,
    'aria-label': attribute.label,
    error,
    value: typed,
    onBlur: () => void keep(),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key === 'Enter' && (!isLong || event.ctrlKey || event.metaKey)) void keep();
      if (event.key !== 'Escape') return;
      left.current = true;
      onLeave();
    },
  } as const;
  const change = (next: string) => {
    setTyped(next);
    setError(null);
  };
  if (isLong) return <Textarea {...shared} autosize maxRows={8} onChange={(event) => change(event.currentTarget.value)} />;
  return <TextInput {...shared} inputMode={attribute.kind === 'number' || attribute.kind === 'money' ? 'decimal' : undefined} placeholder={exampleOf(attribute, style)} rightSection={attribute.kind === 'money' ? <span className="fact-unit">{currency}</span> : undefined} rightSectionWidth={attribute.kind === 'money' ? 48 : undefined} onChange={(event) => change(event.currentTarget.value)} />;
}

/** How a date is written here, where somebody might wonder. */
function exampleOf(attribute: KnownAttribute, style: Parameters<typeof valueToText>[2]): string | undefined {
  return attribute.kind === 'date' || attribute.kind === 'dateTime' ? `${valueToText('2026-12-24', 'date', style)}${attribute.kind === 'date' ? '' : ' 14:05'}` : undefined;
}
