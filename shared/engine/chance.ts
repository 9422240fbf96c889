// Chance that is always the same: MurmurHash3 (x86, 32 bit; Austin Appleby, public domain) of the enrollment's number, or the contact's, with
// an FNV-1a hash of the flow and the step as its seed. So a split divides evenly, two splits are independent of each other,
// and a repeated run chooses the same way (FEATURES D17, FAULTS I11).

/** A number in [0, 1) for an enrollment at a step of a flow. */
export function chanceOf(flowId: number, stepId: string, enrollmentId: number): number {
  return numberFor(`${flowId}:${stepId}`, enrollmentId);
}

/** A number in [0, 1) for a contact at a step of a flow, in every passage the same. It says nothing about that of any enrollment. */
export function contactChanceOf(flowId: number, stepId: string, contactId: number): number {
  return numberFor(`${flowId}:${stepId}:contact`, contactId);
}

function numberFor(seed: string, id: number): number {
  let hash = fnv1a(seed);
  hash = mixIn(hash, id >>> 0);
  hash = mixIn(hash, Math.floor(id / 2 ** 32) >>> 0);
  return finish(hash ^ 8) / 2 ** 32;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function mixIn(hash: number, block: number): number {
  const scrambled = Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  return Math.imul(rotate(hash ^ scrambled, 13), 5) + 0xe6546b64;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
