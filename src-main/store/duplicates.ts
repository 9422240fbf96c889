// Finds contacts that may be one person, however many there are: by what two of them share (a number, a mailbox, a name with a
// postcode), so that only those are compared who have something in common. One pass over all contacts, nothing is written.
import { GRADES, keysOf, likeness, speaksAgainst, survivorFirst, type Grade, type Identity } from '../../shared/contacts/duplicates.ts';
import { foldName, KNOWN_FIELDS } from '../../shared/contacts/header-names.ts';
import type { Text } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { row, rows } from './database.ts';
import { pairsKeptApart } from './not-duplicates.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** Contacts that may be one person, the one that would remain first. */
export type FoundGroup = { grade: Grade; ids: number[]; reasons: Text[] };

/** More than so many with one number share a switchboard, or "0000"; with one name they only have a common name. */
const MOST_SHARING = 20;
const MOST_NAMESAKES = 4;
/** A group stays small enough to be looked at. */
const MOST_IN_GROUP = 12;
const MOST_REASONS = 8;
const AT_ONCE = 5000;

/** All groups, the surest first; pairs that a person keeps apart are in none. */
export function findDuplicates(workspace: WithDatabase): FoundGroup[] {
  const columns = identityColumns(workspace);
  const candidates = new Set<string>();
  for (const column of ['phone', 'external_id']) addSharing(workspace, column, candidates);
  addByKeys(workspace, columns, candidates);
  for (const pair of pairsKeptApart(workspace)) candidates.delete(pair);
  const people = identitiesOf(workspace, columns, [...new Set([...candidates].flatMap((pair) => pair.split(':').map(Number)))]);
  const pairs = [...candidates].flatMap((pair): Pair[] => {
    const [one, other] = pair.split(':').map(Number) as [number, number];
    const [a, b] = [people.get(one), people.get(other)];
    const found = a === undefined || b === undefined ? null : likeness(a, b);
    return found === null ? [] : [{ one, other, ...found }];
  });
  return groupsOf(pairs, people, pairsKeptApart(workspace));
}

/** Whether two contacts of a certain group are there, and still nothing says that they are two: one of them may have become more by a merge. */
export function areStillOne(workspace: WithDatabase, one: number, other: number): boolean {
  const people = identitiesOf(workspace, identityColumns(workspace), [one, other]);
  const [a, b] = [people.get(one), people.get(other)];
  return a !== undefined && b !== undefined && (!speaksAgainst(a, b) || likeness(a, b)?.grade === 'certain');
}

/** What is left of groups that were found earlier: without who is gone by now, and without pairs that were told apart since. */
export function stillThere(workspace: WithDatabase, groups: readonly FoundGroup[]): FoundGroup[] {
  const all = JSON.stringify([...new Set(groups.flatMap(({ ids }) => ids))]);
  const there = new Set(rows<{ id: number }>(workspace.db, 'SELECT c.id FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value', all).map(({ id }) => id));
  const apart = pairsKeptApart(workspace);
  return groups.flatMap((group) => {
    const left = group.ids.filter((id) => there.has(id));
    const isApart = left.some((one) => left.some((other) => apart.has(`${one}:${other}`)));
    return left.length < 2 || isApart ? [] : [{ ...group, ids: left }];
  });
}

/** A number that changes with whatever is written on this connection. */
export function writesSoFar({ db }: WithDatabase): number {
  return row<{ n: number }>(db, 'SELECT total_changes() AS n')!.n;
}

type Known = Identity & { addedAt: number; isAnonymous: boolean };
type Pair = { one: number; other: number; grade: Grade; reasons: Text[] };

function pairKey(one: number, other: number): string {
  return one < other ? `${one}:${other}` : `${other}:${one}`;
}

/** The columns of a contact that tell who it is. Postcode and birthday are attributes of the user's own, known by their names. */
function identityColumns(workspace: WithDatabase): string {
  const attributes = [...attributesOf(workspace).values()];
  const columnOf = (field: 'postcode' | 'birthday' | 'company'): string => {
    const names = new Set(KNOWN_FIELDS.find((each) => each.field === field)!.names.map(foldName).concat(field));
    const fits = attributes.filter(({ kind }) => (field === 'birthday' ? kind === 'date' : kind === 'text' || kind === 'choice' || kind === 'number'));
    return fits.find(({ key, label }) => names.has(foldName(key)) || names.has(foldName(label)))?.column ?? 'NULL';
  };
  const asText = (column: string) => (column === 'NULL' ? column : `CAST(c.${column} AS TEXT)`);
  return `c.id, c.email, c.phone, c.external_id AS externalId, c.first_name AS firstName, c.last_name AS lastName,
    ${asText(columnOf('company'))} AS company, ${asText(columnOf('postcode'))} AS postcode, ${asText(columnOf('birthday'))} AS birthday`;
}

/** Pairs that have the same value in an indexed column. */
function addSharing({ db }: WithDatabase, column: string, candidates: Set<string>): void {
  const found = rows<{ ids: string }>(db, `SELECT json_group_array(id) AS ids FROM contacts WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) BETWEEN 2 AND ?`, MOST_SHARING);
  for (const { ids } of found) addPairs(JSON.parse(ids) as number[], candidates);
}

function addPairs(ids: readonly number[], candidates: Set<string>): void {
  ids.forEach((one, index) => {
    for (const other of ids.slice(index + 1)) candidates.add(pairKey(one, other));
  });
}

/** Pairs that meet under one of their keys. Of a key that only one contact has, nothing but a number is kept. */
function addByKeys({ db }: WithDatabase, columns: string, candidates: Set<string>): void {
  const count = row<{ n: number }>(db, 'SELECT count(*) AS n FROM contacts')!.n;
  const meetings = createMeetings(count);
  for (let after = 0, some: Identity[]; (some = rows<Identity>(db, `SELECT ${columns} FROM contacts c WHERE c.id > ? ORDER BY c.id LIMIT ?`, after, AT_ONCE)).length > 0; after = some.at(-1)!.id) {
    for (const identity of some) for (const key of keysOf(identity)) meetings.add(key, identity.id);
  }
  for (const { ids, isName } of meetings.found()) if (ids.length <= (isName ? MOST_NAMESAKES : MOST_SHARING)) addPairs(ids, candidates);
}

type Meeting = { ids: number[]; isName: boolean };

/** Keys and who came under them: a table of numbers, since a million contacts have some millions of keys. */
function createMeetings(contacts: number) {
  let size = 1024;
  while (size < contacts * 8) size *= 2;
  const keys = new Float64Array(size);
  const first = new Float64Array(size);
  const meetings = new Map<number, Meeting>();
  return {
    add(key: string, id: number): void {
      const hash = hashOf(key);
      let slot = hash % size;
      while (keys[slot] !== 0 && keys[slot] !== hash) slot = slot + 1 === size ? 0 : slot + 1;
      if (keys[slot] === 0) {
        keys[slot] = hash;
        first[slot] = id;
        return;
      }
      const meeting = meetings.get(hash);
      if (meeting === undefined) meetings.set(hash, { ids: [first[slot]!, id], isName: key.startsWith('name:') });
      // One more than counts, to know that it is too many.
      else if (meeting.ids.length <= MOST_SHARING) meeting.ids.push(id);
    },
    found: () => meetings.values(),
  };
}

/** A number of 52 bits for a text, never 0 (two FNV-1a). That two texts have the same one only costs a comparison. */
function hashOf(text: string): number {
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b) ^ (other >>> 13);
  }
  return ((one >>> 0) & 0xfffff) * 0x100000000 + (other >>> 0) + 1;
}

function identitiesOf({ db }: WithDatabase, columns: string, ids: readonly number[]): Map<number, Known> {
  const found = rows<Omit<Known, 'isAnonymous'>>(db, `SELECT ${columns}, c.added_at AS addedAt FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value`, JSON.stringify(ids));
  return new Map(found.map((each) => [each.id, { ...each, isAnonymous: each.email === null && each.phone === null }]));
}

/**
 * Pairs of one grade that hang together are one group, unless somebody keeps two of it apart, or it grows too large. The certain
 * ones are merged without being looked at: there nobody may come together by way of a third with somebody whose birthday or name is another.
 */
function groupsOf(pairs: readonly Pair[], people: ReadonlyMap<number, Known>, apart: ReadonlySet<string>): FoundGroup[] {
  const groups: FoundGroup[] = [];
  const told = new Set<string>();
  for (const grade of GRADES) {
    const groupOf = new Map<number, { members: Set<number>; pairs: Pair[] }>();
    for (const pair of pairs) {
      if (pair.grade !== grade || told.has(pairKey(pair.one, pair.other))) continue;
      const [a, b] = [pair.one, pair.other].map((id) => groupOf.get(id) ?? { members: new Set([id]), pairs: [] }) as [{ members: Set<number>; pairs: Pair[] }, { members: Set<number>; pairs: Pair[] }];
      const members = new Set([...a.members, ...b.members]);
      const areTwo = (one: number, other: number): boolean =>
        apart.has(pairKey(one, other)) || (grade === 'certain' && pairKey(one, other) !== pairKey(pair.one, pair.other) && speaksAgainst(people.get(one)!, people.get(other)!));
      const mayJoin = members.size <= MOST_IN_GROUP && ![...a.members].some((one) => [...b.members].some((other) => areTwo(one, other)));
      if (!mayJoin) {
        groups.push(groupFrom(grade, [pair.one, pair.other], [pair], people));
        continue;
      }
      const joined = { members, pairs: a === b ? [...a.pairs, pair] : [...a.pairs, ...b.pairs, pair] };
      for (const member of members) groupOf.set(member, joined);
    }
    for (const { members, pairs: own } of new Set(groupOf.values())) {
      const ids = [...members];
      ids.forEach((one, index) => {
        for (const other of ids.slice(index + 1)) told.add(pairKey(one, other));
      });
      groups.push(groupFrom(grade, ids, own, people));
    }
  }
  return groups.sort((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) || a.ids[0]! - b.ids[0]!);
}

function groupFrom(grade: Grade, ids: readonly number[], pairs: readonly Pair[], people: ReadonlyMap<number, Known>): FoundGroup {
  const reasons = new Map(pairs.flatMap((pair) => pair.reasons).map((reason) => [JSON.stringify(reason), reason]));
  return { grade, ids: survivorFirst(ids.map((id) => people.get(id)!)).map(({ id }) => id), reasons: [...reasons.values()].slice(0, MOST_REASONS) };
}
