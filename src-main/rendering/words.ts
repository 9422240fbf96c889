// The few words that the program itself writes into mails, in the languages of its readers, and which of them a reader gets.

export type MailWords = {
  /** `{sender}` is replaced. */
  why: string;
  unsubscribe: string;
  yes: string;
  no: string;
};

const WORDS = {
  en: { why: 'You receive this e-mail because you agreed to hear from {sender}.', unsubscribe: 'Unsubscribe', yes: 'yes', no: 'no' },
  da: { why: 'Du får denne e-mail, fordi du har sagt ja til at høre fra {sender}.', unsubscribe: 'Afmeld', yes: 'ja', no: 'nej' },
  nl: { why: 'U ontvangt deze e-mail omdat u berichten van {sender} wilt ontvangen.', unsubscribe: 'Afmelden', yes: 'ja', no: 'nee' },
  pl: {
    why: 'Otrzymujesz tę wiadomość, ponieważ zgodziłeś lub zgodziłaś się na kontakt ze strony {sender}.',
    unsubscribe: 'Wypisz się',
    yes: 'tak',
    no: 'nie',
  },
  sv: {
    why: 'Du får det här mejlet eftersom du har tackat ja till att höra från {sender}.',
    unsubscribe: 'Avsluta prenumerationen',
    yes: 'ja',
    no: 'nej',
  },
} as const satisfies Record<string, MailWords>;

type Language = keyof typeof WORDS;

function languageOf(locale: string): Language | null {
  const language = locale.slice(0, 2).toLowerCase();
  return Object.hasOwn(WORDS, language) ? (language as Language) : null;
}

/** Names that people write where a code is meant. */
const NAMES: Record<string, string> = {
  english: 'en',
  engelsk: 'en',
  danish: 'da',
  dansk: 'da',
  dk: 'da',
  dutch: 'nl',
  nederlands: 'nl',
  polish: 'pl',
  polski: 'pl',
  swedish: 'sv',
  svenska: 'sv',
  se: 'sv',
};

/**
 * The locale in which a contact is written to: its own language where that is one (a BCP 47 tag, or a common name of one of
 * ours), or the workspace's. A bare "da" in a workspace of "da-DK" becomes "da-DK", so that dates and money look alike.
 */
export function readerLocale(language: unknown, workspaceLocale: string): string {
  const wanted = typeof language === 'string' ? language.trim().replace('_', '-') : '';
  const tag = NAMES[wanted.toLowerCase()] ?? wanted;
  const fallback = canonical(workspaceLocale) ?? 'en';
  const own = tag === '' ? null : canonical(tag);
  if (own === null) return fallback;
  return own === fallback.split('-')[0] ? fallback : own;
}

const known = new Map<string, string | null>();

function canonical(tag: string): string | null {
  let found = known.get(tag);
  if (found === undefined) {
    if (known.size > 1000) known.clear();
    known.set(tag, (found = supported(tag)));
  }
  return found;
}

function supported(tag: string): string | null {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** The words for a reader; English where the program does not speak the reader's language. */
export function mailWords(locale: string): MailWords {
  return WORDS[languageOf(locale) ?? 'en'];
}
