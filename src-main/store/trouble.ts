// What the user can do where the workspace file cannot be read or written: that is the disk's trouble or another program's, and
// no bug (FAULTS F4, F5, F8).
import { problem, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isDamage, isDatabaseTrouble } from './database.ts';
import { LeaseLost } from './lease.ts';

const TAKEN_OVER = problem('taken-over', say('Another Kanal has taken this workspace over. Nothing more is written here; close it, and go on in the other one.'));

/** The problem that an error is to the user; `null` for an error of Kanal itself. */
export function troubleOf(error: unknown): Problem | null {
  if (error instanceof LeaseLost) return TAKEN_OVER;
  if (!isDatabaseTrouble(error)) return null;
  const { code, message: reason } = error;
  if (isDamage(error)) return problem('storage-damaged', say('The workspace file is damaged ({reason}). Close it and restore it from a backup; the damaged file stays as it is.', { reason }));
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return problem('storage-busy', say('Another program holds the workspace file ({reason}). See what has it open, such as a backup or a synchronised folder, and try again.', { reason }));
  return problem('storage', say('The workspace file cannot be read or written ({reason}). Make room on its disk, or see to the disk, and try again; what was written before is kept.', { reason }));
}
