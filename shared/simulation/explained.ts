// Why a rule held or did not: the rule taken apart into its conditions, each with what was asked, what was found, and by how
// much that is too little or too much (FEATURES B5).
import type { AttributeValue } from '../contacts/contact.ts';
import { isGroup, type Condition, type Group, type Rule } from '../contacts/rule.ts';
import type { Text } from '../text.ts';

export type Explained =
  | { kind: Group['kind']; text: Text; holds: boolean; parts: Explained[] }
  | {
      kind: 'condition';
      text: Text;
      /** `null`: not known any more. */
      holds: boolean | null;
      /** The contact's value, where the condition is about an attribute. */
      actual?: AttributeValue;
      /** Wanted minus actual, where both are numbers. */
      missing?: number;
    };

/** What is needed to explain: `ask` answers a single condition, `actual` finds a value, `words` says a rule. */
export type Asking = { ask(condition: Condition): boolean | null; actual(attribute: string): AttributeValue; words(rule: Rule): Text };

/** Takes a rule apart. A part that is not known counts as not holding; `certain` tells whether all parts are known. */
export function explainRule(rule: Rule, asking: Asking): Explained {
  const text = asking.words(rule);
  if (!isGroup(rule)) return { kind: 'condition', text, holds: asking.ask(rule), ...found(rule, asking) };
  const parts = rule.rules.map((each) => explainRule(each, asking));
  return { kind: rule.kind, text, holds: combined(rule.kind, parts), parts };
}

function combined(kind: Group['kind'], parts: readonly Explained[]): boolean {
  if (kind === 'all') return parts.every(({ holds }) => holds === true);
  const some = parts.some(({ holds }) => holds === true);
  return kind === 'any' ? some : !some;
}

function found(condition: Condition, { actual }: Asking): { actual?: AttributeValue; missing?: number } {
  if (condition.kind !== 'attribute') return {};
  const value = actual(condition.attribute);
  const comparable = typeof value === 'number' && typeof condition.value === 'number';
  return { actual: value, ...(comparable && { missing: (condition.value as number) - value }) };
}

/** The first condition because of which the whole does not hold; `null` when it holds. In a "none" it is the one that does. */
export function firstFailing(explained: Explained): Explained | null {
  if (explained.holds === true) return null;
  if (explained.kind === 'condition') return explained;
  if (explained.kind === 'none') {
    const culprit = explained.parts.find(({ holds }) => holds === true);
    return culprit ?? explained;
  }
  for (const part of explained.parts) {
    const failing = firstFailing(part);
    if (failing !== null) return failing;
  }
  return explained;
}
