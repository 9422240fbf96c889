// Tells contacts that they are suppressed: an event, and another look at what is planned for them. Where one act concerns many, a whole
// domain or a list of hashes from another workspace, they are told some at a time, however many names the act had; what follows from
// it for flows, segments and triggers is then the same as for a single address (FEATURES D14).
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import type { BarredBy } from '../../shared/contacts/privacy.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { rows, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { addressHash, identityOf } from './identity.ts';
import { lookAtPlannedOf } from './planned-messages.ts';
import { remember, remembered } from './runner-state.ts';

/** The suppressions from one id to another, made at an instant, of whose people nobody has been told: of domains, and (`hashes`) of hashes. `walk`: up to which address they have. */
type Untold = { from: number; until: number; at: Instant; hashes: boolean; walk?: Walk };
type Walk = { channel: Channel; after: string; id: number };
type Told = { reason: string; source: string; at: Instant };

const UNTOLD = 'suppressions-untold';
/** So many addresses are looked at in one transaction: some milliseconds, or twenty where they are hashed. */
const AT_ONCE = 4000;

/** Tells a contact. Joins the transaction at hand. */
export function tellSuppressed(workspace: Workspace, contactId: number, channel: BarredBy, { reason, source, at }: Told, domain: string | null = null): void {
  recordEvent(workspace, { contactId, type: 'suppressed', at, source, data: { channel, reason, ...(domain !== null && { domain }) } });
  lookAtPlannedOf(workspace, contactId);
}

/** Has the people behind a suppression, that of a domain or (`isHash`) a hash, told of it. Joins the transaction at hand. */
export function tellLater(workspace: Workspace, suppression: number, isHash: boolean): void {
  const untold = remembered<Untold[]>(workspace, UNTOLD) ?? [];
  const last = untold.at(-1);
  const at = workspace.clock.now();
  // A walk that has begun has passed some of them already.
  const next: Untold = last === undefined || last.walk !== undefined || last.at !== at ? { from: suppression, until: suppression, at, hashes: isHash } : { ...last, until: suppression, hashes: last.hashes || isHash };
  remember(workspace, UNTOLD, [...(next.from === suppression ? untold : untold.slice(0, -1)), next]);
}

/** Whether somebody is still to be told. */
export function isAnybodyUntold(workspace: Pick<Workspace, 'db'>): boolean {
  return (remembered<Untold[]>(workspace, UNTOLD) ?? []).length > 0;
}

/** Tells some of them, in a transaction of its own; answers false when nobody is left. */
export function tellSome(workspace: Workspace): boolean {
  const [untold, ...others] = remembered<Untold[]>(workspace, UNTOLD) ?? [];
  if (untold === undefined) return false;
  transaction(workspace.db, () => {
    const walk: Walk = untold.walk ?? { channel: CHANNELS[0], after: '', id: 0 };
    const further = onward(workspace, untold, walk);
    remember(workspace, UNTOLD, further === null ? others : [{ ...untold, walk: further }, ...others]);
  });
  return true;
}

/** Answers where to go on; `null`: that was the last of them. */
function onward(workspace: Workspace, untold: Untold, { channel, after, id }: Walk): Walk | null {
  const names = namesOf(workspace, untold, channel);
  const column = channel === 'email' ? 'email' : 'phone';
  const found = names.size === 0 ? [] : rows<{ id: number; address: string }>(workspace.db, `SELECT id, ${column} AS address FROM contacts WHERE ${column} IS NOT NULL AND (${column}, id) > (?, ?) ORDER BY ${column}, id LIMIT ?`, after, id, AT_ONCE);
  const keys = untold.hashes ? identityOf(workspace).keys : [];
  for (const contact of found) {
    const domain = contact.address.slice(contact.address.lastIndexOf('@'));
    const byHash = keys.map((key) => names.get(`#${addressHash(key, channel, contact.address)}`)).find((each) => each !== undefined);
    const told = names.get(domain) ?? byHash;
    if (told !== undefined) tellSuppressed(workspace, contact.id, channel, told, names.has(domain) ? domain.slice(1) : null);
  }
  const last = found.at(-1);
  if (last !== undefined && found.length === AT_ONCE) return { channel, after: last.address, id: last.id };
  const next = CHANNELS[CHANNELS.indexOf(channel) + 1];
  return next === undefined ? null : { channel: next, after: '', id: 0 };
}

/** The domains and hashes that are suppressed still. */
function namesOf(workspace: Workspace, { from, until, at, hashes }: Untold, channel: Channel): Map<string, Told> {
  const within = (first: string, behind: string) =>
    rows<Omit<Told, 'at'> & { address: string }>(workspace.db, 'SELECT address, reason, source FROM suppressions WHERE channel = ? AND address >= ? AND address < ? AND id >= ? AND id <= ?', channel, first, behind, from, until);
  return new Map([...within('@', 'A'), ...(hashes ? within('#', '$') : [])].map(({ address, ...told }) => [address, { ...told, at }]));
}
