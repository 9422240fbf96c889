// By which channel a workspace sends, who writes, and why nothing can be sent at present: no account, no password, trouble
// with the server that is waited out (FAULTS F24, F28, F29).
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import type { Delivery, MailChannel, OpenChannel } from '../channels/channel.ts';
import { channelProblem } from '../channels/trouble.ts';
import { allAccounts, passwordKey } from '../store/accounts.ts';
import { forget, remember, remembered } from '../store/runner-state.ts';
import { isSample, readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import type { Sender } from './outbox-mails.ts';
import { pauseMs } from './outbox-policy.ts';

export type Way = { channel: MailChannel; from: Sender };

/** What is remembered of trouble, so that a restart does not hurry a server that has asked to wait (FAULTS F29). */
type Trouble = { channel: string; until: Instant; failures: number; delivery: Delivery & { result: 'failed' } };

const TROUBLE = 'sending_trouble';

/** Forgets trouble with the server: the account was changed, or a person says that it is over. */
export function forgetTrouble(workspace: Workspace): void {
  forget(workspace, TROUBLE);
}

export type SendingChannel = {
  /** The channel and the sender, or why there is none. Opens the account's channel when it is first needed, and anew when it was changed. */
  way(): Way | Problem;
  /** Trouble that is waited out just now, with its end. */
  trouble(): { problem: Problem; until: Instant } | null;
  failed(delivery: Delivery & { result: 'failed' }): void;
  succeeded(): void;
  close(): Promise<void>;
};

export function createSendingChannel(workspace: Workspace, openChannel: OpenChannel, fixed: MailChannel | undefined): SendingChannel {
  let opened: { key: string; channel: MailChannel } | null = null;
  let closing: Promise<void> = Promise.resolve();

  /** Trouble whose end is further away than it ever was is over: the clock has been set back since (FAULTS F17). */
  function current(): Trouble | null {
    const found = remembered<Trouble>(workspace, TROUBLE);
    const now = workspace.clock.now();
    return found !== null && found.until - now > pauseMs(found.failures) ? { ...found, until: now } : found;
  }

  function way(): Way | Problem {
    const [account] = allAccounts(workspace);
    if (isSample(workspace) && fixed?.reachesNobody !== true) {
      return problem(
        'sample-workspace',
        say('This is the sample workspace: nothing is ever sent from it. Make a workspace of your own to write to people.'),
      );
    }
    if (fixed !== undefined) {
      const from = account === undefined ? fixed.defaultFrom : { name: account.fromName, address: account.fromAddress };
      if (from === null) return noAccount();
      return { channel: fixed, from: { ...from, name: from.name || readSettings(workspace).name } };
    }
    if (account === undefined) return noAccount();
    const password = workspace.secrets.get(passwordKey(account.id));
    if (account.user !== '' && password === null) {
      return problem(
        'no-password',
        say('The password of the account {name} is not known on this computer. Enter it in the settings; messages wait until then.', {
          name: account.name,
        }),
      );
    }
    const key = JSON.stringify([account, password]);
    if (opened?.key !== key) {
      if (opened !== null) closing = opened.channel.close();
      opened = null;
      try {
        opened = { key, channel: openChannel(account, password) };
      } catch (error) {
        if (error instanceof ProblemError) return error.problems[0]!;
        throw error;
      }
    }
    return { channel: opened.channel, from: { name: account.fromName || readSettings(workspace).name, address: account.fromAddress } };
  }

  return {
    way,
    trouble() {
      const found = current();
      if (found === null || workspace.clock.now() >= found.until) return null;
      const name = fixed?.name ?? allAccounts(workspace)[0]?.host;
      return found.channel === name ? { problem: channelProblem(found.channel, found.delivery), until: found.until } : null;
    },
    failed(delivery) {
      const now = workspace.clock.now();
      const before = current();
      // Connections that fail together are one failure.
      if (before !== null && now < before.until) return;
      const failures = (before?.failures ?? 0) + 1;
      const name = fixed?.name ?? allAccounts(workspace)[0]?.host ?? '';
      remember(workspace, TROUBLE, { channel: name, until: now + pauseMs(failures), failures, delivery } satisfies Trouble);
      workspace.changed('runner');
    },
    succeeded() {
      if (current() === null) return;
      forgetTrouble(workspace);
      workspace.changed('runner');
    },
    async close() {
      await closing;
      await opened?.channel.close();
      await fixed?.close();
    },
  };
}

function noAccount(): Problem {
  return problem('no-account', say('There is no account to send from. Add one in the settings; messages wait until then.'));
}
