// Values of attributes in words, for summaries.
import type { AttributeKind, AttributeValue } from './contact.ts';
import { say, type Text } from '../text.ts';
import { minorDigits } from './locale-words.ts';

/** In what money is, and where the clock shows what: the workspace's. */
export type ValueSetting = { currency?: string; zone?: string };

/** A value as a reader would say it; `kind` is that of its attribute where it is known. Without a zone, times are in UTC. */
export function attributeValueText(value: AttributeValue, kind?: AttributeKind, { currency, zone }: ValueSetting = {}): Text | readonly Text[] {
  if (value === null || value === '') return say('nothing');
  if (typeof value === 'boolean') return value ? say('yes') : say('no');
  if (typeof value === 'number' && kind === 'dateTime')
    return zone === undefined ? say('{time} UTC', { time: { instant: value, zone: 'UTC' } }) : say('{value}', { value: { instant: value, zone } });
  if (typeof value === 'number' && kind === 'money')
    return say('{value}', { value: currency === undefined ? { money: value, digits: 2 } : { money: value, digits: minorDigits(currency), currency } });
  if (typeof value === 'string' && kind === 'date') return say('{value}', { value: { date: value } });
  if (typeof value === 'object') return value.length === 0 ? say('nothing') : value.map((each) => say('{value}', { value: each }));
  return typeof value === 'number' ? say('{value}', { value }) : say('“{value}”', { value });
}
