// Puts the rules of this folder to work: keeps the icon beside the clock as things stand, carries out what is chosen there, and
// decides with the user what closing and quitting mean. It knows Electron only by the few functions that a host lends it.
import type { Answer, MachineEvent } from '../../shared/api.ts';
import type { Text } from '../../shared/text.ts';
import type { Clock } from '../clock.ts';
import { asksAfterGoingLive, onClose, onQuit, quitQuestion, showsTray, STAYS_NOTICE, STILL_STOPPING, STOPPED_NOTICE, stayQuestion, switchQuestion, type Question, type Surroundings } from './leaving.ts';
import type { PreferencesFile } from './preferences.ts';
import { watchStanding, type Standing } from './standing.ts';
import { trayMenu, type TrayAct } from './tray-menu.ts';
import { inWords, type TrayView } from './tray-view.ts';

export type TrayIcon = { show(view: TrayView): void; remove(): void };
export type Asked = { message: string; detail: string; buttons: string[]; cancel: number; checkbox: string | null };

export type BackgroundOptions = {
  platform: string;
  clock: Clock;
  preferences: PreferencesFile;
  call(method: string, input: unknown): Promise<Answer>;
  /** Says a sentence in the language of the window. */
  translate(text: Text): string;
  hasTrayHost(): Promise<boolean>;
  makeTray(act: (act: TrayAct) => void): TrayIcon;
  ask(question: Asked): Promise<{ button: number; ticked: boolean }>;
  notify(title: string, body: string): void;
  complain(text: string): void;
  /** Whether the computer must not fall asleep by itself. Called again with what holds already now and then. */
  keepAwake(on: boolean): void;
  window: { isOpen(): boolean; open(): void; destroy(): void };
  /** Ends the program; nothing is asked any more. */
  quit(): void;
};

export type Background = {
  /** Looks around for the first time: is there a place for an icon, what is open? */
  begin(): Promise<void>;
  hear(event: MachineEvent): void;
  /** Somebody closes the window. `true`: it may close. `false`: that is being decided, and it is destroyed, or stays, then. */
  mayCloseWindow(): boolean;
  /** Somebody quits. `true`: the program may end now. `false`: it is being asked, and `quit` called if the answer is yes. */
  mayQuit(): boolean;
  /** The computer is being shut down, or the program told to end by a signal: nobody can be asked. */
  quitUnasked(): void;
  /** Whether running flows may stop because this file is opened instead of the workspace that is open. */
  mayOpen(file: string): Promise<boolean>;
  /** The window was opened or has gone, or a choice was changed: shows what holds now. */
  refresh(): void;
  surroundings(): Surroundings;
};

/** While mail leaves it is looked at so often whether it still does, in case that nothing more is told. */
const SENDING_MS = 10_000;

/** Longer than a mail that is on its way should take to end. */
const LONG_STOP_MS = 20_000;

/** A machine that is hung must not keep a window from closing: then what was known last decides. */
const PATIENCE_MS = 2000;

export function createBackground(options: BackgroundOptions): Background {
  const { clock, platform, preferences, call, translate } = options;
  const surroundings: Surroundings = { platform, tray: false };
  const watch = watchStanding(clock, call, standingChanged);
  let tray: TrayIcon | null = null;
  let shown = '';
  let isStopping = false;
  let isAsking = false;
  let isClosing = false;
  let isLeaving = false;
  let cancelLook: () => void = () => undefined;

  function standingChanged(now: Standing, before: Standing): void {
    refresh();
    stayAwake(now);
    if (options.window.isOpen() && asksAfterGoingLive(surroundings, before, now, preferences.get())) void askOnceToStay();
  }

  function stayAwake(now: Standing): void {
    const isSending = now.kind === 'open' && now.status.sending;
    options.keepAwake(isSending);
    cancelLook();
    cancelLook = isSending ? clock.after(SENDING_MS, () => void watch.read()) : () => undefined;
  }

  /** Nothing is looked at any more; the computer may sleep. */
  function end(): void {
    isLeaving = true;
    watch.end();
    cancelLook();
    options.keepAwake(false);
    refresh();
  }

  function refresh(): void {
    const standing = watch.current();
    if (isLeaving || !showsTray(surroundings, options.window.isOpen(), standing, preferences.get())) {
      tray?.remove();
      tray = null;
      shown = '';
      return;
    }
    const view = inWords(trayMenu(standing, clock.now(), isStopping), translate);
    // A menu that is open must not be replaced by the same one.
    const key = JSON.stringify(view);
    if (tray !== null && key === shown) return;
    shown = key;
    tray ??= options.makeTray((act) => void perform(act));
    tray.show(view);
  }

  function perform(act: TrayAct): Promise<void> | void {
    switch (act) {
      case 'open':
        return options.window.open();
      case 'stop':
        return stopEverything();
      case 'start':
        return startEverything();
      case 'quit':
        if (mayQuit()) leave();
    }
  }

  /** One press, no question: whoever presses it has seen something go wrong. */
  async function stopEverything(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    refresh();
    const cancelComplaint = clock.after(LONG_STOP_MS, () => options.complain(translate(STILL_STOPPING)));
    const answer = await call('runner.stopAll', { from: 'tray' });
    cancelComplaint();
    isStopping = false;
    await watch.read();
    refresh();
    if ('value' in answer) options.notify(translate(STOPPED_NOTICE.title), translate(STOPPED_NOTICE.body));
    else complainOf(answer);
  }

  async function startEverything(): Promise<void> {
    const answer = await call('runner.startAll', {});
    await watch.read();
    if (!('value' in answer)) complainOf(answer);
  }

  function complainOf(answer: Exclude<Answer, { value: unknown }>): void {
    options.complain('problems' in answer ? answer.problems.map(({ text }) => translate(text)).join('\n') : answer.bug);
  }

  /** Asks one thing at a time: a second question waits for nobody, it is as if it had been cancelled. */
  async function ask<Choice extends string>(question: Question<Choice>): Promise<{ choice: Choice; ticked: boolean } | null> {
    if (isAsking) return null;
    isAsking = true;
    try {
      const { button, ticked } = await options.ask({
        message: translate(question.message),
        detail: translate(question.detail),
        buttons: question.buttons.map(({ text }) => translate(text)),
        cancel: question.buttons.length - 1,
        checkbox: question.checkbox === undefined ? null : translate(question.checkbox),
      });
      const choice = question.buttons[button]?.choice;
      return choice === undefined ? null : { choice, ticked };
    } finally {
      isAsking = false;
    }
  }

  async function askOnceToStay(): Promise<void> {
    const answer = await ask(stayQuestion(false));
    if (answer === null || answer.choice === 'cancel') return;
    // The question has explained it.
    preferences.change({ keepRunning: answer.choice === 'keep', explained: true });
    refresh();
  }

  async function askToQuit(): Promise<boolean> {
    const answer = await ask(quitQuestion(watch.current(), surroundings));
    if (answer?.choice !== 'quit') return false;
    if (answer.ticked) preferences.change({ asksBeforeQuit: false });
    return true;
  }

  async function closeWindow(): Promise<void> {
    // Panels come and go, and what runs may have changed this very moment.
    const [hasTray] = await Promise.all([options.hasTrayHost(), inTime(watch.read())]);
    surroundings.tray = hasTray;
    if (isLeaving) return;
    switch (onClose(surroundings, watch.current(), preferences.get())) {
      case 'stay':
      case 'hide':
        return hide();
      case 'explain':
        preferences.change({ explained: true });
        options.notify(translate(STAYS_NOTICE.title), translate(STAYS_NOTICE.body));
        return hide();
      case 'ask': {
        const answer = await ask(stayQuestion(true));
        if (answer === null || answer.choice === 'cancel') return;
        preferences.change({ keepRunning: answer.choice === 'keep', explained: true });
        return answer.choice === 'keep' ? hide() : leave();
      }
      case 'confirm':
        if (await askToQuit()) leave();
        return;
      case 'quit':
        return leave();
    }
  }

  async function inTime(work: Promise<unknown>): Promise<void> {
    let cancel: () => void = () => undefined;
    const tired = new Promise<void>((resolve) => (cancel = clock.after(PATIENCE_MS, resolve)));
    await Promise.race([work, tired]);
    cancel();
  }

  /** The window goes altogether, and with it most of the memory; the machine goes on in its own process. */
  function hide(): void {
    options.window.destroy();
    refresh();
  }

  function leave(): void {
    end();
    options.quit();
  }

  function mayQuit(): boolean {
    if (isLeaving || onQuit(watch.current(), preferences.get()) === 'quit') {
      end();
      return true;
    }
    void askToQuit().then((yes) => {
      if (yes) leave();
    });
    return false;
  }

  return {
    async begin() {
      surroundings.tray = await options.hasTrayHost();
      await watch.read();
    },
    hear: (event) => watch.hear(event),
    mayCloseWindow() {
      if (isLeaving) return true;
      if (!isClosing && !isAsking) {
        isClosing = true;
        void closeWindow().finally(() => (isClosing = false));
      }
      return false;
    },
    mayQuit,
    quitUnasked: leave,
    async mayOpen(file) {
      const question = switchQuestion(await watch.read(), file);
      return question === null || (await ask(question))?.choice === 'open';
    },
    refresh,
    surroundings: () => surroundings,
  };
}
