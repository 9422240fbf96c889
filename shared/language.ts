// The languages of the program.

/** Each under its own name. */
export const LANGUAGES = { en: 'English', da: 'Dansk', nl: 'Nederlands', pl: 'Polski', sv: 'Svenska' } as const;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(name: string | null | undefined): name is Language {
  return name != null && Object.hasOwn(LANGUAGES, name);
}
