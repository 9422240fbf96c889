// What a schema finds wrong with a value, in words for the user. Schemas speak English and for programmers; this does not.
import type { z } from 'zod';
import { say, type Text } from '../text.ts';

/** What is expected in the place that an issue names, or what does not belong there. */
export function issueText(issue: z.core.$ZodIssue): Text {
  switch (issue.code) {
    case 'invalid_type':
      return say('{kind} is expected', { kind: kindText(issue.expected) });
    case 'unrecognized_keys':
      return say('nothing named “{keys}” is known here', { keys: issue.keys.slice(0, 5).join('”, “').slice(0, 200) });
    case 'invalid_value':
      return say('it must be one of: {values}', { values: issue.values.map(String).join(', ') });
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? say('it is too short; the least is {limit, number}', { limit: Number(issue.minimum) })
        : say('it is too small; the least is {limit, number}', { limit: Number(issue.minimum) });
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? say('it is too long; the most is {limit, number}', { limit: Number(issue.maximum) })
        : say('it is too large; the most is {limit, number}', { limit: Number(issue.maximum) });
    case 'invalid_union':
      return issue.errors.flat().length > 0 ? mostTelling(issue.errors) : say('a value of this form is not known');
    case 'invalid_format':
      return issue.pattern === undefined
        ? say('it is not written in the form that is expected')
        : say('it is not written in the form that is expected ({pattern})', { pattern: issue.pattern.slice(0, 200) });
    default:
      return say('a value of this form is not known');
  }
}

/** Of the alternatives of a union, the one that the value came furthest into says most. */
function mostTelling(alternatives: readonly (readonly z.core.$ZodIssue[])[]): Text {
  const deepest = alternatives.flat().reduce((best, issue) => (issue.path.length > best.path.length ? issue : best));
  return deepest.path.length === 0
    ? say('a value of this form is not known')
    : say('{field}: {reason}', { field: deepest.path.join('.'), reason: issueText(deepest) });
}

function kindText(expected: string): Text {
  switch (expected) {
    case 'string':
      return say('a text');
    case 'int':
      return say('a whole number');
    case 'number':
      return say('a number');
    case 'boolean':
      return say('true or false');
    case 'array':
      return say('a list');
    case 'object':
    case 'record':
      return say('an object in braces');
    default:
      return say('another kind of value ({name})', { name: expected });
  }
}
