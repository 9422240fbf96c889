// Money, days and instants inside sentences are written as the reader's language writes them.
import { describe, expect, it } from 'vitest';
import { attributeValueText } from '../../shared/contacts/value-words.ts';
import { inLanguage, say, type Text } from '../../shared/text.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const written = (text: Text | readonly Text[], locale: string) => plain(inLanguage('text' in text ? text : say('{all}', { all: text }), locale, (english) => (english.startsWith('{') ? english : undefined)));

describe('a value in a sentence', () => {
  it.each([
    [123_450, 'money', { currency: 'DKK' }, 'da', '1.234,50 kr.'],
    [123_450, 'money', { currency: 'JPY' }, 'en', '¥123,450'],
    [123_450, 'money', {}, 'pl', '1234,50'],
    ['2026-02-28', 'date', {}, 'sv', '28 feb. 2026'],
    ['2026-02-30', 'date', {}, 'sv', '2026-02-30'],
    [Date.UTC(2026, 6, 1, 22, 30), 'dateTime', { zone: 'Europe/Copenhagen' }, 'en', 'Jul 2, 2026, 12:30 AM'],
    [Date.UTC(2026, 6, 1, 22, 30), 'dateTime', {}, 'en', 'Jul 1, 2026, 10:30 PM UTC'],
  ] as const)('%j as %s', (value, kind, setting, locale, text) => {
    expect(written(attributeValueText(value, kind, setting), locale)).toBe(text);
  });
});
