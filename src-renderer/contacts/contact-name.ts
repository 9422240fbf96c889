// How a contact is called on the screen.
import type { AttributeValue } from '../../shared/contacts/contact.ts';

/** First and last name; `null` when neither is known. */
export function contactName(values: Record<string, AttributeValue>): string | null {
  const name = [values['first_name'], values['last_name']].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return name === '' ? null : name;
}

/** The name, else what identifies the contact, else its number. */
export function contactTitle(row: { id: number; values: Record<string, AttributeValue> }): string {
  return contactName(row.values) ?? String(row.values['email'] ?? row.values['phone'] ?? row.values['external_id'] ?? `#${row.id}`);
}
