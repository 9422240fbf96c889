// The composition root: puts a workspace, its handlers and its runner together. It knows no host.
import { mkdirSync, realpathSync } from 'node:fs';
import { calls, type Answer, type CallName, type MachineEvent, type Topic } from '../shared/api.ts';
import { ProblemError, refuse } from '../shared/problem.ts';
import { say } from '../shared/text.ts';
import type { MailChannel, OpenChannel } from './channels/channel.ts';
import { isVirtual, type Clock } from './clock.ts';
import { withBackups } from './automatic-backup.ts';
import { createDispatch, type Handlers, type Log } from './dispatch.ts';
import { accountHandlers } from './handlers/accounts.ts';
import { attributeHandlers } from './handlers/attributes.ts';
import { bulkEditHandlers } from './handlers/bulk-edits.ts';
import { calendarHandlers } from './handlers/calendars.ts';
import { companyHandlers } from './handlers/companies.ts';
import { contactHandlers } from './handlers/contacts.ts';
import { contactHistoryHandlers } from './handlers/contact-history.ts';
import { eventFileHandlers } from './handlers/event-files.ts';
import { exportHandlers } from './handlers/exports.ts';
import { auditHandlers } from './handlers/audit.ts';
import { consentHandlers } from './handlers/consents.ts';
import { erasureHandlers } from './handlers/erasure.ts';
import { retentionHandlers } from './handlers/retention.ts';
import { guardHandlers } from './handlers/guard.ts';
import { suppressionHandlers } from './handlers/suppressions.ts';
import { duplicateHandlers } from './handlers/duplicates.ts';
import { enrollmentHandlers } from './handlers/enrollments.ts';
import { lineHandlers } from './handlers/line.ts';
import { liveFlowHandlers } from './handlers/live-flows.ts';
import { flowHandlers } from './handlers/flows.ts';
import { recipeHandlers } from './handlers/recipes.ts';
import { importHandlers } from './handlers/imports.ts';
import { messageHandlers } from './handlers/messages.ts';
import { noteHandlers } from './handlers/notes.ts';
import { outboxHandlers } from './handlers/outbox.ts';
import { runnerHandlers, stoppedByUser } from './handlers/runner.ts';
import { segmentMemberHandlers } from './handlers/segment-members.ts';
import { scoreHandlers } from './handlers/scores.ts';
import { segmentHandlers } from './handlers/segments.ts';
import { settingsHandlers } from './handlers/settings.ts';
import { openGuard } from './guard.ts';
import { simulationHandlers } from './handlers/simulations.ts';
import { taskHandlers } from './handlers/tasks.ts';
import { viewHandlers } from './handlers/views.ts';
import { noWorkspace, workspaceHandlers } from './handlers/workspace.ts';
import { rememberWorkspace } from './recent-files.ts';
import { closeReaders } from './readers/readers.ts';
import { createOutbox, type OpenOutbox } from './runner/outbox.ts';
import { purgeLeft, purgeWhenOpened } from './runner/purging.ts';
import { createRunner, type Runner } from './runner/runner.ts';
import { backupFile, backupFolder, copyNow, rotateBackups } from './store/backup.ts';
import { checkpointsBeside } from './store/checkpoints.ts';
import { inspectFile, openDatabase } from './store/database.ts';
import { takeLease } from './store/lease.ts';
import { lockWorkspace } from './store/lock.ts';
import { letGoOf } from './store/purging.ts';
import { runningRefused, sharedFolderOf } from './store/shared-folder.ts';
import { readSettings } from './store/settings.ts';
import type { Secrets, Workspace } from './workspace.ts';

export type BackendOptions = {
  clock: Clock;
  /** The program's own folder: recent files, automatic backups. */
  dataFolder: string;
  /** Where new workspaces go when the user does not say. */
  documentsFolder: string;
  secrets: Secrets;
  log: Log;
  openChannel: OpenChannel;
  /** Instead of the workspace's accounts: a folder, or a server on loopback. */
  channel?: MailChannel;
  /** Whether flows run as soon as a workspace is open. */
  autoRun: boolean;
  /** Whether flows will run here without anybody to ask, so that a clock in doubt holds them. */
  watchesClock?: boolean;
};

export type Backend = {
  call(method: unknown, input: unknown): Promise<Answer>;
  on(listener: (event: MachineEvent) => void): () => void;
  /** The computer may have slept: what runs looks at the clock at once instead of within a second. Harmless at any time. */
  wake(): void;
  /** The open workspace and its runner, for hosts in the same process. */
  current(): { workspace: Workspace; runner: Runner } | null;
  close(): Promise<void>;
};

type WorkspaceCall = Extract<CallName, `workspace.${string}`>;
type Session = { workspace: Workspace; runner: Runner; outbox: OpenOutbox; handlers: Omit<Handlers, WorkspaceCall>; end(): Promise<void> };

/** How long changes are collected before windows are told: a run of batches is one re-reading, not hundreds. */
const COLLECT_MS = 25;

/** Builds the machine. No workspace is open yet; `close` stops everything, in order. */
export function createBackend(options: BackendOptions): Backend {
  const listeners = new Set<(event: MachineEvent) => void>();
  let session: Session | null = null;
  // Opening and closing happen one after the other, however they are called.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(act: () => Promise<Value>): Promise<Value> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const tell = (event: MachineEvent) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        options.log('A listener failed', error);
      }
    }
  };

  async function closeSession(): Promise<void> {
    const open = session;
    session = null;
    await open?.end();
  }

  const holder = {
    clock: options.clock,
    dataFolder: options.dataFolder,
    documentsFolder: options.documentsFolder,
    current: () => session?.workspace ?? null,
    now: () => options.clock.now(),
    open: (file: string) =>
      inTurn(async () => {
        if (session !== null && isSameFile(session.workspace.file, file)) return session.workspace;
        const opened = openSession(file, options, tell);
        await closeSession();
        session = opened;
        const { workspace, runner } = opened;
        try {
          rememberWorkspace(options.dataFolder, { file, name: readSettings(workspace).name, openedAt: options.clock.now() });
        } catch (error) {
          // A list that cannot be written is no reason to keep anybody from their work.
          options.log('The list of recent workspaces cannot be written', error);
        }
        if (options.autoRun && stoppedByUser(workspace) === null) runner.start();
        tell({ type: 'changed', topics: ['workspace'] });
        return workspace;
      }),
    close: () =>
      inTurn(async () => {
        if (session === null) return;
        await closeSession();
        tell({ type: 'changed', topics: ['workspace'] });
      }),
  };

  const dispatch = createDispatch({ ...sessionHandlers(() => session), ...workspaceHandlers(holder) }, options.log);
  return {
    call: dispatch,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => session?.runner.wake(),
    current: () => session,
    async close() {
      await inTurn(closeSession);
      listeners.clear();
    },
  };
}

/** Every call that needs an open workspace: handed to the one that is open now. */
function sessionHandlers(current: () => Session | null): Omit<Handlers, WorkspaceCall> {
  const names = (Object.keys(calls) as CallName[]).filter(
    (name): name is Exclude<CallName, WorkspaceCall> => !name.startsWith('workspace.'),
  );
  const entries = names.map((name) => {
    const handle = async (input: unknown) => {
      const session = current() ?? noWorkspace();
      try {
        return await (session.handlers[name] as (input: unknown) => unknown)(input);
      } catch (error) {
        // Long work that was under way finds its workspace closed, and cannot know why.
        if (error instanceof ProblemError || session.workspace.db.open) throw error;
        return refuse('workspace-closed', say('The workspace was closed before this was done.'));
      }
    };
    return [name, handle];
  });
  return Object.fromEntries(entries) as Omit<Handlers, WorkspaceCall>;
}

/** Opens a file: refused or locked files are left as they are; an older schema is backed up, then brought up to date. */
function openSession(file: string, options: BackendOptions, tell: (event: MachineEvent) => void): Session {
  const { clock } = options;
  inspectFile(file);
  const unlock = lockWorkspace(file, clock.now());
  try {
    const folder = backupFolder(options.dataFolder, file);
    const db = openDatabase(file, (old) => {
      mkdirSync(folder, { recursive: true });
      copyNow(old, backupFile(folder, clock.now(), 'before update'));
      rotateBackups(folder, clock.now());
    });
    takeLease({ db, clock }, process.pid);
    const shared = sharedFolderOf(file);
    const notices = collectNotices(clock, tell);
    let runner: Runner | null = null;
    const workspace: Workspace = {
      log: options.log,
      file,
      db,
      clock,
      secrets: options.secrets,
      tell,
      changed: notices.changed,
      wake: () => runner?.wake(),
    };
    const outbox = createOutbox(workspace, {
      openChannel: options.openChannel,
      ...(options.channel === undefined ? {} : { channel: options.channel }),
    });
    const guard = openGuard(workspace, options.dataFolder, options.log);
    if (guard !== undefined) workspace.guard = guard;
    purgeWhenOpened(workspace);
    const made = (runner = createRunner(workspace, outbox, { asksAfterAbsence: !isVirtual(options.clock) && (options.autoRun || (options.watchesClock === true && 'clock')), refused: shared === null ? null : runningRefused(shared) }));
    outbox.recover();
    const handlers = withBackups(handlersOf(workspace, made, outbox, options.openChannel), workspace, options.dataFolder);
    const recipes = recipeHandlers(workspace, handlers);
    // While it is in doubt what time it is, no file is imported as of then.
    if (options.autoRun) recipes.watch.start(() => !made.absence.isAway());
    const checkpoints = checkpointsBeside(workspace);
    return {
      workspace,
      runner: made,
      outbox,
      handlers: { ...handlers, ...recipes.handlers },
      async end() {
        try {
          await recipes.watch.stop();
          await made.stop();
          await outbox.close();
          await closeReaders(workspace);
          await checkpoints.close();
          purgeLeft(workspace);
        } finally {
          notices.flush();
          guard?.close();
          db.close();
          letGoOf(workspace.file);
          unlock();
        }
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function handlersOf(workspace: Workspace, runner: Runner, outbox: OpenOutbox, openChannel: OpenChannel): Omit<Handlers, WorkspaceCall | `recipes.${string}`> {
  return {
    ...contactHandlers(workspace),
    ...duplicateHandlers(workspace),
    ...consentHandlers(workspace),
    ...suppressionHandlers(workspace),
    ...erasureHandlers(workspace),
    ...guardHandlers(workspace),
    ...retentionHandlers(workspace),
    ...contactHistoryHandlers(workspace),
    ...noteHandlers(workspace),
    ...taskHandlers(workspace),
    ...attributeHandlers(workspace),
    ...bulkEditHandlers(workspace),
    ...calendarHandlers(workspace),
    ...companyHandlers(workspace),
    ...importHandlers(workspace),
    ...eventFileHandlers(workspace),
    ...exportHandlers(workspace),
    ...flowHandlers(workspace),
    ...liveFlowHandlers(workspace),
    ...enrollmentHandlers(workspace),
    ...lineHandlers(workspace),
    ...auditHandlers(workspace),
    ...scoreHandlers(workspace),
    ...segmentHandlers(workspace),
    ...segmentMemberHandlers(workspace),
    ...viewHandlers(workspace),
    ...messageHandlers(workspace, openChannel),
    ...settingsHandlers(workspace),
    ...accountHandlers(workspace, openChannel),
    ...outboxHandlers(workspace),
    ...runnerHandlers(workspace, runner, outbox),
    ...simulationHandlers(workspace),
  };
}

function collectNotices(clock: Clock, tell: (event: MachineEvent) => void) {
  const topics = new Set<Topic>();
  let cancel: (() => void) | null = null;
  const flush = () => {
    cancel?.();
    cancel = null;
    if (topics.size === 0) return;
    tell({ type: 'changed', topics: [...topics] });
    topics.clear();
  };
  return {
    flush,
    changed(...changed: Topic[]) {
      for (const topic of changed) topics.add(topic);
      cancel ??= clock.after(COLLECT_MS, flush);
    },
  };
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false; // The other one is not there; opening it says so.
  }
}
