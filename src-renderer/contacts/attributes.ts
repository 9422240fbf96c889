// The attributes of the workspace as screens need them: their names, and how each value is written.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute, AttributeValue } from '../../shared/contacts/contact.ts';
import { useCall } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { useFormats, useWorkspace, type Formats } from '../app/workspace.tsx';

export type KnownAttribute = Attribute & { standard: boolean };

export type Attributes = {
  list: KnownAttribute[];
  /** The name of an attribute; its key where it is unknown (removed, or from another workspace). */
  labelOf(key: string): string;
  /** A value in words; empty where there is none. */
  show(key: string, value: AttributeValue | undefined): string;
};

/** Money is kept in minor units; how many make one is the currency's own affair. */
export function minorUnits(currency: string): number {
  return 10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2);
}

type Words = { yes: string; no: string };

/** A value as people of the workspace write it, by the kind of its attribute. */
export function showValue(value: AttributeValue | undefined, attribute: Attribute | undefined, formats: Formats, locale: string, currency: string, words: Words): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'object') return formats.list(value);
  if (attribute?.kind === 'date' && typeof value === 'string') return formats.day(value);
  if (typeof value === 'string') return value;
  if (attribute?.kind === 'dateTime') return formats.dateTime(value);
  if (attribute?.kind === 'money') return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value / minorUnits(currency));
  return formats.number(value);
}

/** Reads the attributes and keeps them up to date. */
export function useAttributes(): Attributes {
  const { t } = useTranslation('contacts');
  const text = useText();
  const formats = useFormats();
  const { locale } = useWorkspace();
  const { data } = useCall('attributes.list', {}, ['attributes']);
  const currency = useCall('settings.get', {}, ['settings']).data?.currency ?? 'EUR';
  return useMemo(() => {
    const list = (data ?? []).map((attribute) => (attribute.standard ? { ...attribute, label: text({ text: attribute.label }) } : attribute));
    const byKey = new Map(list.map((attribute) => [attribute.key, attribute]));
    const words = { yes: t('yes'), no: t('no') };
    return {
      list,
      labelOf: (key) => byKey.get(key)?.label ?? key,
      show: (key, value) => showValue(value, byKey.get(key), formats, locale, currency, words),
    };
  }, [data, currency, locale, formats, text, t]);
}
