// The believable people of the sample workspace: customers of a small coffee roaster. All addresses end in .example, which
// no mail can reach (RFC 2606).
import { readFileSync } from 'node:fs';
import type { Chance } from './chance.ts';

type Language = 'da' | 'sv' | 'nl' | 'pl';
type Lists = {
  first: Record<Language, string[]>;
  last: Record<Language, string[]>;
  cities: Record<Language, string[]>;
  zones: Record<Language, string>;
  favourites: string[];
  products: { name: string; price: number }[];
};

export type SamplePerson = {
  values: { email: string; first_name: string | null; last_name: string; language: string; time_zone: string | null; city: string; birthday: string | null; favourite: string | null };
  newsletter: boolean;
  /** Days before today on which this person came in. */
  joinedDaysAgo: number;
  /** Orders of this person: how many days before today, and what. */
  orders: { daysAgo: number; product: string; amount: number }[];
};

export function readLists(): Lists {
  return JSON.parse(readFileSync(new URL('../../assets/sample/people.json', import.meta.url), 'utf8')) as Lists;
}

/** Makes `count` people, the oldest customers first. `daysRunning` is for how long the flows have run. */
export function samplePeople(count: number, daysRunning: number, lists: Lists, chance: Chance): SamplePerson[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const language: Language = chance.pick(['da', 'da', 'da', 'da', 'da', 'sv', 'sv', 'nl', 'pl'] as const);
    const first = chance.pick(lists.first[language]);
    const last = chance.pick(lists.last[language]);
    const joinedDaysAgo = Math.round(daysRunning * 2 * (1 - index / count)) + (chance.next() < 0.3 ? 1 : 0);
    return {
      values: {
        email: freeAddress(first, last, taken),
        // Real lists have gaps; the sample has them too, so that fallbacks can be seen at work.
        first_name: chance.next() < 0.06 ? null : first,
        last_name: last,
        language,
        time_zone: chance.next() < 0.5 ? lists.zones[language] : null,
        city: chance.pick(lists.cities[language]),
        birthday: chance.next() < 0.7 ? birthday(chance) : null,
        favourite: chance.next() < 0.75 ? chance.pick(lists.favourites) : null,
      },
      newsletter: chance.next() < 0.72,
      joinedDaysAgo,
      orders: orders(joinedDaysAgo, lists, chance),
    };
  });
}

function freeAddress(first: string, last: string, taken: Set<string>): string {
  const name = asciiOf(`${first}.${last}`);
  for (let n = 1; ; n++) {
    const address = `${name}${n === 1 ? '' : n}@kunde.example`;
    if (!taken.has(address)) {
      taken.add(address);
      return address;
    }
  }
}

function asciiOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/ø/g, 'o')
    .replace(/æ/g, 'ae')
    .replace(/ł/g, 'l')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ /g, '');
}

function birthday(chance: Chance): string {
  const two = (n: number) => String(n).padStart(2, '0');
  // One in a few hundred was born on a leap day, as in life.
  if (chance.next() < 0.004) return '1992-02-29';
  return `${chance.between(1952, 2005)}-${two(chance.between(1, 12))}-${two(chance.between(1, 28))}`;
}

/** Coffee runs out: whoever buys again does so about every five weeks. */
function orders(joinedDaysAgo: number, lists: Lists, chance: Chance): SamplePerson['orders'] {
  const made: SamplePerson['orders'] = [];
  if (chance.next() < 0.35) return made;
  for (let daysAgo = joinedDaysAgo - chance.between(0, 9); daysAgo > 0; daysAgo -= chance.between(21, 55)) {
    const product = chance.pick(lists.products);
    made.push({ daysAgo, product: product.name, amount: product.price * chance.pick([1, 1, 1, 2]) });
    if (chance.next() < 0.3) break;
  }
  return made;
}
