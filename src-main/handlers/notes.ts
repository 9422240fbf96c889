// Calls about notes on contacts.
import type { Handlers } from '../dispatch.ts';
import { getContact, refuseUnknownContact } from '../store/contacts.ts';
import { addNote, notesOf, removeNote, updateNote } from '../store/notes.ts';
import type { Workspace } from '../workspace.ts';

type NoteCalls = 'notes.list' | 'notes.add' | 'notes.update' | 'notes.remove';

export function noteHandlers(workspace: Workspace): Pick<Handlers, NoteCalls> {
  const changed = () => {
    workspace.changed('contacts');
    workspace.wake();
  };
  return {
    'notes.list': ({ contact }) => {
      if (getContact(workspace, contact) === undefined) refuseUnknownContact(contact);
      return notesOf(workspace, contact);
    },
    'notes.add': ({ contact, text, pinned }) => {
      if (getContact(workspace, contact) === undefined) refuseUnknownContact(contact);
      const id = addNote(workspace, { contactId: contact, text, pinned, source: 'user' });
      changed();
      return { id };
    },
    'notes.update': ({ id, text, pinned }) => {
      updateNote(workspace, id, { text, pinned });
      changed();
      return null;
    },
    'notes.remove': ({ id }) => {
      removeNote(workspace, id);
      changed();
      return null;
    },
  };
}
