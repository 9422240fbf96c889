// What taking back means for one contact, whatever it is that is taken back (an import, a bulk edit): pure. The values and moves
// that were its own become what they were; what anybody has changed since stays as it is, and is named.
import type { Attribute, AttributeValue } from '../../shared/contacts/contact.ts';
import { isSameValue } from '../../shared/contacts/bulk-edit.ts';
import { valueReason } from '../../shared/contacts/values.ts';
import { say, type Text } from '../../shared/text.ts';
import type { HistoryEvent } from '../store/import-undo.ts';
import { MERGE } from '../store/merges.ts';

/** `isMine`: what is taken back has made this event. `isLife`: it happened to the contact besides, and was not taken back itself. */
export type Judges = { isMine(event: HistoryEvent): boolean; isLife(event: HistoryEvent): boolean };

type Values = Readonly<Record<string, AttributeValue>>;
type Context = Judges & { attributes: ReadonlyMap<string, Attribute>; isTaken(email: AttributeValue): boolean };

/** The values to give back, by attribute, and why others stay. An attribute that is gone is passed over. */
export function valuesToGiveBack(events: readonly HistoryEvent[], values: Values, { isMine, isLife, attributes, isTaken }: Context): { values: Record<string, AttributeValue>; kept: Text[] } {
  const changed = new Map<string, { before: AttributeValue; after: AttributeValue; later: boolean }>();
  /** Changed for a contact that was merged into this one: no value of this one's, unless it came to it by the merge. */
  const theirs = new Set<string>();
  const came = new Set<string>();
  for (const event of events) {
    if (event.type !== 'attributes_changed') continue;
    const mine = isMine(event);
    if (event.movedIn) {
      if (mine) for (const key of Object.keys(event.data['changes'] as object)) theirs.add(key);
      continue;
    }
    for (const [key, [before, after]] of Object.entries(event.data['changes'] as Record<string, [AttributeValue, AttributeValue]>)) {
      const known = changed.get(key);
      if (mine) changed.set(key, { before: known === undefined ? before : known.before, after, later: false });
      else if (known !== undefined && isLife(event)) known.later = true;
      else if (known === undefined && event.source === MERGE && theirs.has(key)) came.add(key);
    }
  }
  const result: { values: Record<string, AttributeValue>; kept: Text[] } = { values: {}, kept: [] };
  const stays = (attribute: Attribute): Text => say('{attribute} was changed again later, and stays as it is.', { attribute: attribute.label });
  for (const key of came) {
    const attribute = attributes.get(key);
    if (attribute !== undefined) result.kept.push(stays(attribute));
  }
  for (const [key, { before, after, later }] of changed) {
    const attribute = attributes.get(key);
    const now = values[key] ?? null;
    if (attribute === undefined || isSameValue(now, before)) continue;
    // A value that it cannot hold any more is one of another kind than it has by now.
    if (later || !isSameValue(now, after) || valueReason(before, { key, kind: attribute.kind }) !== undefined) result.kept.push(stays(attribute));
    else if (key === 'email' && isTaken(before)) result.kept.push(say('Its earlier address belongs to another contact by now.'));
    else result.values[key] = before;
  }
  return result;
}

/** The events of coming into fixed segments and going out. One that is gone, or follows a rule by now, has nobody to be put into it. */
export function ofFixedSegments(events: readonly HistoryEvent[], fixed: ReadonlySet<string>): HistoryEvent[] {
  return events.filter(({ type, data }) => (type === 'segment_entered' || type === 'segment_left') && fixed.has(String(data['segment'])));
}

type Moves = {
  /** The events of coming in and going out, and the name of what, in their data. */
  types: { into: string; out: string; name: string };
  /** What the contact is in now. */
  isIn: ReadonlySet<string>;
};
/** `out`: to be taken out of again. `into`: to be put into again, since when it was. Then what somebody has put in or taken out again later. */
export type MovesBack = { out: string[]; into: { name: string; since: number | undefined }[]; stays: string[]; staysOut: string[] };

/** Tags and memberships to give back: those of which nobody has done anything since. */
export function movesToGiveBack(events: readonly HistoryEvent[], { types, isIn }: Moves, { isMine, isLife }: Judges): MovesBack {
  const last = new Map<string, { into: boolean; since: number | undefined; later: boolean }>();
  const cameBy = new Map<string, HistoryEvent>();
  for (const event of events) {
    if (event.type !== types.into && event.type !== types.out) continue;
    const name = String(event.data[types.name]);
    const known = last.get(name);
    const had = cameBy.get(name);
    if (event.type === types.into) cameBy.set(name, event);
    else cameBy.delete(name);
    // Of two who became one, one had it without this: it is theirs all the same.
    if (event.type === types.into && had !== undefined && !isMine(had) && had.movedIn !== event.movedIn) continue;
    if (isMine(event)) last.set(name, { into: event.type === types.into, since: event.data['since'] as number | undefined, later: false });
    else if (known !== undefined && isLife(event)) known.later = true;
  }
  const back: MovesBack = { out: [], into: [], stays: [], staysOut: [] };
  for (const [name, { into, since, later }] of last) {
    // It is as it was before already.
    if (isIn.has(name) !== into) continue;
    if (into) (later ? back.stays : back.out).push(name);
    else if (later) back.staysOut.push(name);
    else back.into.push({ name, since });
  }
  return back;
}
