// Who a workspace is, however its file is named, copied or restored, and the keys under which it knows addresses that it must
// not keep: a keyed hash tells that an address was erased, and says it to nobody who does not have the address (FEATURES B14).
import { hash } from 'node:crypto';
import type { BarredBy } from '../../shared/contacts/privacy.ts';
import { randomToken, randomUuid } from '../ids.ts';
import type { Workspace } from '../workspace.ts';
import { readSetting, writeSetting } from './settings.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** The first of the keys is the workspace's own; the others came with lists of erased people from other workspaces. */
type Identity = { id: string; keys: string[] };

const IDENTITY = 'identity';

/** The workspace's id and keys; made when they are first asked for, and kept in the file, so that a copy has them too. */
export function identityOf(workspace: WithDatabase): Identity {
  const known = readSetting<Identity>(workspace, IDENTITY);
  if (known !== undefined) return known;
  const made = { id: randomUuid(), keys: [randomToken()] };
  writeSetting(workspace, IDENTITY, made);
  return made;
}

/** Keeps the key of another workspace, so that its hashes are understood here. */
export function addHashKey(workspace: WithDatabase, key: string): void {
  const { id, keys } = identityOf(workspace);
  if (!keys.includes(key)) writeSetting(workspace, IDENTITY, { id, keys: [...keys, key] });
}

/** The keyed hash (HMAC-SHA-256) of a normalised address on a channel, or of an external id; 43 characters. */
export function addressHash(key: string, channel: BarredBy, address: string): string {
  const { inner, outer } = padsOf(key);
  const text = `${channel}\n${address}`;
  const bytes = text.length <= MOST_OF_TEXT ? inner.subarray(0, BLOCK + inner.write(text, BLOCK)) : Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text)]);
  outer.write(hash('sha256', bytes, 'binary'), BLOCK, 'binary');
  return hash('sha256', outer, 'base64url');
}

/** What SHA-256 takes in at a time, and what it makes; bytes. */
const [BLOCK, HASH] = [64, 32];
/** Longer texts are no addresses, and get room of their own. */
const MOST_OF_TEXT = 500;

type Pads = { inner: Buffer; outer: Buffer };
const pads = new Map<string, Pads>();

/**
 * The key as HMAC mixes it into its two hashes (RFC 2104: key xor 0x36.. before the text, key xor 0x5c.. before the first hash), each
 * with room behind it. An import hashes half a million addresses, and Node's own object for one HMAC takes twice the time of both hashes.
 */
function padsOf(key: string): Pads {
  let known = pads.get(key);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(key) > BLOCK ? hash('sha256', key, 'buffer') : Buffer.from(key);
  known = { inner: Buffer.alloc(BLOCK + 3 * MOST_OF_TEXT), outer: Buffer.alloc(BLOCK + HASH) };
  for (const [pad, by] of [[known.inner, 0x36], [known.outer, 0x5c]] as const) for (let at = 0; at < BLOCK; at++) pad[at] = (bytes[at] ?? 0) ^ by;
  pads.set(key, known);
  return known;
}
