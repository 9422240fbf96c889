// Times of day, as people write them and as a workspace shows them.
import { describe, expect, test } from 'vitest';
import { readClock, writeClock } from '../../src-renderer/fields/clock-text.ts';

describe('reading', () => {
  test.each([
    ['14.05', '14:05'],
    ['14:05', '14:05'],
    ['1405', '14:05'],
    ['9', '09:00'],
    [' 9.30 ', '09:30'],
    ['2:05 pm', '14:05'],
    ['12 a.m.', '00:00'],
    ['12:15 PM', '12:15'],
    ['00:00', '00:00'],
  ])('%s', (text, time) => expect(readClock(text)).toBe(time));
  test.each(['', '24:00', '9:60', '9:5', 'noon', '13 pm', '0 am', '1.2.3'])('"%s" is no time', (text) => expect(readClock(text)).toBeNull());
});

describe('writing', () => {
  test.each([
    ['da-DK', '14.05'],
    ['nl-NL', '14:05'],
    ['pl-PL', '14:05'],
    ['sv-SE', '14:05'],
    ['en-GB', '14:05'],
  ])('%s writes %s', (locale, shown) => {
    expect(writeClock('14:05', locale)).toBe(shown);
    expect(readClock(shown)).toBe('14:05');
  });
  test('what an American workspace shows is read back', () => expect(readClock(writeClock('14:05', 'en-US'))).toBe('14:05'));
});
