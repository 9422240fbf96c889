// Calls about the SMTP accounts. Passwords go to the host's keeper of secrets and never come back.
import { isSafeAddress } from '../../shared/messages/header-text.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Account } from '../../shared/api.ts';
import type { OpenChannel } from '../channels/channel.ts';
import { refusePlainPassword, openChannel as openSmtp } from '../channels/smtp.ts';
import { channelProblem } from '../channels/trouble.ts';
import type { Handlers } from '../dispatch.ts';
import { accountTestMail } from '../rendering/account-test.ts';
import { forgetTrouble } from '../runner/sending-channel.ts';
import { deliverTest, passwordForTest, refuseSample, testAddress, testMessageId } from '../runner/test-mail.ts';
import { allAccounts, findAccount, passwordKey, removeAccount, saveAccount } from '../store/accounts.ts';
import { transaction } from '../store/database.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** `openChannel` opens the account that is checked. */
export function accountHandlers(
  workspace: Workspace,
  openChannel: OpenChannel = openSmtp,
): Pick<Handlers, 'accounts.list' | 'accounts.save' | 'accounts.remove' | 'accounts.check' | 'accounts.sendTest'> {
  return {
    'accounts.list': () =>
      allAccounts(workspace).map((account) => ({ ...account, hasPassword: workspace.secrets.get(passwordKey(account.id)) !== null })),
    /** `password` null leaves the one that is known. */
    'accounts.save': ({ id, account, password }) => {
      checkAccount(account);
      const saved = transaction(workspace.db, () => {
        const known = saveAccount(workspace, id, account) ?? refuseUnknownAccount();
        recordAudit(workspace, 'user', 'account-saved', { account: account.name, id: known, isNew: id === null });
        return known;
      });
      if (password !== null) workspace.secrets.set(passwordKey(saved), password);
      afterChange(workspace);
      return { id: saved };
    },
    'accounts.remove': ({ id }) => {
      const { name } = findAccount(workspace, id) ?? refuseUnknownAccount();
      transaction(workspace.db, () => {
        removeAccount(workspace, id);
        recordAudit(workspace, 'user', 'account-removed', { account: name, id });
      });
      workspace.secrets.remove(passwordKey(id));
      afterChange(workspace);
      return null;
    },
    'accounts.check': async ({ id }) => {
      const stored = findAccount(workspace, id) ?? refuseUnknownAccount();
      const { id: _, ...account } = stored;
      const password = workspace.secrets.get(passwordKey(id));
      if (account.user !== '' && password === null)
        refuse(
          'no-password',
          say('The password of the account {name} is not known on this computer. Enter it, then check again.', { name: account.name }),
          { field: 'password' },
        );
      const channel = openChannel(account, password);
      try {
        const answer = await channel.check?.();
        if (answer === undefined) throw new Error('This channel cannot be checked');
        if ('result' in answer) throw new ProblemError(channelProblem(channel.name, answer));
        forgetTrouble(workspace);
        workspace.wake();
        return { greeting: answer.greeting };
      } finally {
        await channel.close();
      }
    },
    'accounts.sendTest': async ({ id, to }) => {
      const account = findAccount(workspace, id) ?? refuseUnknownAccount();
      const address = testAddress(to);
      refuseSample(workspace);
      const password = passwordForTest(workspace, account);
      const settings = readSettings(workspace);
      const mail = accountTestMail({
        from: { name: account.fromName || settings.name, address: account.fromAddress },
        to: address,
        server: account.host,
        locale: settings.locale,
        messageId: testMessageId(account.fromAddress),
        date: new Date(workspace.clock.now()),
      });
      const response = await deliverTest(openChannel, account, password, mail);
      recordAudit(workspace, 'user', 'accounts.sendTest', { account: id });
      forgetTrouble(workspace);
      workspace.wake();
      return { response };
    },
  };
}

function checkAccount(account: Account): void {
  if (!isSafeAddress(account.fromAddress)) {
    refuse(
      'bad-sender',
      say('"{address}" is not an e-mail address. Write the sender like name@example.com.', { address: account.fromAddress.slice(0, 100) }),
      { field: 'fromAddress' },
    );
  }
  if (!/^[A-Za-z0-9.:_[\]-]+$/.test(account.host)) {
    refuse(
      'bad-host',
      say('"{host}" is not the name of a server. Write it as the provider gives it, such as smtp.example.com.', {
        host: account.host.slice(0, 100),
      }),
      { field: 'host' },
    );
  }
  refusePlainPassword(account);
}

function refuseUnknownAccount(): never {
  refuse('account-unknown', say('There is no such account. It may have been removed.'));
}

/** A changed account is tried at once, whatever the old one had trouble with. */
function afterChange(workspace: Workspace): void {
  forgetTrouble(workspace);
  workspace.changed('settings', 'runner');
  workspace.wake();
}
