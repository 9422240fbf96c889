// What an event says in words, for whoever shows it: the window, and the report that a person gets of what is known of them. The
// words themselves are given: they stand under these keys in assets/languages/<language>/contacts.json and contact-page.json.
import type { AttributeValue } from './contact.ts';
import { subjectParts } from './contact.ts';
import { EVENT_TYPES, FLOW_END_ASKED, FLOW_START_ASKED, type Arrival, type AttributeChanges, type KnownEventType } from './event.ts';

/** The keys of the sentences, in contacts.json. */
export type EventWord = `event.${KnownEventType | typeof FLOW_START_ASKED | typeof FLOW_END_ASKED | 'custom' | 'cameWithTags'}` | 'change' | 'noValue' | 'channel.email' | 'channel.sms';

/** What a speaker knows: the words of a language, the names of things, and how values are written. Codes without words come back as they are. */
export type EventSpeech = {
  word(key: EventWord, values?: Record<string, string | number>): string;
  attributeLabel(key: string): string;
  /** A value of an attribute; empty where there is none. */
  value(key: string, value: AttributeValue): string;
  messageName(key: string): string;
  topicName(key: string): string;
  exitReason(code: string): string;
  /** Why a task was closed. */
  closedReason(code: string): string;
  number(value: number): string;
  /** An amount in minor units. */
  money(amount: number, currency: string): string;
};

/** Whether the program itself records events of this type. */
export function isKnownType(type: string): type is KnownEventType {
  return (EVENT_TYPES as readonly string[]).includes(type);
}

/** The sentence of an event, and lines below it: attribute changes, or the properties of an event of the user's own. `flow`: the name of the flow that it is about. */
export function eventWords({ type, data, flow }: { type: string; data: Record<string, unknown>; flow: string | null }, speech: EventSpeech): { sentence: string; details: string[] } {
  const { word } = speech;
  const channelName = (subject: string): string => {
    const { channel, topic } = subjectParts(subject);
    return [word(`channel.${channel}`), topic === '' ? '' : speech.topicName(topic)].filter((part) => part !== '').join(', ');
  };
  if (type === 'attributes_changed' || type === 'contact_added') {
    const changes = Object.entries((data['changes'] ?? {}) as AttributeChanges);
    const show = (key: string, value: AttributeValue): string => speech.value(key, value) || word('noValue');
    const { tags = [], given = {}, withdrawn = {} } = data as Arrival;
    const details =
      type === 'contact_added'
        ? [
            ...(tags.length === 0 ? [] : [word('event.cameWithTags', { tags: tags.join(', ') })]),
            ...Object.keys(given).map((channel) => word('event.consent_given', { channel: channelName(channel) })),
            ...Object.keys(withdrawn).map((channel) => word('event.consent_withdrawn', { channel: channelName(channel) })),
          ]
        : changes.map(([key, [old, now]]) => word('change', { attribute: speech.attributeLabel(key), old: show(key, old), now: show(key, now) }));
    return { sentence: word(`event.${type}`, { count: changes.length }), details };
  }
  if (type === 'order_placed' || type === 'order_changed') {
    const currency = textOf(data['currency']);
    const amount = typeof data['amount'] === 'number' && /^[A-Z]{3}$/.test(currency) ? speech.money(data['amount'], currency) : '';
    return { sentence: word(`event.${type}`, { amount, order: textOf(data['order']) }).trim(), details: [] };
  }
  if (type === FLOW_START_ASKED || type === FLOW_END_ASKED) return { sentence: word(`event.${type}`, { flow: flow ?? '' }), details: [] };
  if (isKnownType(type)) {
    const topic = textOf(data['topic']);
    const values = {
      tag: textOf(data['tag']),
      channel: channelName(`${textOf(data['channel'])}:${topic}`),
      message: speech.messageName(textOf(data['message'])),
      flow: flow ?? textOf(data['flow']),
      segment: textOf(data['name']) || textOf(data['segment']),
      name: textOf(data['name']),
      link: textOf(data['url'] ?? data['link']),
      title: textOf(data['title']),
      what: textOf(data['what']),
    };
    if (type === 'task_decided') return { sentence: word('event.task_decided', values), details: [textOf(data['label']), textOf(data['comment'])].filter((part) => part !== '') };
    if (type === 'task_closed') return { sentence: word('event.task_closed', values), details: [speech.closedReason(textOf(data['reason']))] };
    const reason = type === 'flow_left' ? speech.exitReason(textOf(data['reason'])) : '';
    return { sentence: word(`event.${type}`, values), details: [reason, ...[data['source'], data['subject'], data['response']].map(textOf)].filter((part) => part !== '') };
  }
  const details = Object.entries(data).map(([name, value]) => `${name}: ${typeof value === 'number' ? speech.number(value) : typeof value === 'string' ? value : JSON.stringify(value)}`);
  return { sentence: word('event.custom', { name: type.replaceAll('_', ' ') }), details };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

const SOURCES = ['user', 'import', 'flow', 'channel', 'cli', 'sample', 'api', 'undo', 'merge', 'guard', 'retention'] as const;

/** The keys of where things come from, in contact-page.json. */
export type OriginWord = `by.${(typeof SOURCES)[number] | 'importFile' | 'bulk'}`;
export type Origin = { source: string; flow: string | null; importFile?: string | null; bulkEdit?: number | null };

/** Who or what did something: a person, a flow by its name, an import by its file, a change of many contacts. A source without words of its own as it stands. */
export function originWords({ source, flow, importFile, bulkEdit }: Origin, word: (key: OriginWord, values?: { file: string }) => string): string {
  if (importFile != null) return word('by.importFile', { file: importFile });
  if (bulkEdit != null) return word('by.bulk');
  if (flow !== null && source === 'flow') return flow;
  const known = SOURCES.find((each) => each === source);
  const by = known === undefined ? source : word(`by.${known}`);
  return flow === null ? by : `${flow} · ${by}`;
}
