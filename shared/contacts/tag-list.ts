// Several tags in one cell, there and back.

/** A list whose every part stands in quotes, as Mailchimp writes tags: a comma within them separates nothing. */
const QUOTED_LIST = /^\s*"(?:[^"]|"")*"\s*(?:[,;]\s*"(?:[^"]|"")*"\s*)*$/;

/**
 * The tags of a cell: where all are in quotes, what stands in each of them; else between bars where there is one, else between semicolons, else between commas; a bar or backslash that
 * belongs to a tag stands behind a backslash. Blanks around a tag do not count, nor how its letters are put together; none is taken twice.
 */
export function splitTags(cell: string): string[] {
  if (cell.includes('"') && QUOTED_LIST.test(cell)) return distinct((cell.match(/"(?:[^"]|"")*"/g) ?? []).map((part) => part.slice(1, -1).replaceAll('""', '"')));
  if (cell.includes('|')) {
    const parts = cell.match(/(?:\\[\\|]|[^|])+/g) ?? [];
    return distinct(parts.map((part) => part.replaceAll(/\\([\\|])/g, '$1')));
  }
  // Google Contacts writes its labels so.
  if (cell.includes(' ::: ')) return distinct(cell.split(' ::: '));
  return distinct(cell.split(cell.includes(';') ? ';' : ','));
}

/** A cell from which `splitTags` reads these tags again. */
export function joinTags(tags: readonly string[]): string {
  const [only] = tags;
  if (tags.length === 1 && only !== undefined && !/[|;,"]| ::: /.test(only)) return only;
  // A single tag with a comma or a quote in it is closed with a bar, which says that these mean nothing.
  return tags.map((tag) => tag.replaceAll(/[\\|]/g, '\\$&')).join('|') + (tags.length === 1 ? '|' : '');
}

function distinct(parts: readonly string[]): string[] {
  return [...new Set(parts.map((part) => part.trim().normalize('NFC')).filter((part) => part !== ''))];
}
