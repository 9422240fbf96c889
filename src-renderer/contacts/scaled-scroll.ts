// Browsers draw nothing higher than some 33 million pixels, and a million rows are higher: beyond that, the bar scrolls over the
// rows a little faster than the pointer moves it.
import { observeElementOffset, type Virtualizer } from '@tanstack/react-virtual';

export const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 36;
const MOST_PIXELS = 30_000_000;
const MOST_EXACT_PIXELS = 4_000_000;

/** How high the rows are drawn together, in pixels. */
export function drawnHeight(rows: number): number {
  return Math.min(rows * ROW_HEIGHT, MOST_PIXELS);
}

/** Far down, pixels are not told apart any more, and lines vanish: then the rows are held in the view instead of lying where they are. */
export function isHeld(rows: number): boolean {
  return rows * ROW_HEIGHT > MOST_EXACT_PIXELS;
}

/** How many pixels of rows one pixel of the scroll bar stands for: both come to their end together. */
export function scaleOf(element: Element, rows: number): number {
  const view = element.clientHeight - HEAD_HEIGHT;
  const drawn = drawnHeight(rows) - view;
  return drawn <= 0 ? 1 : Math.max(1, (rows * ROW_HEIGHT - view) / drawn);
}

/** Tells the virtual list where among its rows the view is. */
export function observeScaled(rows: () => number) {
  return (instance: Virtualizer<HTMLDivElement, Element>, tell: (offset: number, isScrolling: boolean) => void) =>
    observeElementOffset(instance, (offset, isScrolling) => tell(offset * (instance.scrollElement === null ? 1 : scaleOf(instance.scrollElement, rows())), isScrolling));
}
