// Explains rules for one contact, in the words of the workspace and by the one evaluation of rules there is.
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { explainRule, type Explained } from '../../shared/simulation/explained.ts';
import { getContact } from '../store/contacts.ts';
import { workspaceNames } from '../store/names.ts';
import { answerForContacts, answerForEnrollments } from '../store/rules.ts';
import type { Workspace } from '../workspace.ts';

/** Why a rule holds, or does not, for a contact now. With an enrollment, "since this enrollment" has a meaning. */
export function explainNow(workspace: Workspace, rule: Rule, contact: number, enrollment: number | null): Explained {
  const values: Record<string, AttributeValue> = getContact(workspace, contact)?.values ?? {};
  const names = workspaceNames(workspace);
  return explainRule(rule, {
    ask: (condition) => (enrollment === null ? answerForContacts(workspace, condition, [contact]) : answerForEnrollments(workspace, condition, [enrollment])).size > 0,
    actual: (attribute) => values[attribute] ?? null,
    words: (each) => ruleText(each, names),
  });
}
