// The key by which flows and flow files refer to a message.

/** A key made from a message's name ("Første hilsen!" -> "foerste_hilsen") that is not taken yet. */
export function messageKeyFor(name: string, isTaken: (key: string) => boolean): string {
  const plain = name.toLowerCase().replaceAll('æ', 'ae').replaceAll(/[øö]/g, 'oe').replaceAll('å', 'aa').replaceAll('ß', 'ss').replaceAll('ł', 'l').normalize('NFD').replaceAll(/\p{M}/gu, '');
  const words = plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const base = (/^[a-z]/.test(words) ? words : `message_${words}`).slice(0, 50).replace(/_+$/, '');
  if (!isTaken(base)) return base;
  for (let n = 2; ; n++) if (!isTaken(`${base}_${n}`)) return `${base}_${n}`;
}
