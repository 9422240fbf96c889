// What taking back an import means for one contact: pure. Its own values, tags and consents go; whatever anybody has built on
// them since stays, and is named.
import type { Attribute, AttributeValue, Channel } from '../../shared/contacts/contact.ts';
import { CHANNELS } from '../../shared/contacts/contact.ts';
import { say, type Text } from '../../shared/text.ts';
import { UNDO, type History, type HistoryConsent, type HistoryEvent } from '../store/import-undo.ts';
import { SEGMENTS } from '../store/segment-membership.ts';
import { movesToGiveBack, ofFixedSegments, valuesToGiveBack, type Judges, type MovesBack } from '../undoing/give-back.ts';

export type TakeBack = {
  /** The import had added the contact, and nothing has happened to it since. */
  remove: boolean;
  /** Values to give back, by attribute. */
  values: Record<string, AttributeValue>;
  tags: string[];
  /** Fixed segments to be taken out of, and to be put into again. */
  segments: Pick<MovesBack, 'out' | 'into'>;
  /** Consents to give back; `before` undefined: there was none. */
  consents: { channel: Channel; topic: string; before: HistoryConsent | undefined }[];
  /** Why something stays as it is. */
  kept: Text[];
};

type Context = { importId: number; undone: ReadonlySet<number>; attributes: ReadonlyMap<string, Attribute>; isTaken(email: AttributeValue): boolean; /** The passages through flows that the import has caused. */ passages: ReadonlySet<number>; /** The fixed segments that there are, and those that the contact is in. */ fixed: ReadonlySet<string>; segments: ReadonlySet<string> };

export function takeBack(history: History, { importId, undone, attributes, isTaken, passages, fixed, segments }: Context): TakeBack {
  const isMine = (event: HistoryEvent): boolean => event.importId === importId && event.source === 'import';
  // What was itself taken back, and what the program notes by itself, is no life of the contact.
  const isLife = ({ importId: by, source }: HistoryEvent): boolean => source !== UNDO && source !== SEGMENTS && by !== importId && (by === null || !undone.has(by));
  const result: TakeBack = { remove: false, values: {}, tags: [], segments: { out: [], into: [] }, consents: [], kept: [] };
  if (history.importId === importId) {
    // What a flow has done with somebody whom the import has sent into it goes with the import.
    const isOther = ({ importId: by, actor }: HistoryConsent): boolean => actor !== UNDO && by !== importId && (by === null || !undone.has(by));
    const reason = whyItStays(history, (event) => isLife(event) && !(event.enrollmentId != null && passages.has(event.enrollmentId)), isOther);
    if (reason === null) return { ...result, remove: true };
    result.kept.push(reason);
  } else {
    const { values, kept } = valuesToGiveBack(history.events, history.values, { isMine, isLife, attributes, isTaken });
    result.values = values;
    result.kept.push(...kept);
    if (history.events.some((event) => event.movedIn && event.type === 'contact_added' && isMine(event))) result.kept.push(say('A contact that this import had added was merged into it, and stays merged with all that came from there.'));
  }
  takeBackTags(history, { isMine, isLife }, result);
  const moves = movesToGiveBack(ofFixedSegments(history.events, fixed), { types: { into: 'segment_entered', out: 'segment_left', name: 'segment' }, isIn: segments }, { isMine, isLife });
  result.segments = { out: moves.out, into: moves.into };
  for (const channel of CHANNELS) for (const topic of new Set(history.consents.map((each) => each.topic))) takeBackConsent(history, importId, channel, topic, result);
  return result;
}

/** Why a contact that the import added is not removed; `null`: nothing has happened to it since. */
function whyItStays(history: History, isLife: (event: HistoryEvent) => boolean, isOther: (consent: HistoryConsent) => boolean): Text | null {
  const [flow] = history.flows;
  if (flow !== undefined) return say('It was added by this import, and has been in the flow {flow}.', { flow: flow.name });
  if (history.hasMessages) return say('It was added by this import, and has got a message.');
  const later = history.events.find(isLife);
  // A word on consent that says what held already is no event, and yet evidence.
  const word = history.consents.find(isOther);
  if (later === undefined && word === undefined) return null;
  if ((later ?? word!).importId !== null) return say('It was added by this import, and a later import has changed it.');
  if (later === undefined || later.source === 'user' || later.source === 'cli') return say('It was added by this import, and was edited later.');
  return say('It was added by this import, and something happened to it later: {type}.', { type: later.type });
}

function takeBackTags({ events, tags }: History, judges: Judges, result: TakeBack): void {
  const { out, stays } = movesToGiveBack(events, { types: { into: 'tag_added', out: 'tag_removed', name: 'tag' }, isIn: tags }, judges);
  result.tags.push(...out);
  for (const tag of stays) result.kept.push(say('The tag {tag} was put on again later, and stays.', { tag }));
}

function takeBackConsent({ consents }: History, importId: number, channel: Channel, topic: string, result: TakeBack): void {
  const ledger = consents.filter((each) => each.channel === channel && each.topic === topic);
  const first = ledger.findIndex((each) => each.importId === importId);
  const latest = ledger.at(-1);
  if (first < 0 || latest === undefined || latest.actor === UNDO) return;
  if (latest.importId === importId) result.consents.push({ channel, topic, before: ledger[first - 1] });
  else result.kept.push(channel === 'sms' ? say('Its consent to SMS was recorded again later, and stays.') : say('Its consent to e-mail was recorded again later, and stays.'));
}
