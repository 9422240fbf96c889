// Lists of the hashes of erased people, so that who was erased in one workspace is refused in the others too. Such a list tells
// nobody who is on it, but whoever has an address can ask whether it is (FEATURES B14).
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { CHANNELS } from '../../shared/contacts/contact.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { refuseWorkspace } from '../imports/source.ts';
import { transaction } from '../store/database.ts';
import { addHashKey, identityOf } from '../store/identity.ts';
import { addSuppression, erasedHashes, REASON_ERASED } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import { writeWhole } from './write-whole.ts';

const listSchema = z.object({
  kanalErased: z.literal(1),
  keys: z.array(z.string().regex(/^[\w-]{32,100}$/)).min(1).max(100),
  erased: z.array(z.object({ channel: z.enum(CHANNELS), hash: z.string().regex(/^[\w-]{43}$/), at: z.int() })).max(5_000_000),
});

const MOST_BYTES = 500_000_000;

/** Writes the hashes that are kept here, with the keys that they were made with. */
export async function exportHashes(workspace: Workspace, file: string): Promise<{ rows: number }> {
  const erased = erasedHashes(workspace);
  await writeWhole(file, (write) => write(`${JSON.stringify({ kanalErased: 1, keys: identityOf(workspace).keys, erased } satisfies z.input<typeof listSchema>, null, 1)}\n`));
  return { rows: erased.length };
}

/** Takes over the hashes of such a list. Who is a contact here stays one, and is written to no more. Throws a ProblemError for any other file. */
export function importHashes(workspace: Workspace, file: string): { added: number; known: number } {
  const list = listSchema.safeParse(readList(file));
  if (!list.success) refuse('not-a-hash-list', say('{name} is not a list of erased people that Kanal has written.', { name: basename(file) }), { file });
  const answer = { added: 0, known: 0 };
  transaction(workspace.db, () => {
    for (const key of list.data.keys) addHashKey(workspace, key);
    for (const { channel, hash, at } of list.data.erased) {
      if (addSuppression(workspace, { channel, address: `#${hash}`, reason: REASON_ERASED, source: basename(file).slice(0, 200), at, tellsHash: true })) answer.added++;
      else answer.known++;
    }
  });
  return answer;
}

function readList(file: string): unknown {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined) refuseWorkspace(file, found);
  if (found === undefined || !found.isFile()) refuse('file-missing', say('There is no file {file}. Check the path.', { file }), { file });
  if (found.size > MOST_BYTES) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return null;
  }
}
