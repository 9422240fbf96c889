// What the parts of the editor share: the stores, what they may do with the canvas, and what is derived from the document.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Problem } from '../../shared/problem.ts';
import type { Names } from '../../shared/steps/step.ts';
import type { Text } from '../../shared/text.ts';
import type { EditorState, EditorStore } from './editor-store.ts';
import type { Drawing } from './to-canvas.ts';
import type { UiState, UiStore } from './ui-store.ts';

/** What the canvas can be asked to do. */
export type CanvasHandle = {
  fit(): void;
  fullSize(): void;
  zoomBy(factor: number): void;
  /** Brings a card into view, without moving more than needed. */
  reveal(card: string): void;
  focus(card: string): void;
  /** The point on the screen at which a card ends, for what opens beside it. */
  screenPoint(card: string): { x: number; y: number };
};

export type Editor = {
  store: EditorStore;
  ui: UiStore;
  canvas: { current: CanvasHandle | null };
  /** The latest drawing, for what happens outside of drawing. */
  drawing: { current: Drawing | null };
  text(text: Text): string;
  newId(): string;
  close(): void;
};

export type EditorData = {
  names: Names;
  problems: readonly Problem[];
  problemsOf: ReadonlyMap<string, readonly Problem[]>;
  drawing: Drawing;
  /** The flow has run or may run, so cards keep room for figures. */
  figures: boolean;
};

export const EditorContext = createContext<Editor | null>(null);
export const EditorDataContext = createContext<EditorData | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === null) throw new Error('No flow is open here');
  return editor;
}

export function useEditorData(): EditorData {
  const data = useContext(EditorDataContext);
  if (data === null) throw new Error('No flow is drawn here');
  return data;
}

/** Part of the document's state; the component is drawn again when that part changes. */
export function useFlowState<Part>(select: (state: EditorState) => Part): Part {
  return useStore(useEditor().store, select);
}

export function useUi<Part>(select: (state: UiState) => Part): Part {
  return useStore(useEditor().ui, select);
}
