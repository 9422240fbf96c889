// What is wrong with a message, with its place: told while it is written, and again before a flow with it is published.
import type { Message } from '../flow/flow.ts';
import { problem, warning, type Place, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { liquidOfHtml } from './liquid.ts';
import { mergeTagsIn } from './merge-tags.ts';

/** What a message may refer to. */
export type MessageNames = {
  hasAttribute(key: string): boolean;
  /** The workspace's postal address, which every marketing message prints; empty where none is set. */
  postalAddress: string;
};

/** Merge tags beside those of the contact. */
const OTHER_TAGS = new Set(['workspace.name', 'workspace.postal_address', 'unsubscribe_url', 'now']);
/** Every contact that is written to has one. */
const ALWAYS_THERE = new Set(['contact.email']);
/** Gmail shows no more than this of a mail and hides the rest, the unsubscribe link with it (FEATURES A7.12). */
const CLIP_BYTES = 102_400;

const PARTS = ['subject', 'preheader', 'body'] as const;

/** Whether a text of HTML shows anything at all. */
function isBlankHtml(html: string): boolean {
  return !/<(img|hr|video)\b/i.test(html) && html.replaceAll(/<[^>]*>|&nbsp;|&#160;/g, '').trim() === '';
}

/**
 * Checks a message. Errors keep a flow with it from being published: an empty subject or body, Liquid that cannot be read, a
 * merge tag that nothing fills. Warnings are for the eye: a merge tag without a fallback (the mail is held for whoever has no
 * value), no postal address, a mail that Gmail will cut off. Every place names the message and its field.
 */
export function messageProblems(message: Message, names: MessageNames): Problem[] {
  const found: Problem[] = [];
  const at = (field: (typeof PARTS)[number], line?: number): Place => ({
    message: message.key,
    field,
    ...(line !== undefined && { line }),
  });
  if (message.subject.trim() === '')
    found.push(
      problem('message-subject-empty', say('The message "{name}" has no subject. Write one.', { name: message.name }), at('subject')),
    );
  if (isBlankHtml(message.body))
    found.push(
      problem('message-body-empty', say('The message "{name}" is empty. Write something in it.', { name: message.name }), at('body')),
    );
  if (/[\r\n]/.test(message.subject.trim()))
    found.push(
      problem(
        'message-subject-lines',
        say('The subject of "{name}" has more than one line. A subject is one line.', { name: message.name }),
        at('subject'),
      ),
    );
  for (const part of PARTS) found.push(...tagProblems(message, part, names, at));
  if (message.purpose === 'marketing' && names.postalAddress.trim() === '') {
    found.push(
      warning(
        'postal-address-missing',
        say(
          'A marketing message must name your postal address, and none is set. Add it in the settings; it is printed below every message.',
        ),
        { message: message.key },
      ),
    );
  }
  const bytes = new TextEncoder().encode(message.body).length;
  if (bytes > CLIP_BYTES) {
    found.push(
      warning(
        'message-too-long',
        say('The message "{name}" is {kilobytes} kB long. Gmail cuts off mails above 102 kB, with the unsubscribe link. Shorten it.', {
          name: message.name,
          kilobytes: Math.round(bytes / 1024),
        }),
        at('body'),
      ),
    );
  }
  return found;
}

function tagProblems(
  message: Message,
  part: (typeof PARTS)[number],
  names: MessageNames,
  at: (field: (typeof PARTS)[number], line?: number) => Place,
): Problem[] {
  const { tags, fault } = mergeTagsIn(part === 'body' ? liquidOfHtml(message.body) : message[part]);
  if (fault !== null) {
    return [
      problem(
        'message-liquid',
        say('The merge tags of "{name}" cannot be read (line {line}): {reason}. Correct the tag there.', {
          name: message.name,
          line: fault.line,
          reason: fault.message,
        }),
        at(part, fault.line),
      ),
    ];
  }
  const found: Problem[] = [];
  const told = new Set<string>();
  for (const tag of tags) {
    const known = tag.name.startsWith('contact.')
      ? names.hasAttribute(tag.name.slice('contact.'.length).split('.')[0]!)
      : OTHER_TAGS.has(tag.name);
    if (!known && !told.has(tag.name)) {
      told.add(tag.name);
      found.push(
        problem(
          'merge-tag-unknown',
          say('Nothing fills "{tag}" in "{name}" (line {line}). Choose an attribute that exists, or add it first.', {
            tag: tag.name,
            name: message.name,
            line: tag.line,
          }),
          at(part, tag.line),
        ),
      );
    } else if (
      known &&
      tag.printed &&
      !tag.hasFallback &&
      tag.name.startsWith('contact.') &&
      !ALWAYS_THERE.has(tag.name) &&
      !told.has(tag.name)
    ) {
      told.add(tag.name);
      found.push(
        warning(
          'merge-tag-no-fallback',
          say(
            '"{tag}" in "{name}" has no fallback (line {line}): the mail is held back from everyone without a value. Add one, such as default: "there".',
            { tag: tag.name, name: message.name, line: tag.line },
          ),
          at(part, tag.line),
        ),
      );
    }
  }
  return found;
}
