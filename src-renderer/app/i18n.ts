// The languages of the window. Words of the screens stand in assets/languages/<language>/<namespace>.json under flat keys, in
// ICU syntax; sentences of steps, triggers and problems are found by their English pattern in definitions.json.
import { useCallback } from 'react';
import i18next from 'i18next';
import ICU from 'i18next-icu';
import { initReactI18next, useTranslation } from 'react-i18next';
import { isLanguage, type Language } from '../../shared/language.ts';
import { inLanguage, type Text } from '../../shared/text.ts';
import type app from '../../assets/languages/en/app.json';
import type audit from '../../assets/languages/en/audit.json';
import type away from '../../assets/languages/en/away.json';
import type contactList from '../../assets/languages/en/contact-list.json';
import type contactPage from '../../assets/languages/en/contact-page.json';
import type attributes from '../../assets/languages/en/attributes.json';
import type calendars from '../../assets/languages/en/calendars.json';
import type desktop from '../../assets/languages/en/desktop.json';
import type companies from '../../assets/languages/en/companies.json';
import type contacts from '../../assets/languages/en/contacts.json';
import type edits from '../../assets/languages/en/edits.json';
import type duplicates from '../../assets/languages/en/duplicates.json';
import type editor from '../../assets/languages/en/editor.json';
import type flows from '../../assets/languages/en/flows.json';
import type keys from '../../assets/languages/en/keys.json';
import type imports from '../../assets/languages/en/imports.json';
import type liveFlows from '../../assets/languages/en/live-flows.json';
import type messages from '../../assets/languages/en/messages.json';
import type outbox from '../../assets/languages/en/outbox.json';
import type people from '../../assets/languages/en/people.json';
import type privacy from '../../assets/languages/en/privacy.json';
import type segments from '../../assets/languages/en/segments.json';
import type settings from '../../assets/languages/en/settings.json';
import type tasks from '../../assets/languages/en/tasks.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    fallbackNS: 'app';
    keySeparator: false;
    nsSeparator: false;
    returnNull: false;
    resources: {
      app: typeof app;
      audit: typeof audit;
      away: typeof away;
      'contact-list': typeof contactList;
      'contact-page': typeof contactPage;
      attributes: typeof attributes;
      calendars: typeof calendars;
      companies: typeof companies;
      contacts: typeof contacts;
      edits: typeof edits;
      desktop: typeof desktop;
      duplicates: typeof duplicates;
      editor: typeof editor;
      flows: typeof flows;
      imports: typeof imports;
      keys: typeof keys;
      'live-flows': typeof liveFlows;
      messages: typeof messages;
      outbox: typeof outbox;
      people: typeof people;
      privacy: typeof privacy;
      segments: typeof segments;
      settings: typeof settings;
      tasks: typeof tasks;
    };
  }
}

const STORED = 'kanal.language';
const files = import.meta.glob<Record<string, string>>('../../assets/languages/*/*.json', { import: 'default' });
const definitions = new Map<string, Record<string, string>>();

/** The language to begin with: the one chosen before, or the first of the system's languages that the window speaks. */
export function firstLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

async function load(language: Language): Promise<void> {
  if (definitions.has(language)) return;
  await Promise.all(
    Object.entries(files).map(async ([path, read]) => {
      const [folder, file] = path.split('/').slice(-2);
      if (folder !== language || file === undefined) return;
      const words = await read();
      const namespace = file.replace('.json', '');
      if (namespace === 'definitions') definitions.set(language, words);
      else i18next.addResourceBundle(language, namespace, words);
    }),
  );
  if (!definitions.has(language)) definitions.set(language, {});
}

/** Call once, before anything is drawn. */
export async function startLanguages(): Promise<void> {
  const language = firstLanguage(localStorage.getItem(STORED), navigator.languages);
  await i18next.use(ICU).use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'app',
    fallbackNS: 'app',
    keySeparator: false,
    nsSeparator: false,
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load('en');
  await load(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** Changes the language of the window and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  await load(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en';
}

/** A definition's or problem's sentence in the language of the window. Components use `useText`. */
export function sentence(text: Text, language: string = currentLanguage()): string {
  const known = definitions.get(language);
  return inLanguage(text, language, (english) => known?.[english]);
}

/** Like `sentence`; draws the component again when the language changes. */
export function useText(): (text: Text) => string {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return useCallback((text: Text) => sentence(text, language), [language]);
}
