// What an access report says: what is known of a person, in sections that they can read, in their language.
import type { Settings } from '../../shared/api.ts';
import { minorDigits } from '../../shared/contacts/locale-words.ts';
import { STANDARD_ATTRIBUTES, type AttributeKind, type AttributeValue } from '../../shared/contacts/contact.ts';
import type { Instant } from '../../shared/time.ts';
import type { KnownOfPerson } from '../store/person.ts';
import type { PdfDocument, PdfSection } from './pdf.ts';
import { reportWords, type Named, type ReportWords } from './report-words.ts';

const STANDARD = new Set<string>(STANDARD_ATTRIBUTES.map(({ key }) => key));

/** A column: the key of its head, and its width in points; `null`: what is left. */
type Column = [key: string, width: number | null];
const WHEN: Column = ['when', 92];

/** The document for `pdfOf`. Times are those of the workspace's zone. `asked`: the language, a BCP 47 tag. */
export function reportContent(known: KnownOfPerson, settings: Settings, madeAt: Instant, asked: string): PdfDocument {
  const words = reportWords(asked);
  const { own, shared, language } = words;
  const formats = formatsOf(language, settings, words);
  const { time, money, value } = formats;
  const labels = new Map(known.history.map(({ key, label }) => [key, label]));
  const kinds = new Map([...known.history, ...known.attributes].map(({ key, kind }) => [key, kind]));
  const labelOf = (key: string, label: string): string => (STANDARD.has(key) ? words.definition(label) : label);
  const messages = new Map(known.messages.map(({ message, name, subject }) => [message, name ?? subject ?? message]));
  const topics = new Map(known.consents.map(({ topic, topicName }) => [topic, topicName ?? topic]));
  const named: Named = {
    attributeLabel: (key) => labelOf(key, labels.get(key) ?? key),
    value: (key, given) => value(given, kinds.get(key)),
    messageName: (key) => messages.get(key) ?? key,
    topicName: (key) => topics.get(key) ?? key,
    number: formats.number,
    money,
  };
  const section = (key: string, columns: Column[], rows: string[][]): PdfSection => ({
    title: own(`section.${key}`),
    columns: columns.map(([head, width]) => ({ head: own(`head.${head}`), width })),
    rows,
    empty: own('nothing'),
  });
  const about = known.attributes.find(({ key }) => key === 'email')?.value ?? known.attributes[0]?.value ?? '';
  return {
    language,
    title: own('title', { person: String(about) }),
    lines: [own('madeBy', { name: settings.name, when: time(madeAt) }), ...(settings.postalAddress === '' ? [] : [settings.postalAddress.replaceAll('\n', ', ')]), own('zone', { zone: settings.timeZone })],
    page: (page, of) => own('page', { page, of }),
    sections: [
      section('attributes', [['what', 150], ['value', null]], [
        ...known.attributes.map(({ key, label, kind, value: given }) => [labelOf(key, label), value(given, kind)]),
        [own('addedAt'), time(known.contact.addedAt)],
        ...known.formerAddresses.map(({ value: address }) => [own('formerAddress'), address]),
        ...(known.tags.length === 0 ? [] : [[own('tags'), known.tags.join(', ')]]),
        ...(known.segments.length === 0 ? [] : [[own('segments'), known.segments.join(', ')]]),
      ]),
      section('consents', [WHEN, ['about', 110], ['said', 90], ['evidence', null]], known.consents.map((each) => [time(each.at), [shared('privacy', `channel.${each.channel}`), each.topicName].filter(Boolean).join(': '), shared('privacy', `state.${each.state}`), joined([each.source, each.wording, each.file])])),
      section('suppressions', [WHEN, ['reason', null]], known.suppressions.map(({ at, reason, domain }) => [time(at), joined([shared('privacy', `reason.${reason}`), domain])])),
      section('messages', [WHEN, ['address', 140], ['said', 110], ['subject', null]], known.messages.map((each) => [time(each.at), each.address ?? '', [shared('outbox', `state.${each.state}`), each.reason === null ? '' : shared('outbox', `reason.${each.reason}`)].filter(Boolean).join(': '), each.subject ?? each.name ?? each.message])),
      section('orders', [WHEN, ['number', 90], ['amount', 80], ['details', null]], known.orders.map((each) => [time(each.at), each.order, money(each.amount, each.currency), details(each.data, ORDER_COLUMNS)])),
      section('flows', [WHEN, ['flow', 170], ['said', null]], [...known.lines.map((each) => [time(each.since), each.flowName, own('inLine')]), ...known.flows.map((each) => [time(each.enteredAt), each.flowName, passage(words, each)])]),
      section('notes', [WHEN, ['note', null]], known.notes.map((each) => [time(each.createdAt), each.text])),
      section('tasks', [WHEN, ['task', 150], ['details', null]], known.tasks.map((each) => [time(each.at), each.title, joined([each.text, each.outcome, each.comment])])),
      section('history', [WHEN, ['what', 90], ['before', null], ['after', null], ['source', 80]], known.history.map((each) => [time(each.at), labelOf(each.key, each.label), value(each.old, each.kind) || '–', value(each.now, each.kind) || '–', words.origin(each)])),
      section('events', [WHEN, ['what', null], ['source', 130]], known.events.map((each) => {
        const { sentence, details: lines } = words.event(each, named);
        // What has changed stands in the part before, line by line.
        return [time(each.at), [sentence, ...(each.type === 'attributes_changed' ? [] : lines)].join('\n'), words.origin(each)];
      })),
    ],
  };
}

function passage({ own, shared }: ReportWords, { state, exitReason }: KnownOfPerson['flows'][number]): string {
  if (state === 'exited' && exitReason !== null) return shared('contacts', 'flow.exited', { reason: shared('contacts', `exit.${exitReason}`) });
  return state === 'exited' || state === 'finished' ? shared('contacts', 'flow.finished') : own('inside');
}

type Formats = { time(at: Instant): string; number(given: number): string; money(amount: number, currency: string): string; value(given: AttributeValue, kind: AttributeKind | undefined): string };

function formatsOf(language: string, settings: Settings, { shared }: ReportWords): Formats {
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: settings.timeZone });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 6 });
  const time = (at: Instant): string => dateTime.format(at);
  const money = (amount: number, currency: string): string => new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 10 ** minorDigits(currency));
  return {
    time,
    money,
    number: (given) => numbers.format(given),
    value(given, kind) {
      if (given === null) return '';
      if (Array.isArray(given)) return given.join(', ');
      if (typeof given === 'boolean') return shared('contacts', given ? 'yes' : 'no');
      if (typeof given === 'number') return kind === 'dateTime' ? time(given) : kind === 'money' ? money(given, settings.currency) : numbers.format(given);
      if (kind === 'date' && typeof given === 'string' && /^\d{4}-\d\d-\d\d$/.test(given)) return day.format(Date.parse(given));
      return String(given);
    },
  };
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

/** What has a column of its own. */
const ORDER_COLUMNS = new Set(['order', 'amount', 'currency']);

function details(data: Record<string, unknown>, shown: ReadonlySet<string>): string {
  return Object.entries(data).filter(([name]) => !shown.has(name)).map(([name, given]) => `${name}: ${typeof given === 'string' || typeof given === 'number' ? String(given) : JSON.stringify(given)}`).join('; ');
}
