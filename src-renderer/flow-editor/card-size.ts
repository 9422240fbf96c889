// The sizes of all that stands on the canvas, in pixels at 100 %. They are known beforehand, so that nothing is measured and
// nothing moves when numbers come in.
export const CARD_WIDTH = 232;
export const STEP_HEIGHT = 76;
/** The two lines of figures below the hairline, once the flow has run. */
export const FIGURES_HEIGHT = 42;
export const START_WIDTH = 264;
const START_HEAD = 38;
const TRIGGER_ROW = 46;
const START_FOOT = 36;
/** Offered while there is no trigger. */
const SUGGESTION_ROW = 34;
export const END_WIDTH = 148;
export const END_HEIGHT = 30;
export const GHOST_WIDTH = 232;
export const GHOST_HEIGHT = 64;
/** The `+` on a line: what one sees, and what one can hit. */
export const PLUS = 20;
export const GAP_X = 40;
export const GAP_Y = 72;

export function startHeight(triggers: number, suggestions: number): number {
  return triggers === 0 ? START_HEAD + 22 + suggestions * SUGGESTION_ROW + 10 : START_HEAD + triggers * TRIGGER_ROW + START_FOOT;
}
