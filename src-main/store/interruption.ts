// Long reads that can be given up in the middle: a connection may ask, now and then while it looks through contacts, whether
// the answer is still wanted.
import type { Database } from './database.ts';
import { piece, TRUE, type Piece } from './rule-sql.ts';

/** Thrown out of a query whose answer nobody waits for any more. */
export class GivenUp extends Error {
  constructor() {
    super('The read was given up');
    this.name = 'GivenUp';
  }
}

const asking = new WeakMap<Database, () => boolean>();

/** From now on the reads of this connection stop with GivenUp soon after `isUnwanted` says so. */
export function askWhileReading(db: Database, isUnwanted: () => boolean): void {
  asking.set(db, isUnwanted);
  db.function('kanal_go_on', () => {
    stopIfUnwanted(db);
    return 1;
  });
}

/** Throws GivenUp when the answer that this connection works at is not wanted any more. For reads that consist of many queries. */
export function stopIfUnwanted(db: Database): void {
  if (asking.get(db)?.() === true) throw new GivenUp();
}

/** A condition that always holds over `contacts c`, and asks at every 2048th of them; to be put before the others. */
export function stillWanted(db: Database): Piece {
  return asking.has(db) ? piece('(c.id & 2047 OR kanal_go_on())') : TRUE;
}
