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

const asking = new WeakSet<Database>();

/** From now on the reads of this connection stop with GivenUp soon after `isUnwanted` says so. */
export function askWhileReading(db: Database, isUnwanted: () => boolean): void {
  db.function('kanal_go_on', () => {
    if (isUnwanted()) throw new GivenUp();
    return 1;
  });
  asking.add(db);
}

/** A condition that always holds over `contacts c`, and asks at every 2048th of them; to be put before the others. */
export function stillWanted(db: Database): Piece {
  return asking.has(db) ? piece('(c.id & 2047 OR kanal_go_on())') : TRUE;
}
