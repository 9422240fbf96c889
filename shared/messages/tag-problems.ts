// What is wrong with the merge tags of a text that somebody is sent: of a mail, of a text message, of what another program is told.
import { problem, warning, type Place, type Problem } from '../problem.ts';
import { say, type TextValue } from '../text.ts';
import { mergeTagsIn } from './merge-tags.ts';

/** Merge tags beside those of the contact. */
const OTHER_TAGS = new Set(['workspace.name', 'workspace.postal_address', 'unsubscribe_url', 'now']);

export type TaggedText = {
  text: string;
  /** What the text is called in sentences. */
  name: TextValue;
  hasAttribute(key: string): boolean;
  /** The merge tags that everybody has a value for who is sent it; `null`: one without a value keeps nothing back. */
  alwaysThere: ReadonlySet<string> | null;
  /** Where a line of the text stands, from 1. */
  at(line: number): Place;
};

/**
 * Errors for Liquid that cannot be read and for merge tags that nothing fills; warnings for those without a fallback, because
 * what is sent is held back from whoever has no value. Each tag is told once.
 */
export function tagProblems({ text, name, hasAttribute, alwaysThere, at }: TaggedText): Problem[] {
  const { tags, fault } = mergeTagsIn(text);
  if (fault !== null) {
    const { line, message: reason } = fault;
    return [problem('message-liquid', say('The merge tags of "{name}" cannot be read (line {line}): {reason}. Correct the tag there.', { name, line, reason }), at(line))];
  }
  const found: Problem[] = [];
  const told = new Set<string>();
  for (const { name: tag, line, printed, hasFallback } of tags) {
    if (told.has(tag)) continue;
    const isOfContact = tag.startsWith('contact.');
    const isKnown = isOfContact ? hasAttribute(tag.slice('contact.'.length).split('.')[0]!) : OTHER_TAGS.has(tag);
    if (!isKnown) {
      found.push(problem('merge-tag-unknown', say('Nothing fills "{tag}" in "{name}" (line {line}). Choose an attribute that exists, or add it first.', { tag, name, line }), at(line)));
    } else if (printed && !hasFallback && isOfContact && alwaysThere?.has(tag) === false) {
      found.push(
        warning('merge-tag-no-fallback', say('"{tag}" in "{name}" has no fallback (line {line}): the message is held back from everyone without a value. Add one, such as default: "there".', { tag, name, line }), at(line)),
      );
    } else continue;
    told.add(tag);
  }
  return found;
}
