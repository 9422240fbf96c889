// Calls about messages: contents, previews, test mails.
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import type { Message } from '../../shared/flow/flow.ts';
import { messageProblems } from '../../shared/messages/message-problems.ts';
import { problem, ProblemError, refuse, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { localDate } from '../../shared/time.ts';
import type { OpenChannel } from '../channels/channel.ts';
import { openChannel as openSmtp } from '../channels/smtp.ts';
import type { Handlers } from '../dispatch.ts';
import type { RenderedMail, RenderFailure } from '../rendering/job.ts';
import { rendererOf } from '../rendering/renderer.ts';
import { mailSecret, unsubscribeToken, unsubscribeUrl } from '../runner/mail-identity.ts';
import { renderingOf, type Sender } from '../runner/outbox-mails.ts';
import { deliverTest, passwordForTest, refuseSample, testAddress, testMessageId } from '../runner/test-mail.ts';
import { allAccounts, type StoredAccount } from '../store/accounts.ts';
import { attributesOf, freeAttributeKey } from '../store/attributes.ts';
import { getContact, refuseUnknownContact } from '../store/contacts.ts';
import { allMessages, findMessage, removeMessage, saveMessage } from '../store/messages.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import { topicNamed } from '../store/topics.ts';
import { usesOf } from '../store/uses.ts';
import type { Workspace } from '../workspace.ts';

type MessageCalls =
  'messages.list' | 'messages.get' | 'messages.save' | 'messages.create' | 'messages.remove' | 'messages.preview' | 'messages.sendTest';

const TEST_PREFIX = '[Test] ';

/** `openChannel` opens the account's channel for a test mail. */
export function messageHandlers(workspace: Workspace, openChannel: OpenChannel = openSmtp): Pick<Handlers, MessageCalls> {
  return {
    'messages.list': () => {
      const users = usersOf(workspace);
      return allMessages(workspace).map((message) => ({ ...message, usedBy: users(message.key) }));
    },
    'messages.get': ({ key }) => findMessage(workspace, key) ?? refuseUnknown(key),
    'messages.save': (message) => {
      if (findMessage(workspace, message.key) === undefined) refuseUnknown(message.key);
      saveMessage(workspace, message);
      workspace.changed('messages', 'flows');
      return null;
    },
    'messages.create': ({ name }) => {
      const message: Message = {
        key: freeAttributeKey(name, (key) => findMessage(workspace, key) !== undefined),
        name,
        channel: 'email',
        purpose: 'marketing',
        subject: '',
        preheader: '',
        body: '',
      };
      saveMessage(workspace, message);
      workspace.changed('messages');
      return message;
    },
    'messages.remove': ({ key }) => {
      const message = findMessage(workspace, key) ?? refuseUnknown(key);
      const usedBy = usersOf(workspace)(key);
      if (usedBy.length > 0) {
        refuse(
          'message-in-use',
          say('"{name}" is used by {users}. Take it out there first.', {
            name: message.name,
            users: usedBy.map((user) => say('“{name}”', { name: user })),
          }),
          { message: key },
        );
      }
      removeMessage(workspace, key);
      workspace.changed('messages');
      return null;
    },
    'messages.preview': async ({ message, contact }) => {
      const from = senderOf(workspace, allAccounts(workspace)[0]);
      const problems = problemsOf(workspace, message);
      const rendered = await renderOne(workspace, message, from, valuesOf(workspace, contact), null);
      if ('failure' in rendered)
        return {
          subject: message.subject,
          preheader: message.preheader,
          html: '',
          text: '',
          problems: [...problems, failureProblem(message, rendered)],
        };
      const { subject, preheader, html, text } = rendered;
      return { subject, preheader, html, text, problems };
    },
    'messages.sendTest': async ({ key, to, contact }) => {
      const message = findMessage(workspace, key) ?? refuseUnknown(key);
      const address = testAddress(to);
      const errors = problemsOf(workspace, message).filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new ProblemError(...errors);
      const { account, password } = accountForTest(workspace);
      const from = senderOf(workspace, account);
      const messageId = testMessageId(from.address);
      const rendered = await renderOne(workspace, message, from, valuesOf(workspace, contact), { address, messageId });
      if ('failure' in rendered) throw new ProblemError(failureProblem(message, rendered));
      const { subject, html, text, headers, bytes } = rendered;
      const mail = { from, to: address, subject, html, text, headers, messageId, date: new Date(workspace.clock.now()), eml: Buffer.from(bytes!.eml) };
      const response = await deliverTest(openChannel, account, password, mail);
      recordAudit(workspace, 'user', 'messages.sendTest', { message: key });
      return { response };
    },
  };
}

function refuseUnknown(key: string): never {
  refuse('message-unknown', say('There is no message "{key}". It may have been removed.', { key: key.slice(0, 100) }), { message: key });
}

/** Answers the names of the flows and segments that use a message. */
function usersOf(workspace: Workspace): (key: string) => string[] {
  const uses = usesOf(workspace, 'message');
  return (key) => [...uses(key).flows, ...uses(key).segments].map(({ name }) => name);
}

function problemsOf(workspace: Workspace, message: Message): Problem[] {
  const attributes = attributesOf(workspace);
  return messageProblems(message, { hasAttribute: (key) => attributes.has(key), hasTopic: (key) => topicNamed(workspace, key) !== undefined, postalAddress: readSettings(workspace).postalAddress });
}

/** Who writes. Without an account, a preview shows the workspace's name and an address that is plainly none. */
function senderOf(workspace: Workspace, account: StoredAccount | undefined): Sender {
  return { name: account?.fromName || readSettings(workspace).name, address: account?.fromAddress ?? 'sender@example.com' };
}

function valuesOf(workspace: Workspace, contact: number | null): Record<string, AttributeValue> {
  if (contact === null) return madeUpPerson(workspace);
  return getContact(workspace, contact)?.values ?? refuseUnknownContact(contact);
}

const MADE_UP: Record<string, AttributeValue> = {
  email: 'ada@example.com',
  phone: '+45 12 34 56 78',
  external_id: '1001',
  first_name: 'Ada',
  last_name: 'Lovelace',
};

/** Somebody with a value in every attribute, in the workspace's language. */
function madeUpPerson(workspace: Workspace): Record<string, AttributeValue> {
  const { timeZone } = readSettings(workspace);
  const now = workspace.clock.now();
  const byKind: Record<AttributeKind, AttributeValue> = {
    text: '',
    number: 42,
    money: 12_345,
    yesNo: true,
    date: localDate(now, timeZone),
    dateTime: now,
    choice: '',
    choices: [],
  };
  const values: Record<string, AttributeValue> = {};
  for (const { key, kind, label, choices = [], standard } of attributesOf(workspace).values()) {
    if (standard) values[key] = MADE_UP[key] ?? null;
    else if (kind === 'text' || kind === 'choice') values[key] = choices[0] ?? label;
    else values[key] = kind === 'choices' ? choices.slice(0, 2) : byKind[kind];
  }
  return values;
}

/** The very rendering that sending does, for one reader; with an address, down to the bytes. */
async function renderOne(
  workspace: Workspace,
  message: Message,
  from: Sender,
  values: Record<string, AttributeValue>,
  test: { address: string; messageId: string } | null,
): Promise<RenderedMail | RenderFailure> {
  const token = unsubscribeToken(mailSecret(workspace), 0, 'preview');
  const [rendered] = await rendererOf(workspace).render({
    ...renderingOf(workspace, from, workspace.clock.now()),
    message,
    readers: [
      { values, to: test?.address ?? null, messageId: test?.messageId ?? null, unsubscribeUrl: unsubscribeUrl(from.address, token) },
    ],
    ...(test !== null && { subjectPrefix: TEST_PREFIX }),
  });
  return rendered!;
}

function failureProblem(message: Message, { failure, detail }: RenderFailure): Problem {
  const place = { message: message.key };
  if (failure === 'missing-value')
    return problem(
      'merge-tag-empty',
      say('This person has no value for "{tag}", and there is no fallback: the mail would be held back.', { tag: detail }),
      place,
    );
  if (failure === 'too-slow')
    return problem('message-too-slow', say('"{name}" takes too long to put together. Take out the loop.', { name: message.name }), place);
  if (failure === 'too-big')
    return problem(
      'message-too-big',
      say('"{name}" becomes too long for a mail. Shorten it, or take out the loop.', { name: message.name }),
      place,
    );
  return problem('message-liquid', say('"{name}" cannot be put together: {reason}.', { name: message.name, reason: detail }), place);
}

function accountForTest(workspace: Workspace): { account: StoredAccount; password: string | null } {
  refuseSample(workspace);
  const [account] = allAccounts(workspace);
  if (account === undefined) refuse('no-account', say('There is no account to send from. Add one in the settings, then send the test.'));
  return { account, password: passwordForTest(workspace, account) };
}
