// Ways of writing dates and numbers that are offered for a workspace, and the zones.
import type { Language } from '../../shared/language.ts';

export const LOCALES = ['en-GB', 'en-US', 'en-IE', 'da-DK', 'nl-NL', 'nl-BE', 'pl-PL', 'sv-SE', 'sv-FI', 'nb-NO', 'fi-FI', 'de-DE', 'de-AT', 'fr-FR'] as const;

/** The choices with their names in the language of the window; a locale that is not among them is added. */
export function localeChoices(language: Language, current: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const all: string[] = (LOCALES as readonly string[]).includes(current) || current === '' ? [...LOCALES] : [current, ...LOCALES];
  return all.map((value) => ({ value, label: names.of(value) ?? value }));
}

/** The locale to propose: the system's own where it is offered, otherwise the usual one of the language. */
export function proposedLocale(language: Language, preferred: readonly string[]): string {
  const own = preferred.find((tag) => (LOCALES as readonly string[]).includes(tag) && tag.startsWith(language));
  return own ?? LOCALES.find((locale) => locale.startsWith(language)) ?? 'en-GB';
}

/** Every time zone that the program can reckon in; `current` is among them even where the list does not have it. */
export function timeZones(current: string): string[] {
  const zones = Intl.supportedValuesOf('timeZone');
  return current === '' || zones.includes(current) ? zones : [current, ...zones];
}

/** The time zone of this computer. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

