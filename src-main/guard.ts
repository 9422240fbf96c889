// Keeps the guard file of the open workspace up to date, and merges it into a workspace that is older than it (DESIGN 5, FAULTS
// F12). What is to be guarded is committed to the workspace first, then written here, and only then does a body leave: so in all
// crashes the workspace knows at least what its guard knows, and whenever it knows less, it is another, older file.
import type { GuardNotice } from '../shared/api.ts';
import type { Log } from './dispatch.ts';
import { mergeGuard } from './runner/guarding.ts';
import { readersOf } from './readers/readers.ts';
import { isDatabaseTrouble, sliceTransaction } from './store/database.ts';
import { allHanded, consentsSince, guardName, newsSince, type GuardMark } from './store/guard.ts';
import { guardPath, guardText, openGuardFile, type GuardFile, type GuardLine } from './store/guard-file.ts';
import { identityOf } from './store/identity.ts';
import { remember, remembered } from './store/runner-state.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import type { Guard, Workspace } from './workspace.ts';

const MARK = 'guard';
const NOTICE = 'guardNotice';
/** So many statements about consent a thread looks through, so that a large import is not held up by it. */
const MUCH = 2000;

/** What the last merge has done, until the user has seen it; `null`: nothing to tell. */
export function guardNotice(workspace: Pick<Workspace, 'db'>): GuardNotice | null {
  return readSetting<GuardNotice | null>(workspace, NOTICE) ?? null;
}

/** The user has seen it. */
export function dismissGuardNotice(workspace: Pick<Workspace, 'db'>): void {
  writeSetting(workspace, NOTICE, null);
}

type OpenGuard = Guard & { close(): void };

/**
 * Opens the guard of a workspace in the program's data folder, merges the two, and notes for the user what that has changed. A
 * guard that is missing or damaged is told of and written anew; one that cannot be written is told of, and there is none
 * (`undefined`): neither is a reason not to open a workspace. Call it before anything runs.
 */
export function openGuard(workspace: Workspace, dataFolder: string, log: Log): OpenGuard | undefined {
  const { id, keys } = identityOf(workspace);
  const key = keys[0]!;
  const tell = (notice: Partial<GuardNotice>): void => {
    const nothing = { suppressions: 0, erasures: 0, withdrawals: 0, messages: 0, flowsPaused: 0, trouble: null };
    writeSetting(workspace, NOTICE, { ...nothing, ...notice, at: workspace.clock.now() } satisfies GuardNotice);
  };
  let file: GuardFile;
  try {
    file = openGuardFile(guardPath(dataFolder, id));
  } catch (error) {
    log('The guard file cannot be opened', error);
    tell({ trouble: 'unwritable' });
    return undefined;
  }
  let mark: GuardMark;
  let pending: GuardLine[] = [];
  let isScheduled = false;
  let hasNews = false;
  let isClosed = false;

  let saved = '';
  /** Only what has changed: opening and closing a workspace leaves it as it was. */
  function save(changes: Partial<GuardMark>): void {
    Object.assign(mark, changes);
    if (JSON.stringify(mark) === saved) return;
    // Without waiting for the disk, on which a long work may have put much: a mark that is lost is found again from the file.
    sliceTransaction(workspace, () => remember(workspace, MARK, mark));
    saved = JSON.stringify(mark);
  }

  /** A disk that does not take lines holds up nothing, but what was lost is written again at the next start. */
  function lose(error: unknown): void {
    if (!mark.broken) {
      log('The guard file cannot be written', error);
      tell({ trouble: 'unwritable' });
      workspace.changed('workspace');
    }
    mark.broken = true;
  }

  /** Puts lines into the file; how far it is known goes with them, unless another copy of this workspace writes here too: what that adds is read when this one is opened again. */
  function put<Done>(act: () => Done): Done {
    const isShared = file.size() !== mark.bytes;
    const done = act();
    if (!isShared) mark.bytes = file.size();
    return done;
  }

  function append(text: string): void {
    try {
      if (text !== '') put(() => file.append(text));
    } catch (error) {
      lose(error);
    }
  }

  /** What waits to be written, as text. */
  function takePending(): string {
    const waiting = pending;
    pending = [];
    return guardText(waiting);
  }

  /** Everything new in the workspace's own tables, and what waits. */
  function flush(): void {
    if (isClosed) return;
    const { text, ...upTo } = newsSince(workspace, mark);
    append(text + takePending());
    save(upTo);
  }

  /** The same, looked for in a thread and without standing still for the disk where there is much of it; if that cannot be, here after all. */
  async function flushBeside(): Promise<void> {
    if (isClosed) return;
    const { suppression, consent } = mark;
    const news = consentsSince(workspace, mark) < MUCH ? null : await readersOf(workspace).read('guardNews', { suppression, consent }).catch(() => null);
    if (news === null) return flush();
    if (isClosed) return;
    const { text, ...upTo } = news;
    const lines = text + takePending();
    if (lines !== '') await put(() => file.appendBeside(lines)).catch(lose);
    // Whoever has closed it meanwhile has kept how far it is.
    if (!isClosed) save(upTo);
  }

  function schedule(): void {
    hasNews = true;
    if (isScheduled || isClosed) return;
    isScheduled = true;
    setImmediate(() => {
      hasNews = false;
      flushBeside()
        .catch((error: unknown) => log('The guard could not be brought up to date', error))
        .finally(() => {
          isScheduled = false;
          // Told of while the thread was looking.
          if (hasNews) schedule();
        });
    });
  }

  function begin(): void {
    const before = remembered<GuardMark>(workspace, MARK);
    saved = JSON.stringify(before);
    const isAnew = before !== null && file.size() < before.bytes;
    const from = before === null || before.broken || isAnew ? 0 : before.bytes;
    const { lines, damaged } = from === file.size() ? { lines: [], damaged: 0 } : file.read(from);
    const merged = mergeGuard(workspace, lines);
    mark = { bytes: file.size(), suppression: before?.suppression ?? 0, consent: before?.consent ?? 0, broken: false };
    if (before === null || before.broken || isAnew || damaged > 0) {
      Object.assign(mark, { suppression: 0, consent: 0 });
      append(guardText(allHanded(workspace)));
    }
    if (merged !== null || isAnew || damaged > 0) tell({ ...merged, trouble: isAnew ? 'missing' : damaged > 0 ? 'damaged' : null });
    flush();
  }

  begin();
  return {
    soon: schedule,
    handed(messages) {
      const at = workspace.clock.now();
      append(guardText(messages.map(({ key: message, handover, address }) => ({ kind: 'handed', at, key: message, handover, address: guardName(key, 'email', address) }))));
    },
    returned(message, handover) {
      pending.push({ kind: 'returned', key: message, handover });
      schedule();
    },
    lifted(channel, address) {
      pending.push({ kind: 'lifted', channel, address: guardName(key, channel, address) });
      schedule();
    },
    close() {
      if (isClosed) return;
      try {
        flush();
      } catch (error) {
        // A full disk stops nobody from closing (FAULTS F4): how far the guard has come is found out when the workspace is opened.
        if (!isDatabaseTrouble(error)) throw error;
        log('The guard could not be brought up to date', error);
      } finally {
        isClosed = true;
        file.close();
      }
    },
  };
}
