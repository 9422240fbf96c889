// Whom an event from outside is about: the contact with its address, who must be there.
import { normaliseEmail } from '../../shared/contacts/address.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { findByEmail } from '../store/contacts.ts';
import { isErased } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';

/** The contact's id. Throws a ProblemError for what is no address, for nobody, and for somebody who was erased. */
export function contactWithAddress(workspace: Workspace, address: string): number {
  const read = normaliseEmail(address);
  if ('reason' in read) refuse('address-invalid', read.reason, { field: 'email' });
  const found = findByEmail(workspace, read.email);
  if (found === undefined && isErased(workspace, 'email', read.email)) refuse('contact-erased', say('The person with this address was erased: nothing is recorded of them any more.'), { field: 'email' });
  return found ?? refuse('contact-unknown', say('There is no contact with the address {email}. Add or import it first.', { email: read.email }), { field: 'email' });
}
