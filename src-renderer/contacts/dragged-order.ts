// Things in an order that somebody changes by dragging one to the place of another; it moves when it is dropped.
import { useState, type DragEvent } from 'react';

/** The keys with one of them moved to a place. */
export function movedTo(keys: readonly string[], key: string, place: number): string[] {
  const others = keys.filter((each) => each !== key);
  return others.toSpliced(Math.max(0, Math.min(place, others.length)), 0, key);
}

/** What the element of each key is given. `onMove` hears which one is dropped at which place. */
export function useDraggedOrder(keys: readonly string[], onMove: (key: string, place: number) => void) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  return (key: string) => ({
    draggable: true,
    'data-dragged': dragged === key || undefined,
    'data-over': (over === key && dragged !== key) || undefined,
    onDragStart(event: DragEvent) {
      event.dataTransfer.effectAllowed = 'move';
      setDragged(key);
    },
    onDragOver(event: DragEvent) {
      if (dragged === null) return;
      event.preventDefault();
      setOver(key);
    },
    onDrop(event: DragEvent) {
      event.preventDefault();
      if (dragged !== null && dragged !== key) onMove(dragged, keys.indexOf(key));
      end();
    },
    onDragEnd: end,
  });
}
