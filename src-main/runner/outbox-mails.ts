// Turns claimed messages into mails: gathers what a message needs to know of its reader, renders in batches, and says which
// could not be rendered and why.
import type { Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import type { OutgoingMail } from '../channels/channel.ts';
import type { Reader, RenderFailure, RenderJob } from '../rendering/job.ts';
import type { Renderer } from '../rendering/renderer.ts';
import { attributesOf } from '../store/attributes.ts';
import { getContacts } from '../store/contacts.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { mailSecret, unsubscribeToken, unsubscribeUrl } from './mail-identity.ts';
import type { Bytes } from './outbox-journal.ts';
import type { Settled } from './outbox-settle.ts';

export type Sender = { name: string; address: string };

/** A message that was claimed, with the message as published. */
export type Claimed = Settled & { address: string; messageId: string; published: Message };

/** A mail ready to leave, or why there is none. */
export type Prepared = { claimed: Claimed; mail: OutgoingMail; bytes: Bytes } | { claimed: Claimed; failure: RenderFailure };

/** What every rendering in this workspace shares. */
export function renderingOf(workspace: Workspace, from: Sender, now: Instant): Pick<RenderJob, 'workspace' | 'kinds' | 'from' | 'now'> {
  const { name, postalAddress, locale, timeZone, currency } = readSettings(workspace);
  const kinds = Object.fromEntries([...attributesOf(workspace).values()].map(({ key, kind }) => [key, kind]));
  return { workspace: { name, postalAddress, locale, zone: timeZone, currency }, kinds, from, now };
}

/** Renders claimed messages, in their order. One message is parsed once for all its readers. */
export async function prepareMails(
  workspace: Workspace,
  renderer: Renderer,
  claimed: readonly Claimed[],
  from: Sender,
  now: Instant,
): Promise<Prepared[]> {
  const shared = renderingOf(workspace, from, now);
  const secret = mailSecret(workspace);
  const contacts = getContacts(workspace, [...new Set(claimed.map(({ contactId }) => contactId))]);
  const groups = new Map<Message, Claimed[]>();
  for (const each of claimed) {
    const group = groups.get(each.published);
    if (group === undefined) groups.set(each.published, [each]);
    else group.push(each);
  }
  const prepared = new Map<number, Prepared>();
  for (const [message, group] of groups) {
    const readers = group.map((each): Reader => ({
      values: contacts.get(each.contactId)?.values ?? {},
      to: each.address,
      messageId: each.messageId,
      unsubscribeUrl: unsubscribeUrl(from.address, unsubscribeToken(secret, each.id, each.key)),
    }));
    const rendered = await renderer.render({ ...shared, message, readers });
    group.forEach((each, index) => {
      const result = rendered[index]!;
      if ('failure' in result) prepared.set(each.id, { claimed: each, failure: result });
      else {
        const { subject, html, text, headers, bytes } = result;
        const eml = Buffer.from(bytes!.eml.buffer);
        const mail: OutgoingMail = {
          from,
          to: each.address,
          subject,
          html,
          text,
          messageId: each.messageId,
          headers,
          date: new Date(now),
          eml,
        };
        prepared.set(each.id, { claimed: { ...each, subject }, mail, bytes: { eml, compressed: bytes!.compressed, hash: bytes!.hash } });
      }
    });
  }
  return claimed.map((each) => prepared.get(each.id)!);
}
