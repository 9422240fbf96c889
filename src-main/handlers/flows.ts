// Calls about flows: drafts, versions, people inside.
import type { Handlers } from '../dispatch.ts';
import type { Workspace } from '../workspace.ts';

export function flowHandlers(_workspace: Workspace): Pick<Handlers, 'flows.list' | 'flows.create' | 'flows.get' | 'flows.saveDraft' | 'flows.problems' | 'flows.publish' | 'flows.pause' | 'flows.resume' | 'flows.remove' | 'flows.counts' | 'flows.waiting' | 'flows.enroll' | 'flows.importFile' | 'flows.exportFile'> {
  return {
    'flows.list': () => {
      throw new Error('not built');
    },
    'flows.create': () => {
      throw new Error('not built');
    },
    'flows.get': () => {
      throw new Error('not built');
    },
    'flows.saveDraft': () => {
      throw new Error('not built');
    },
    'flows.problems': () => {
      throw new Error('not built');
    },
    'flows.publish': () => {
      throw new Error('not built');
    },
    'flows.pause': () => {
      throw new Error('not built');
    },
    'flows.resume': () => {
      throw new Error('not built');
    },
    'flows.remove': () => {
      throw new Error('not built');
    },
    'flows.counts': () => {
      throw new Error('not built');
    },
    'flows.waiting': () => {
      throw new Error('not built');
    },
    'flows.enroll': () => {
      throw new Error('not built');
    },
    'flows.importFile': () => {
      throw new Error('not built');
    },
    'flows.exportFile': () => {
      throw new Error('not built');
    },
  };
}
