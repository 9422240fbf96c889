// Small pieces of SQL with their values: what rules.ts and property-sql.ts build conditions from. User input is always a
// value, never part of the text; the only names that vary are columns from the attributes table.
import type { Operand } from '../../shared/contacts/rule.ts';
import type { Database } from './database.ts';

/** A piece of SQL with the values of its question marks, in order. */
export type Piece = { sql: string; values: (string | number)[] };

/** A piece of SQL. */
export function piece(sql: string, ...values: (string | number)[]): Piece {
  return { sql, values };
}

export const TRUE = piece('1');
const FALSE = piece('0');

/** Always 0 or 1, also where the piece is NULL. */
export function orFalse({ sql, values }: Piece): Piece {
  return { sql: `ifnull(${sql}, 0)`, values };
}

/** The opposite of a piece that is 0 or 1. */
export function not({ sql, values }: Piece): Piece {
  return { sql: `NOT (${sql})`, values };
}

/**
 * Pieces joined by AND or OR, in a balanced tree: a chain of a thousand would be deeper than SQLite lets expressions be.
 * None at all is true for AND and false for OR.
 */
export function joined(pieces: readonly Piece[], by: 'AND' | 'OR'): Piece {
  if (pieces.length === 0) return by === 'AND' ? TRUE : FALSE;
  if (pieces.length === 1) return pieces[0]!;
  const middle = Math.ceil(pieces.length / 2);
  const left = joined(pieces.slice(0, middle), by);
  const right = joined(pieces.slice(middle), by);
  return { sql: `(${left.sql} ${by} ${right.sql})`, values: [...left.values, ...right.values] };
}

const folding = new WeakSet<Database>();

/** Teaches a connection `kanal_fold`, which text comparisons with letters beyond ASCII use (SQLite's own lower() knows only A to Z). */
export function teachFolding(db: Database): void {
  if (folding.has(db)) return;
  db.function('kanal_fold', { deterministic: true }, (text: unknown) => (typeof text === 'string' ? fold(text) : text));
  folding.add(db);
}

/** How text is compared: without regard to capitals, and to whether "é" is one character or two. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Whether SQLite itself compares with this text without regard to capitals: it knows only those of ASCII. */
function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant
  return /^[\x01-\x7f]*$/.test(text);
}

/** The operand of a checked condition that takes one text. */
export function textOperand(operand: Operand | undefined): string {
  if (operand === undefined || typeof operand === 'object') throw new Error('A rule was compiled that its check refuses');
  return String(operand);
}

/** The operands of a checked condition that takes a list of texts. */
export function textOperands(operand: Operand | undefined): string[] {
  if (!Array.isArray(operand)) throw new Error('A rule was compiled that its check refuses');
  return operand.map(String);
}

export type TextTest = 'equals' | 'contains' | 'startsWith' | 'endsWith';

/**
 * Whether a text expression is, contains, begins or ends with the operand, without regard to capitals. NULL where the text is.
 * Where the operand is ASCII, the text is compared as it stands, which takes half the time of folding it first.
 */
export function textTest(expression: string, test: TextTest, text: string): Piece {
  if (isAscii(text)) {
    if (test === 'equals') return piece(`${expression} = ? COLLATE NOCASE`, text);
    const escaped = text.replaceAll(/[%_\\]/g, '\\$&');
    const pattern = `${test === 'startsWith' ? '' : '%'}${escaped}${test === 'endsWith' ? '' : '%'}`;
    return piece(escaped === text ? `${expression} LIKE ?` : `${expression} LIKE ? ESCAPE '\\'`, pattern);
  }
  const side = `kanal_fold(${expression})`;
  const operand = fold(text);
  if (test === 'equals') return piece(`${side} = ?`, operand);
  if (test === 'contains') return piece(`instr(${side}, ?) > 0`, operand);
  const length = [...operand].length;
  // A text shorter than the operand is compared whole, and so differs.
  return test === 'startsWith' ? piece(`substr(${side}, 1, ${length}) = ?`, operand) : piece(`substr(${side}, -${length}) = ?`, operand);
}

/** Whether a text expression is one of the operands. NULL where the text is. */
export function textIsOneOf(expression: string, list: readonly string[]): Piece {
  const side = list.every(isAscii) ? `lower(${expression})` : `kanal_fold(${expression})`;
  return piece(`${side} IN (SELECT value FROM json_each(?))`, JSON.stringify(list.map(fold)));
}
