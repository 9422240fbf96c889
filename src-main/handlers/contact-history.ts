// Calls about what has happened to one contact: the timeline, the values an attribute had, the orders.
import type { Handlers } from '../dispatch.ts';
import { timelineOf, valuesOver } from '../store/contact-history.ts';
import { attributesOf } from '../store/attributes.ts';
import { attributeNamed, getContact, refuseUnknownContact } from '../store/contacts.ts';
import { ordersOf } from '../store/contact-orders.ts';
import type { Workspace } from '../workspace.ts';

type HistoryCalls = 'contacts.timeline' | 'contacts.history' | 'contacts.orders';

export function contactHistoryHandlers(workspace: Workspace): Pick<Handlers, HistoryCalls> {
  const contact = (id: number) => getContact(workspace, id) ?? refuseUnknownContact(id);
  return {
    'contacts.timeline': ({ id, ...asked }) => timelineOf(workspace, contact(id).id, asked),
    'contacts.history': ({ id, attribute, limit }) => {
      const { key } = attributeNamed(attributesOf(workspace), attribute);
      return valuesOver(workspace, contact(id), key, limit);
    },
    'contacts.orders': ({ id, before, limit }) => ordersOf(workspace, contact(id).id, before, limit),
  };
}
