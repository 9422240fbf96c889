// The memory of the thread that writes while a large import runs. What it allocates is gone in a moment, but V8 takes that for a
// reason to give new objects three times 32 MB, of which hardly anything is ever in use. Held back, an import needs so much less.
// The little that there is to clear away then is cleared by the thread that made it: helping threads spend more on agreeing who
// does what than the work takes. And V8 is kept from guessing, sometimes, that the rows of a piece will live long: such an import
// clears away five times as often, and takes a quarter longer.
import { setFlagsFromString } from 'node:v8';

/** A thread that begins meanwhile has so much for new objects at once, since it cannot grow either; megabytes. */
const AT_ONCE = 8;

const HELD = ['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--no-allocation-site-pretenuring'];
const USUAL = ['--semi-space-growth-factor=2', '--parallel-scavenge', '--allocation-site-pretenuring'];
const setFlag = (flag: string): void => setFlagsFromString(flag);

let holding = 0;

/** Holds the space for new objects of this thread where it is, until what is answered is called. Call `begun` when a thread that reads has begun. */
export function holdYoungSpace(): { begun(): void; release(): void } {
  // In Electron's utility processes too: unlike a browser, Electron starts V8 with --no-freeze-flags-after-init, as Node does. A
  // flag that a V8 does not know is passed over.
  if (holding++ === 0) HELD.forEach(setFlag);
  setFlagsFromString(`--min-semi-space-size=${AT_ONCE}`);
  let isReleased = false;
  return {
    begun: () => setFlagsFromString('--min-semi-space-size=0'),
    release() {
      if (isReleased) return;
      isReleased = true;
      setFlagsFromString('--min-semi-space-size=0');
      if (--holding === 0) USUAL.forEach(setFlag);
    },
  };
}
