// Calls about contacts, their attributes, tags, consent and history.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function contactHandlers(_workspace: Workspace): Pick<Handlers, 'contacts.list' | 'contacts.get' | 'contacts.find' | 'contacts.timeline' | 'contacts.add' | 'contacts.update' | 'contacts.tag' | 'contacts.consent' | 'contacts.suppress' | 'contacts.count' | 'attributes.list' | 'attributes.add' | 'tags.list' | 'events.record'> {
  return {
    'contacts.list': () => {
      throw new Error('not built');
    },
    'contacts.get': () => {
      throw new Error('not built');
    },
    'contacts.find': () => {
      throw new Error('not built');
    },
    'contacts.timeline': () => {
      throw new Error('not built');
    },
    'contacts.add': () => {
      throw new Error('not built');
    },
    'contacts.update': () => {
      throw new Error('not built');
    },
    'contacts.tag': () => {
      throw new Error('not built');
    },
    'contacts.consent': () => {
      throw new Error('not built');
    },
    'contacts.suppress': () => {
      throw new Error('not built');
    },
    'contacts.count': () => {
      throw new Error('not built');
    },
    'attributes.list': () => {
      throw new Error('not built');
    },
    'attributes.add': () => {
      throw new Error('not built');
    },
    'tags.list': () => {
      throw new Error('not built');
    },
    'events.record': () => {
      throw new Error('not built');
    },
  };
}
