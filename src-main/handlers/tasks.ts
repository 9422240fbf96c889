// Calls about tasks and notices: what waits for a person, and what they were told.
import type { Handlers } from '../dispatch.ts';
import { getContact, refuseUnknownContact } from '../store/contacts.ts';
import { listNotices, readNotices } from '../store/notices.ts';
import { addTask, countOpenTasks, decideTask, dropTask, listTasks, reopenTask, updateTask } from '../store/tasks.ts';
import type { Workspace } from '../workspace.ts';

type TaskCalls = 'tasks.list' | 'tasks.add' | 'tasks.update' | 'tasks.decide' | 'tasks.close' | 'tasks.reopen' | 'notices.list' | 'notices.read';

const BY_HAND = 'user';

export function taskHandlers(workspace: Workspace): Pick<Handlers, TaskCalls> {
  /** A decision is an event: whoever waits for it goes on at once. */
  const changed = () => {
    workspace.changed('tasks', 'contacts');
    workspace.wake();
  };
  return {
    'tasks.list': ({ which, flow, contact, offset, limit }) => ({ ...listTasks(workspace, { which, flow, contact }, offset, limit), counts: countOpenTasks(workspace) }),
    'tasks.add': ({ contact, ...task }) => {
      if (getContact(workspace, contact) === undefined) refuseUnknownContact(contact);
      const id = addTask(workspace, { contactId: contact, ...task }, BY_HAND);
      changed();
      return { id };
    },
    'tasks.update': ({ id, ...given }) => {
      updateTask(workspace, id, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
      changed();
      return null;
    },
    'tasks.decide': ({ id, outcome, comment }) => {
      decideTask(workspace, id, outcome, comment.trim(), BY_HAND);
      changed();
      return null;
    },
    'tasks.close': ({ id }) => {
      dropTask(workspace, id);
      changed();
      return null;
    },
    'tasks.reopen': ({ id, dueAt }) => {
      const again = reopenTask(workspace, id, dueAt);
      changed();
      return { id: again };
    },
    'notices.list': ({ unread, limit }) => listNotices(workspace, unread, limit),
    'notices.read': ({ ids }) => {
      readNotices(workspace, ids);
      workspace.changed('tasks');
      return null;
    },
  };
}
