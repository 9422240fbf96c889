// Makes the key of a new attribute from the header of its column.

/** "Fødselsdag (år)" -> "fodselsdag_ar"; a number is added where the key is taken. */
export function freeKey(header: string, taken: readonly string[]): string {
  const letters: Record<string, string> = { ø: 'o', æ: 'ae', å: 'a', ł: 'l', ß: 'ss', đ: 'd' };
  const plain = header
    .toLowerCase()
    .replace(/[øæåłßđ]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  const base = (plain === '' ? 'attribute' : plain).slice(0, 58);
  let key = base;
  for (let number = 2; taken.includes(key); number++) key = `${base}_${number}`;
  return key;
}
