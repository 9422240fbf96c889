// Trouble with a mail server in words for the user: what happened, and what to do about it.
import { problem, type Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import type { Delivery } from './channel.ts';

type Failed = Delivery & { result: 'failed' };

/** What a failed delivery says about the account or the way to its server. `name` is the channel's. */
export function channelProblem(name: string, delivery: Failed): Problem {
  return problem(`channel-${delivery.code.replaceAll('.', '-')}`, sentence(name, delivery));
}

function sentence(name: string, { code, response, scope, ofMessage }: Failed): Text {
  switch (code) {
    case 'refused':
      return say('{name} does not accept connections. Check the address and the port of the account, and whether the server runs.', {
        name,
      });
    case 'dns':
      return say('There is no way to {name}: its name is not found. Check the address of the account and the internet connection.', {
        name,
      });
    case 'timeout':
      return say('{name} does not answer. Check the port of the account and the internet connection; it is tried again by itself.', {
        name,
      });
    case 'closed':
      return say('{name} has ended the connection. It is tried again by itself.', { name });
    case 'tls':
      return say(
        'There is no safe connection to {name}: {response}. Choose the kind of encryption that the provider names; a certificate that is wrong must be put right there.',
        { name, response },
      );
    case '421':
      return say('{name} asks to wait: {response}. It is tried again by itself, more slowly.', { name, response });
    case 'folder':
      return say('Mail cannot be written to {name}: {response}. See to the folder; it is tried again by itself.', { name, response });
    case 'auth':
    case '535':
    case '5.7.8':
      return say('{name} does not accept the user name or the password: {response}. Enter them again in the settings.', { name, response });
    default:
  }
  if (scope === 'account' && ofMessage)
    return say(
      '{name} refuses mail from this account: {response}. Sending has stopped so that nobody is lost; ask the provider, then start again.',
      { name, response },
    );
  return say('{name} answers: {response}. Check the settings of the account.', { name, response });
}
