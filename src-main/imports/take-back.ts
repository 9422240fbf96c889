// What taking back an import means for one contact: pure. Its own values, tags and consents go; whatever anybody has built on
// them since stays, and is named.
import type { Attribute, AttributeValue, Channel } from '../../shared/contacts/contact.ts';
import { CHANNELS } from '../../shared/contacts/contact.ts';
import { say, type Text } from '../../shared/text.ts';
import { UNDO, type History, type HistoryConsent, type HistoryEvent } from '../store/import-undo.ts';
import { SEGMENTS } from '../store/segment-membership.ts';

export type TakeBack = {
  /** The import had added the contact, and nothing has happened to it since. */
  remove: boolean;
  /** Values to give back, by attribute. */
  values: Record<string, AttributeValue>;
  tags: string[];
  /** Consents to give back; `before` undefined: there was none. */
  consents: { channel: Channel; before: HistoryConsent | undefined }[];
  /** Why something stays as it is. */
  kept: Text[];
};

type Context = { importId: number; undone: ReadonlySet<number>; attributes: ReadonlyMap<string, Attribute>; isTaken(email: AttributeValue): boolean };

export function takeBack(history: History, { importId, undone, attributes, isTaken }: Context): TakeBack {
  const isMine = (event: HistoryEvent): boolean => event.importId === importId && event.source === 'import';
  // What was itself taken back, and what the program notes by itself, is no life of the contact.
  const isLife = ({ importId: by, source }: HistoryEvent): boolean => source !== UNDO && source !== SEGMENTS && by !== importId && (by === null || !undone.has(by));
  const result: TakeBack = { remove: false, values: {}, tags: [], consents: [], kept: [] };
  if (history.importId === importId) {
    const reason = whyItStays(history, isLife);
    if (reason === null) return { ...result, remove: true };
    result.kept.push(reason);
  } else takeBackValues(history, isMine, attributes, isTaken, result);
  takeBackTags(history, isMine, isLife, result);
  for (const channel of CHANNELS) takeBackConsent(history, importId, channel, result);
  return result;
}

/** Why a contact that the import added is not removed; `null`: nothing has happened to it since. */
function whyItStays(history: History, isLife: (event: HistoryEvent) => boolean): Text | null {
  const [flow] = history.flows;
  if (flow !== undefined) return say('It was added by this import, and has been in the flow {flow}.', { flow: flow.name });
  if (history.hasMessages) return say('It was added by this import, and has got a message.');
  const later = history.events.find(isLife);
  if (later === undefined) return null;
  if (later.importId !== null) return say('It was added by this import, and a later import has changed it.');
  if (later.source === 'user' || later.source === 'cli') return say('It was added by this import, and was edited later.');
  return say('It was added by this import, and something happened to it later: {type}.', { type: later.type });
}

function takeBackValues({ events, values }: History, isMine: (event: HistoryEvent) => boolean, attributes: Context['attributes'], isTaken: Context['isTaken'], result: TakeBack): void {
  const changed = new Map<string, { before: AttributeValue; after: AttributeValue }>();
  for (const event of events) {
    if (!isMine(event) || event.type !== 'attributes_changed') continue;
    for (const [key, [before, after]] of Object.entries(event.data['changes'] as Record<string, [AttributeValue, AttributeValue]>)) {
      changed.set(key, { before: changed.get(key)?.before ?? before, after });
    }
  }
  for (const [key, { before, after }] of changed) {
    const attribute = attributes.get(key);
    const now = values[key] ?? null;
    if (attribute === undefined || isSame(now, before)) continue;
    if (!isSame(now, after)) result.kept.push(say('{attribute} was changed again later, and stays as it is.', { attribute: attribute.label }));
    else if (key === 'email' && isTaken(before)) result.kept.push(say('Its earlier address belongs to another contact by now.'));
    else result.values[key] = before;
  }
}

function isSame(one: AttributeValue, other: AttributeValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function takeBackTags({ events, tags }: History, isMine: (event: HistoryEvent) => boolean, isLife: (event: HistoryEvent) => boolean, result: TakeBack): void {
  /** By tag: whether the import put it on, and was the last to do anything about it. */
  const last = new Map<string, 'import' | 'later'>();
  for (const event of events) {
    if (event.type !== 'tag_added' && event.type !== 'tag_removed') continue;
    const tag = String(event.data['tag']);
    if (isMine(event)) last.set(tag, 'import');
    else if (last.has(tag) && isLife(event)) last.set(tag, 'later');
  }
  for (const [tag, by] of last) {
    if (!tags.has(tag)) continue;
    if (by === 'import') result.tags.push(tag);
    else result.kept.push(say('The tag {tag} was put on again later, and stays.', { tag }));
  }
}

function takeBackConsent({ consents }: History, importId: number, channel: Channel, result: TakeBack): void {
  const ledger = consents.filter((each) => each.channel === channel);
  const first = ledger.findIndex((each) => each.importId === importId);
  const latest = ledger.at(-1);
  if (first < 0 || latest === undefined || latest.actor === UNDO) return;
  if (latest.importId === importId) result.consents.push({ channel, before: ledger[first - 1] });
  else result.kept.push(channel === 'sms' ? say('Its consent to SMS was recorded again later, and stays.') : say('Its consent to e-mail was recorded again later, and stays.'));
}
