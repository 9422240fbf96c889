// What the command palette or the status bar asks a screen to open: the screen takes the question when it is shown.
import { useEffect } from 'react';
import { create } from 'zustand';
import { go, type Route } from './routes.ts';

type Question = 'newFlow' | 'newMessage' | 'addContact' | 'away' | 'keys' | 'edit';

/** `away` and `keys` open on whatever screen is shown; `edit` is for that to which somebody goes just then. */
const SCREENS: Partial<Record<Question, Route>> = { newFlow: { screen: 'flows' }, newMessage: { screen: 'messages' }, addContact: { screen: 'contacts' } };

const useAsked = create<{ question: Question | null }>(() => ({ question: null }));

/** Goes to the screen and has it open the dialog. */
export function askFor(question: Question): void {
  useAsked.setState({ question });
  const screen = SCREENS[question];
  if (screen !== undefined) go(screen);
}

/** Calls `open` when the palette has asked for it. */
export function useQuestion(question: Question, open: () => void): void {
  const asked = useAsked((state) => state.question);
  useEffect(() => {
    if (asked !== question) return;
    useAsked.setState({ question: null });
    open();
  }, [asked, question, open]);
}
