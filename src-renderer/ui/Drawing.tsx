// The line drawings of empty states: one stroke, no fill, in the colour of a caption.

const PATHS = {
  /** A harbour canal with two gates. */
  flow: ['M14 70h112', 'M38 70V34h22v36', 'M80 70V34h22v36', 'M49 34V20', 'M91 34V20', 'M42 20h14', 'M84 20h14', 'M14 80c8-5 16-5 24 0s16 5 24 0 16-5 24 0 16 5 24 0 10-4 16-2', 'M60 52h20', 'm74 47 6 5-6 5'],
  /** Three people. */
  people: ['M70 44a11 11 0 1 0 0-22 11 11 0 0 0 0 22z', 'M48 82c0-16 9-26 22-26s22 10 22 26', 'M36 50a8 8 0 1 0 0-16 8 8 0 0 0 0 16z', 'M20 78c0-12 6-19 16-19 4 0 7 1 10 3', 'M104 50a8 8 0 1 0 0-16 8 8 0 0 0 0 16z', 'M120 78c0-12-6-19-16-19-4 0-7 1-10 3'],
  /** A letter, half out of its envelope. */
  letter: ['M32 46h76v38H32z', 'm32 46 38 26 38-26', 'M44 46V20h52v26', 'M54 30h32', 'M54 39h22'],
  /** A post box with its flag down. */
  outbox: ['M36 74V46a14 14 0 0 1 28 0v28', 'M50 32h40a14 14 0 0 1 14 14v28H36', 'M70 74v14', 'M60 88h20', 'M44 50h12', 'M86 50h10v8'],
  /** A clipboard with three lines, two of them ticked. */
  tasks: ['M44 24h52v66H44z', 'M58 18h24v12H58z', 'm53 46 4 4 7-8', 'M72 46h16', 'm53 62 4 4 7-8', 'M72 62h16', 'M54 78h8', 'M72 78h16'],
  /** A magnifying glass over nothing. */
  search: ['M62 66a24 24 0 1 0 0-48 24 24 0 0 0 0 48z', 'm80 60 24 24', 'M52 42h20'],
} as const;

export type DrawingName = keyof typeof PATHS;

export function Drawing({ name }: { name: DrawingName }) {
  return (
    <svg viewBox="0 0 140 100" width={168} height={120} fill="none" stroke="var(--kanal-line-drawing)" strokeWidth={1.4} strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      {PATHS[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
