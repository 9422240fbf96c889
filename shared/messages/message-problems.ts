// What is wrong with a message, with its place: told while it is written, and again before a flow with it is published.
import type { Message } from '../flow/flow.ts';
import { problem, warning, type Place, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { liquidOfHtml } from './liquid.ts';
import { tagProblems } from './tag-problems.ts';

/** What a message may refer to. */
export type MessageNames = {
  hasAttribute(key: string): boolean;
  hasTopic(key: string): boolean;
  /** The workspace's postal address, which every marketing message prints; empty where none is set. */
  postalAddress: string;
};

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
  const at = (field: (typeof PARTS)[number] | 'topic', line?: number): Place => ({
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
  for (const part of PARTS) {
    const text = part === 'body' ? liquidOfHtml(message.body) : message[part];
    found.push(...tagProblems({ text, name: message.name, hasAttribute: names.hasAttribute, alwaysThere: ALWAYS_THERE, at: (line) => at(part, line) }));
  }
  // Who has opted out of the topic that is meant would be written to.
  if (message.purpose === 'marketing' && message.topic !== undefined && !names.hasTopic(message.topic)) {
    found.push(problem('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic: message.topic }), at('topic')));
  }
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
