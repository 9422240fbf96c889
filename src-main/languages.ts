// The languages of the program, for what the machine itself writes: reports, and notices on the desktop. The window has its own
// way to the same words (src-renderer/app/i18n.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLanguage, type Language } from '../shared/language.ts';
import { inLanguage, type Text } from '../shared/text.ts';
import { assetsFolder } from './folders.ts';

/** The language of the program that is asked for by a BCP 47 tag, or English. */
export function programLanguage(asked: string): Language {
  const wanted = asked.slice(0, 2).toLowerCase();
  return isLanguage(wanted) ? wanted : 'en';
}

const read = new Map<string, Record<string, string>>();

/** The words of a file below assets, by their keys. Throws when it is not there, which is a broken installation. */
export function wordsIn(folder: string, file: string): Readonly<Record<string, string>> {
  const path = join(assetsFolder(), folder, file);
  let words = read.get(path);
  if (words === undefined) read.set(path, (words = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>));
  return words;
}

/** What a definition or a problem says, in the language of a locale. */
export function inProgramLanguage(text: Text, locale: string): string {
  const language = programLanguage(locale);
  return inLanguage(text, language, (english) => (language === 'en' ? undefined : wordsIn(`languages/${language}`, 'definitions.json')[english]));
}
