// The words of an access report: what is known of a person, in sections that they can read, in their language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../shared/api.ts';
import { minorDigits } from '../../shared/contacts/locale-words.ts';
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import { inLanguage, type TextValue } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import { assetsFolder } from '../folders.ts';
import type { KnownOfPerson } from '../store/person.ts';
import type { PdfDocument, PdfSection } from './pdf.ts';

const LANGUAGES = ['en', 'da', 'nl', 'pl', 'sv'];

/** The document for `pdfOf`. Times are those of the workspace's zone. */
export function reportContent(known: KnownOfPerson, settings: Settings, madeAt: Instant, asked: string): PdfDocument {
  const language = LANGUAGES.find((each) => each === asked.slice(0, 2)) ?? 'en';
  const words = wordsOf(language);
  const t = (key: string, values: Record<string, TextValue> = {}): string => inLanguage({ text: words[key] ?? key, values }, language, (same) => same);
  const time = (instant: Instant): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: settings.timeZone }).format(instant);
  const money = (amount: number, currency: string): string => new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 10 ** minorDigits(currency));
  const value = (given: AttributeValue, kind: AttributeKind): string => {
    if (given === null) return '';
    if (Array.isArray(given)) return given.join(', ');
    if (typeof given === 'boolean') return given ? t('yes') : t('no');
    if (kind === 'dateTime' && typeof given === 'number') return time(given);
    if (kind === 'money' && typeof given === 'number') return money(given, settings.currency);
    return String(given);
  };
  const channel = (name: string): string => (name === 'sms' ? t('sms') : t('email'));
  const section = (key: string, head: string[], rows: string[][]): PdfSection => ({ title: t(`section.${key}`), head: head.map((each) => t(`head.${each}`)), rows, empty: t('nothing') });
  const about = known.attributes.find(({ key }) => key === 'email')?.value ?? known.attributes[0]?.value ?? '';
  return {
    language,
    title: t('title', { person: String(about) }),
    lines: [t('madeBy', { name: settings.name, when: time(madeAt) }), ...(settings.postalAddress === '' ? [] : [settings.postalAddress.replaceAll('\n', ', ')]), t('zone', { zone: settings.timeZone })],
    page: (page, of) => t('page', { page, of }),
    sections: [
      section('attributes', ['what', 'value'], [
        ...known.attributes.map(({ label, kind, value: given }) => [label, value(given, kind)]),
        [t('addedAt'), time(known.contact.addedAt)],
        ...known.formerAddresses.map(({ value: address }) => [t('formerAddress'), address]),
        ...(known.tags.length === 0 ? [] : [[t('tags'), known.tags.join(', ')]]),
        ...(known.segments.length === 0 ? [] : [[t('segments'), known.segments.join(', ')]]),
      ]),
      section('consents', ['when', 'about', 'said', 'evidence'], known.consents.map((each) => [time(each.at), [channel(each.channel), each.topicName].filter(Boolean).join(': '), t(`state.${each.state}`), [each.source, each.wording, each.file].filter(Boolean).join(' · ')])),
      section('suppressions', ['when', 'reason'], known.suppressions.map(({ at, reason, domain }) => [time(at), [reason, domain].filter(Boolean).join(' · ')])),
      section('messages', ['when', 'address', 'said', 'subject'], known.messages.map((each) => [time(each.at), each.address ?? '', t(`sent.${each.state}`), each.subject ?? each.message])),
      section('orders', ['when', 'number', 'amount', 'details'], known.orders.map((each) => [time(each.at), each.order, money(each.amount, each.currency), details(each.data)])),
      section('flows', ['when', 'flow', 'said'], known.flows.map((each) => [time(each.enteredAt), each.flowName, t(`flow.${each.state}`)])),
      section('notes', ['when', 'note'], known.notes.map((each) => [time(each.createdAt), each.text])),
      section('tasks', ['when', 'task', 'details'], known.tasks.map((each) => [time(each.at), each.title, [each.text, each.outcome, each.comment].filter(Boolean).join(' · ')])),
      section('events', ['when', 'what', 'source', 'details'], known.events.map((each) => [time(each.at), each.type.replaceAll('_', ' '), each.flow ?? each.source, details(each.data)])),
    ],
  };
}

function details(data: Record<string, unknown>): string {
  return Object.entries(data).map(([name, given]) => `${name}: ${typeof given === 'string' || typeof given === 'number' ? String(given) : JSON.stringify(given)}`).join('; ');
}

function wordsOf(language: string): Record<string, string> {
  return JSON.parse(readFileSync(join(assetsFolder(), 'access-report', `${language}.json`), 'utf8')) as Record<string, string>;
}
