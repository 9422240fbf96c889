// Which contact a row is about: by the keys of the plan, in their order. What is not certain is refused, never guessed.
import { consentSubject, type ConsentSubject } from '../../shared/contacts/contact.ts';
import { consentChannels, MATCH_KEYS, type ImportPlan, type MatchKey } from '../../shared/contacts/import-plan.ts';
import { say, type Text } from '../../shared/text.ts';
import { contactsByFormer, contactsByKey, contactsWithoutEmail, standingOf, type FoundContact } from '../store/imports.ts';
import { erasedAmong, suppressedAmong } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import type { KnownContact } from './decide.ts';
import { detached } from './records.ts';
import { identityOf, type ImportAttribute, type ImportRow } from './row-reader.ts';

const NO_ADDRESS = say('The row has no e-mail address. Fill it in.');
const NO_ADDRESS_BUT_PHONE = say('The row has no e-mail address. Fill it in, or have people found by their phone number, too.');
const TAKEN = say('The address belongs to another contact than the one that this row is about.');

/** `erased`: nobody has it, and whoever had the address, the number or the external id of the row was erased. */
export type Match = { known: KnownContact | undefined; suppressed: boolean; erased: boolean } | { reason: Text };

/** The contacts that the rows of a slice may be about, as the rows before have left them. */
export type Matches = {
  find(row: ImportRow): Match;
  /** Notes who a row was about, as it has left them, for later rows about the same. */
  note(row: ImportRow, after: KnownContact): void;
};

type Matching = {
  workspace: Workspace;
  plan: Pick<ImportPlan, 'match' | 'consent'>;
  attributes: readonly ImportAttribute[];
  /** The columns of the store that hold the attributes; `null`: not there yet. */
  columns: readonly (string | null)[];
  channels: readonly ConsentSubject[];
  withTags: boolean;
  /** The imports whose contacts this one may complete. */
  ours: ReadonlySet<number>;
  dryRun: boolean;
};

/** Makes the function that looks up whom the rows of a slice are about: some queries, however many rows. */
export function createMatcher(matching: Matching): (rows: readonly ImportRow[]) => Matches {
  const { workspace, plan, attributes, columns, withTags, ours, dryRun } = matching;
  const channels = [...new Set([...matching.channels, ...consentChannels(plan).map((channel) => consentSubject(channel, plan.consent?.topic))])];
  // A dry run finds nothing of what it did in the store: it remembers those who come again, as its rows have left them.
  const changed = new Map<number, KnownContact>();
  const invented = new Map<string, KnownContact>();
  const byEmailOnly = plan.match.length === 1 && plan.match[0] === 'email';
  const slotOf = (key: string): number => attributes.findIndex((attribute) => attribute.key === key);
  const emailSlot = slotOf('email');
  const phoneSlot = slotOf('phone');
  const keysText = plan.match.map((key) => attributes[slotOf(key)]?.header ?? key).join(', ');

  const knownFrom = (found: readonly FoundContact[], into: Map<number, KnownContact>): void => {
    const fresh = found.filter(({ id }) => !into.has(id));
    const standing = standingOf(workspace, fresh.map(({ id }) => id), withTags, channels);
    for (const contact of fresh) {
      const remembered = changed.get(contact.id);
      into.set(contact.id, remembered ?? {
        id: contact.id,
        email: contact.email,
        values: contact.values,
        tags: new Set(standing.tags.get(contact.id)),
        consents: new Map(channels.flatMap((channel) => {
          const state = standing.consents.get(channel)?.get(contact.id);
          return state === undefined ? [] : [[channel, state] as const];
        })),
        ours: contact.importId !== null && ours.has(contact.importId),
      });
    }
  };

  return (rows) => {
    const sound = rows.filter(({ reasons }) => reasons.length === 0);
    const people = new Map<number, KnownContact>();
    const index = new Map<string, KnownContact[]>();
    const enter = (identity: string, contact: KnownContact): void => {
      const list = index.get(identity);
      if (list === undefined) index.set(identity, [contact]);
      else if (!list.includes(contact)) list.push(contact);
    };
    /** Under what a merged contact had, the one is found that it is now (mautic#6079). */
    const formerly = new Map<string, KnownContact>();
    const enterFormer = (key: MatchKey, values: readonly string[]): void => {
      const others = contactsByFormer(workspace, key, values, columns).filter((contact) => !index.has(identityOf(key, contact.formerly)));
      knownFrom(others, people);
      for (const { id, formerly: value } of others) {
        enter(identityOf(key, value), people.get(id)!);
        formerly.set(identityOf(key, value), people.get(id)!);
      }
    };
    const emails = [...new Set(sound.flatMap(({ email }) => (email === null ? [] : [email])))];
    const found = contactsByKey(workspace, 'email', emails, columns);
    knownFrom(found, people);
    for (const contact of found) enter(identityOf('email', contact.email!), people.get(contact.id)!);
    enterFormer('email', emails);
    for (const key of plan.match) {
      if (key === 'email') continue;
      const values = [...new Set(sound.flatMap(({ keys }) => keys.flatMap((each) => (each.key === key ? [each.value] : []))))];
      const others = contactsByKey(workspace, key, values, columns);
      knownFrom(others, people);
      for (const contact of others) enter(identityOf(key, String(key === 'phone' ? contact.phone : contact.externalId)), people.get(contact.id)!);
      enterFormer(key, values);
    }
    // By e-mail alone: a row without an address is still about the contact without one that it identifies otherwise.
    const without = byEmailOnly ? sound.filter(({ email }) => email === null) : [];
    for (const key of without.length === 0 ? [] : (['external_id', 'phone'] as const)) {
      const slot = slotOf(key);
      if (slot < 0) continue;
      const others = contactsWithoutEmail(workspace, key, without.flatMap(({ values }) => (values[slot] === null ? [] : [String(values[slot])])), columns);
      knownFrom(others, people);
      for (const contact of others) enter(identityOf(key, String(contact.values[slot])), people.get(contact.id)!);
    }
    for (const { keys, email } of invented.size === 0 ? [] : sound) {
      for (const { key, value } of email === null ? keys : [...keys, { key: 'email' as const, value: email }]) {
        const contact = invented.get(identityOf(key, value));
        if (contact !== undefined) enter(identityOf(key, value), contact);
      }
    }
    const suppressed = suppressedAmong(workspace, 'email', [...new Set([...emails, ...[...people.values()].flatMap(({ email }) => (email === null ? [] : [email]))])]);

    const barred = (['email', 'sms', 'external_id'] as const).map((by) => {
      const slot = by === 'email' ? emailSlot : slotOf(by === 'sms' ? 'phone' : by);
      const valueOf = (row: ImportRow): string | null => (by === 'email' ? row.email : slot < 0 || row.values[slot] == null ? null : String(row.values[slot]));
      const values = slot < 0 ? [] : sound.flatMap((row) => valueOf(row) ?? []);
      return { valueOf, erased: erasedAmong(workspace, by, [...new Set(values)]) };
    });
    const isErased = (row: ImportRow): boolean => barred.some(({ valueOf, erased }) => erased.size > 0 && erased.has(valueOf(row) ?? ''));

    const identitiesOf = (row: ImportRow): string[] => {
      if (row.email !== null || !byEmailOnly) return row.keys.map(({ key, value }) => identityOf(key, value));
      return (['external_id', 'phone'] as const).flatMap((key) => {
        const value = row.values[slotOf(key)];
        return value === null || value === undefined ? [] : [identityOf(key, String(value))];
      });
    };

    /** What the row was found by, and the contact has outlived, does not become its own again. */
    const keepOwn = (row: ImportRow, known: KnownContact): void => {
      for (const key of MATCH_KEYS) {
        const slot = slotOf(key);
        const value = slot < 0 ? null : row.values[slot];
        if (value !== null && value !== undefined && formerly.get(identityOf(key, String(value))) === known) row.values[slot] = null;
      }
    };

    return {
      find(row) {
        const identities = identitiesOf(row);
        let known: KnownContact | undefined;
        for (const identity of identities) {
          const hits = index.get(identity) ?? [];
          // The first of several is as good as any where nothing is decided by it but what an import always did.
          if (hits.length > 1 && !byEmailOnly) return { reason: say('{count, plural, one {# contact has} other {# contacts have}} the same {key}. Match by something that only one of them has.', { count: hits.length, key: identity.slice(0, identity.indexOf(':')) }) };
          if (hits[0] === undefined) continue;
          known = hits[0];
          break;
        }
        if (known === undefined && byEmailOnly && row.email === null) return { reason: phoneSlot >= 0 && row.values[phoneSlot] != null ? NO_ADDRESS_BUT_PHONE : NO_ADDRESS };
        if (known === undefined && identities.length === 0) return { reason: say('The row has nothing by which contacts are told apart here: {keys}. Fill one in.', { keys: keysText }) };
        const owner = row.email === null ? undefined : index.get(identityOf('email', row.email))?.[0];
        if (owner !== undefined && owner !== known) return { reason: TAKEN };
        const wasMerged = known !== undefined && row.email !== null && formerly.get(identityOf('email', row.email)) === known;
        if (known !== undefined && formerly.size > 0) keepOwn(row, known);
        const address = (wasMerged ? null : row.email) ?? known?.email ?? null;
        const erased = known === undefined && isErased(row);
        return { known, suppressed: erased || (address !== null && suppressed.has(address)), erased };
      },
      note(row, after) {
        if (byEmailOnly && (row.identity === null || !row.among.shared.includes(row.identity))) return;
        if (emailSlot >= 0) after.email = after.values[emailSlot] as string | null;
        const identities = new Set(row.keys.map(({ key, value }) => identityOf(key, value)));
        if (row.email !== null) identities.add(identityOf('email', row.email));
        if (row.email !== after.email) identities.delete(identityOf('email', row.email ?? ''));
        for (const identity of identities) {
          enter(identity, after);
          if (!dryRun || !row.among.shared.includes(identity)) continue;
          detach(after);
          if (after.id > 0) changed.set(after.id, after);
          else invented.set(detached(identity), after);
        }
      },
    };
  };
}

/** Lets a contact be remembered beyond its slice without the text of the file that its values are part of. */
function detach(contact: KnownContact): void {
  if (contact.email !== null) contact.email = detached(contact.email);
  contact.values = contact.values.map((value) => (typeof value === 'string' ? detached(value) : value));
  contact.tags = new Set([...contact.tags].map(detached));
}
