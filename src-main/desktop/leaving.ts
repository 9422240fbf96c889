// What becomes of the program when its window is closed, or somebody quits: it goes on in the background, asks, or ends (UX 2.7).
import { say, type Text } from '../../shared/text.ts';
import type { Preferences } from './preferences.ts';
import { flowsLive, flowsRunning, type Standing } from './standing.ts';

/** `tray`: whether an icon beside the clock would be seen. Many desktops of Linux have no place for one. */
export type Surroundings = { platform: string; tray: boolean };

/**
 * `stay`: the program stays without its window, as its system is used to. `hide`: it goes on behind its icon; `explain`: the same,
 * and it says so, because nobody was told before. `ask`: whether it should; `confirm`: whether to stop running flows; `quit`.
 */
export type Closing = 'stay' | 'hide' | 'explain' | 'ask' | 'confirm' | 'quit';

/** What closing the window means. Without an icon the program never goes on unseen, except where the dock shows it. */
export function onClose({ platform, tray }: Surroundings, standing: Standing, preferences: Preferences): Closing {
  if (platform === 'darwin') return 'stay';
  if (flowsRunning(standing) === 0) return 'quit';
  if (!tray || preferences.keepRunning === false) return onQuit(standing, preferences);
  if (preferences.keepRunning === null) return 'ask';
  return preferences.explained ? 'hide' : 'explain';
}

/** What quitting means, wherever it comes from: only flows that run are a reason to ask. */
export function onQuit(standing: Standing, preferences: Preferences): 'confirm' | 'quit' {
  return flowsRunning(standing) > 0 && preferences.asksBeforeQuit ? 'confirm' : 'quit';
}

/** Whether the icon is there: as soon as there is something to stop, and always when nothing else shows that the program runs. */
export function showsTray({ platform, tray }: Surroundings, hasWindow: boolean, standing: Standing, { keepRunning }: Preferences): boolean {
  if (!tray) return false;
  return (!hasWindow && platform !== 'darwin') || (keepRunning !== false && flowsLive(standing) > 0);
}

/** Whether this is the moment to ask once, if nobody has said it yet: the first flow of this workspace has just gone live. */
export function asksAfterGoingLive({ platform, tray }: Surroundings, before: Standing, now: Standing, { keepRunning }: Preferences): boolean {
  if (keepRunning !== null || !tray || platform === 'darwin') return false;
  const isSame = before.kind === 'open' && now.kind === 'open' && before.workspace.file === now.workspace.file;
  return isSame && flowsLive(before) === 0 && flowsRunning(now) > 0;
}

/** `buttons[cancel]` is what Escape means. `checkbox`: something that may be ticked besides. */
export type Question<Choice extends string> = { message: Text; detail: Text; buttons: { choice: Choice; text: Text }[]; checkbox?: Text };

/** The question that is asked once. `isClosing`: the window is about to close, so there is a third way: not to. */
export function stayQuestion(isClosing: boolean): Question<'keep' | 'quit' | 'cancel'> {
  return {
    message: say('Keep Kanal running in the background, so that mails go out on time?'),
    detail: say(
      'Flows run only while Kanal runs. In the background it has no window, but an icon beside the clock, where you can stop everything, open the window or quit. You can change this in the settings.',
    ),
    buttons: [
      { choice: 'keep', text: say('Keep running') },
      { choice: 'quit', text: isClosing ? say('Quit Kanal') : say('No, quit when I close the window') },
      // Whoever only waves it away has not decided anything.
      { choice: 'cancel', text: isClosing ? say('Cancel') : say('Ask me when I close the window') },
    ],
  };
}

/** Before running flows stop because the program ends. */
export function quitQuestion(standing: Standing, { tray }: Surroundings): Question<'quit' | 'cancel'> {
  return {
    message: say('{flows, plural, one {# flow is running.} other {# flows are running.}} Quit Kanal all the same?', { flows: flowsRunning(standing) }),
    detail: tray
      ? say('While Kanal is closed nobody moves on and nothing is sent. What falls due meanwhile waits until you open Kanal again.')
      : say(
          'While Kanal is closed nobody moves on and nothing is sent. What falls due meanwhile waits until you open Kanal again. This desktop shows no icons beside the clock, so Kanal cannot go on without its window.',
        ),
    buttons: [
      { choice: 'quit', text: say('Quit Kanal') },
      { choice: 'cancel', text: say('Cancel') },
    ],
    checkbox: say('Do not ask again'),
  };
}

/** Before running flows stop because another workspace is opened from outside the window. */
export function switchQuestion(standing: Standing, file: string): Question<'open' | 'cancel'> | null {
  if (flowsRunning(standing) === 0 || standing.kind !== 'open' || standing.workspace.file === file) return null;
  return {
    message: say('{name}: {flows, plural, one {# flow is running.} other {# flows are running.}} Open the other workspace all the same?', {
      flows: flowsRunning(standing),
      name: standing.workspace.name,
    }),
    detail: say('Only the workspace that is open runs. The flows of this one stand still until you open it again.'),
    buttons: [
      { choice: 'open', text: say('Open the other one') },
      { choice: 'cancel', text: say('Cancel') },
    ],
  };
}

/** Shown once when the window closes and the program goes on. */
export const STAYS_NOTICE = {
  title: say('Kanal goes on in the background'),
  body: say('Its icon beside the clock opens the window again, stops everything or quits.'),
};

/** Said when the emergency stop takes long: a server that does not answer, or a machine that is stuck. */
export const STILL_STOPPING = say('Not everything has stopped yet. If you cannot wait, quit Kanal: then nothing more is sent.');

/** Shown when the emergency stop has done its work. */
export const STOPPED_NOTICE = {
  title: say('Everything is stopped'),
  body: say('No flow moves and nothing is sent until you start everything again.'),
};
