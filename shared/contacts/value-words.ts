// Values of attributes in words, for summaries.
import type { AttributeKind, AttributeValue } from './contact.ts';
import { say, type Text } from '../text.ts';
import { instantText } from '../time.ts';

/** A value as a reader would say it; `kind` is that of its attribute where it is known. */
export function attributeValueText(value: AttributeValue, kind?: AttributeKind): Text | readonly Text[] {
  if (value === null || value === '') return say('nothing');
  if (typeof value === 'boolean') return value ? say('yes') : say('no');
  if (typeof value === 'number' && kind === 'dateTime')
    return say('{value}', { value: `${instantText(value).slice(0, 16).replace('T', ' ')} UTC` });
  if (typeof value === 'number' && kind === 'money') return say('{value}', { value: (value / 100).toFixed(2) });
  if (typeof value === 'object') return value.length === 0 ? say('nothing') : value.map((each) => say('{value}', { value: each }));
  return typeof value === 'number' || kind === 'date' ? say('{value}', { value }) : say('“{value}”', { value });
}
