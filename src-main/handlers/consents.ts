// Calls about consent: what a person records by hand, and the topics that people may agree to.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { recordConsent } from '../store/consents.ts';
import { getContact, refuseUnknownContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { recordAudit } from '../store/runner-state.ts';
import { addTopic, changeTopic, isTopicNameTaken, listTopics, topicNamed } from '../store/topics.ts';
import type { Workspace } from '../workspace.ts';

export function consentHandlers(workspace: Workspace): Pick<Handlers, 'contacts.consent' | 'topics.list' | 'topics.save'> {
  return {
    'contacts.consent': ({ id, channel, topic, given, source, wording }) => {
      if (getContact(workspace, id) === undefined) refuseUnknownContact(id);
      if (source.trim() === '') refuse('consent-source', say('Say where the consent comes from, such as "newsletter form" or "asked us by phone".'), { field: 'source' });
      if (topic !== '' && topicNamed(workspace, topic) === undefined) refuseUnknownTopic(topic);
      recordConsent(workspace, { contactId: id, channel, topic, given, source: source.trim(), wording: wording === null || wording.trim() === '' ? null : wording.trim(), actor: 'user' });
      workspace.changed('contacts');
      workspace.wake();
      return null;
    },
    'topics.list': () => listTopics(workspace),
    'topics.save': ({ key, name, archived }) => {
      if (isTopicNameTaken(workspace, name, key)) refuse('topic-taken', say('There is a topic called "{name}" already. Choose another name.', { name }), { field: 'name' });
      const saved = transaction(workspace.db, () => {
        if (key === null) return addTopic(workspace, name);
        const before = topicNamed(workspace, key) ?? refuseUnknownTopic(key);
        changeTopic(workspace, key, name, archived);
        recordAudit(workspace, 'user', 'topic-changed', { topic: key, was: before.name, name, archived });
        return key;
      });
      workspace.changed('settings', 'contacts');
      return { key: saved };
    },
  };
}

function refuseUnknownTopic(topic: string): never {
  refuse('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic }), { field: 'topic' });
}
