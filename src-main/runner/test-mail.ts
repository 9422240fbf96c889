// Mails of which only the user is the reader: one mail, by one account, past the ledger and the timeline, and what became of it.
import { ProblemError, refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isSafeAddress } from '../../shared/messages/header-text.ts';
import type { OpenChannel, OutgoingMail } from '../channels/channel.ts';
import { channelProblem } from '../channels/trouble.ts';
import { randomId } from '../ids.ts';
import { passwordKey, type StoredAccount } from '../store/accounts.ts';
import { isSample } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';

/** The address without blanks around it; refuses what is none. */
export function testAddress(to: string): string {
  const address = to.trim();
  if (!isSafeAddress(address))
    refuse(
      'bad-address',
      say('"{address}" is not an e-mail address. Write the test to one like name@example.com.', { address: address.slice(0, 100) }),
      { field: 'to' },
    );
  return address;
}

/** A Message-ID, without angle brackets, that no message of the ledger can have. */
export function testMessageId(sender: string): string {
  return `kanal.test.${randomId(20)}@${sender.slice(sender.lastIndexOf('@') + 1)}`;
}

/** Refuses in the sample workspace, from which nothing is ever sent. */
export function refuseSample(workspace: Workspace): void {
  if (isSample(workspace))
    refuse(
      'sample-workspace',
      say('This is the sample workspace: nothing is ever sent from it. Make a workspace of your own to write to people.'),
    );
}

/** The password of an account, null where it needs none; refuses where it needs one that is not known here. */
export function passwordForTest(workspace: Workspace, account: StoredAccount): string | null {
  const password = workspace.secrets.get(passwordKey(account.id));
  if (account.user !== '' && password === null)
    refuse(
      'no-password',
      say('The password of the account {name} is not known on this computer. Enter it in the settings, then send the test.', {
        name: account.name,
      }),
    );
  return password;
}

/** Hands a mail to the account's server; answers what the server said, or throws a ProblemError that says why it did not go. */
export async function deliverTest(openChannel: OpenChannel, account: StoredAccount, password: string | null, mail: OutgoingMail): Promise<string> {
  const { id: _, ...plain } = account;
  const channel = openChannel(plain, password);
  try {
    const delivery = await channel.deliver(mail, () => Promise.resolve(true));
    if (delivery.result === 'sent') return delivery.response;
    if (delivery.result === 'unknown')
      refuse(
        'test-unknown',
        say('{server} went silent after it had the test mail. Look into the mailbox: it may have arrived.', { server: account.host }),
      );
    if (delivery.scope === 'recipient' || delivery.scope === 'message')
      refuse(
        'test-refused',
        say('{server} does not take the test mail for {address}: {response}', {
          server: account.host,
          address: mail.to,
          response: delivery.response,
        }),
      );
    throw new ProblemError(channelProblem(account.host, delivery));
  } finally {
    await channel.close();
  }
}
