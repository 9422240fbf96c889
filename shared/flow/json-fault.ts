// Finds the place where a text stops being plain JSON. The platform's own reader does not say where in every case, takes a
// key that is there twice, and takes "__proto__"; a file from elsewhere may do neither (FAULTS F43). It reads on in a loop, so
// that no depth of nesting can exhaust it.
import { say, type Text } from '../text.ts';

export type JsonFault = {
  kind: 'syntax' | 'too-deep' | 'key-twice' | 'key-forbidden';
  /** Both count from 1. */
  line: number;
  column: number;
  /** What stands there or is missing there; for `key-...` the key. */
  what: Text;
};

type Frame = { close: '}' | ']'; keys: Set<string> | null };

/** The first fault of a text, or `null` when it is JSON with each key once, nested `deepest` levels at the most. */
export function findJsonFault(text: string, deepest: number): JsonFault | null {
  const open: Frame[] = [];
  let at = 0;
  // What may stand at `at`: a value, a key, or what comes after a value. `first`: the bracket may also close at once.
  let expects: 'value' | 'key' | 'after' = 'value';
  let first = false;

  const fault = (kind: JsonFault['kind'], what: Text, where = at): JsonFault => ({ kind, what, ...placeOf(text, where) });
  const expected = (wanted: Text): JsonFault => {
    const found =
      at >= text.length ? say('the text ends') : say('“{found}” stands', { found: String.fromCodePoint(text.codePointAt(at)!) });
    return fault('syntax', say('{found} where {wanted} should be', { found, wanted }));
  };

  for (;;) {
    at = skipBlanks(text, at);
    const frame = open.at(-1);
    const character = text[at];
    if (expects === 'after') {
      if (frame === undefined) return at >= text.length ? null : expected(say('the end'));
      if (character === frame.close) {
        open.pop();
        at++;
        continue;
      }
      if (character !== ',') return expected(say('“,” or “{close}”', { close: frame.close }));
      at++;
      expects = frame.keys === null ? 'value' : 'key';
      first = false;
      continue;
    }
    if (first && frame !== undefined && character === frame.close) {
      open.pop();
      at++;
      expects = 'after';
      continue;
    }
    if (expects === 'key') {
      const end = character === '"' ? endOfString(text, at) : null;
      if (end === null) return expected(say('a name in double quotes'));
      if (end < 0) return fault('syntax', say('a text begins that is not closed, or holds a character that must be escaped'));
      const key = JSON.parse(text.slice(at, end)) as string;
      if (key === '__proto__') return fault('key-forbidden', say('{key}', { key }));
      if (frame!.keys!.has(key)) return fault('key-twice', say('{key}', { key }));
      frame!.keys!.add(key);
      at = skipBlanks(text, end);
      if (text[at] !== ':') return expected(say('“:”'));
      at++;
      expects = 'value';
      first = false;
      continue;
    }
    if (character === '{' || character === '[') {
      if (open.length >= deepest) return fault('too-deep', say('{deepest}', { deepest }));
      open.push(character === '{' ? { close: '}', keys: new Set() } : { close: ']', keys: null });
      expects = character === '{' ? 'key' : 'value';
      first = true;
      at++;
      continue;
    }
    if (character === '"') {
      const end = endOfString(text, at);
      if (end < 0) return fault('syntax', say('a text begins that is not closed, or holds a character that must be escaped'));
      at = end;
    } else {
      SCALAR.lastIndex = at;
      const scalar = SCALAR.exec(text);
      if (scalar === null) return expected(say('a value'));
      at = SCALAR.lastIndex;
    }
    expects = 'after';
  }
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

/** Where a text that begins at `from` ends (behind its closing quote); -1 when it does not end as it should. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    at++;
    if (text[at] === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) return -1;
      at += 4;
    } else if (!'"\\/bfnrt'.includes(text[at] ?? ' ')) return -1;
  }
  return -1;
}

function placeOf(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: at - start + 1 };
}
