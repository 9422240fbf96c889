// Who a workspace is, however its file is named, copied or restored, and the keys under which it knows addresses that it must
// not keep: a keyed hash tells that an address was erased, and says it to nobody who does not have the address (FEATURES B14).
import { createHmac } from 'node:crypto';
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
  return createHmac('sha256', key).update(`${channel}\n${address}`).digest('base64url');
}
