// Merge tags of the simple kind, which the editor shows as chips: a name and at most a fallback. Everything else that Liquid
// can say stays text.

export type MergeTag = { name: string; fallback: string | null };

const SIMPLE = /^\{\{-?\s*((?:contact|workspace)\.[a-z][a-z0-9_]*|unsubscribe_url)\s*(?:\|\s*default:\s*(?:"([^"{}]*)"|'([^'{}]*)')\s*)?-?\}\}$/;

/** What a Liquid output says, if it is simple enough for a chip; otherwise `null`. */
export function readMergeTag(liquid: string): MergeTag | null {
  const match = SIMPLE.exec(liquid);
  return match === null ? null : { name: match[1]!, fallback: match[2] ?? match[3] ?? null };
}

/** The Liquid of a chip. A fallback is put into the kind of quotes that it does not contain. */
export function writeMergeTag({ name, fallback }: MergeTag): string {
  if (fallback === null || fallback === '') return `{{ ${name} }}`;
  const clean = fallback.replace(/[{}]/g, '');
  const quote = clean.includes('"') ? "'" : '"';
  return `{{ ${name} | default: ${quote}${clean.replaceAll(quote, '')}${quote} }}`;
}
