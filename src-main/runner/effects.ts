// Applies what steps ask for: to many contacts at once, in the transaction of their visits.
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { Effect } from '../../shared/steps/step.ts';
import type { Instant } from '../../shared/time.ts';
import { attributesOf } from '../store/attributes.ts';
import { consentState, recordConsent } from '../store/consents.ts';
import { setAttributeFor } from '../store/contacts.ts';
import { addToSegmentFor, removeFromSegmentFor } from '../store/segments.ts';
import { divide } from '../store/paths.ts';
import { planMessages } from '../store/planned-messages.ts';
import { lastEventId, recordEvent } from '../store/events.ts';
import { changeScoreFor, setStageFor } from '../store/scores.ts';
import { addTagFor, removeTagFor, type Cause, type Subject } from '../store/tags.ts';
import type { Workspace } from '../workspace.ts';
import { escalateTasks, openTasks, tellUser, writeNotes } from './asking-people.ts';

/** Somebody for whom a step asks something, at the visit that it belongs to. `meantAt`: when they were due here, which may be long ago. */
export type Asking = Subject & { enrollmentId: number; stepId: string; visit: number; meantAt: Instant; enrolledAt: Instant; effects: readonly Effect[] };

/** Applies the effects of all who stand at one step, each kind of change in one go. Throws when one of them cannot be applied. */
export function applyEffects(workspace: Workspace, flowId: number, version: number, asking: readonly Asking[]): void {
  const cause: Cause = { source: 'flow', flowId };
  for (const [effect, subjects] of byEffect(asking)) {
    switch (effect.kind) {
      case 'send':
        planMessages(workspace, { flowId, version, channel: effect.channel, message: effect.message }, subjects);
        break;
      case 'setAttribute':
        setAttributeFor(workspace, subjects, effect.attribute, fitted(workspace, effect.attribute, effect.value), cause);
        break;
      case 'setDate':
        setAttributeFor(workspace, subjects, effect.attribute, attributesOf(workspace).get(effect.attribute)?.kind === 'dateTime' ? effect.at : effect.date, cause);
        break;
      case 'changeScore':
        changeScoreFor(workspace, subjects, effect, cause);
        break;
      case 'setStage':
        setStageFor(workspace, subjects, effect, cause);
        break;
      case 'consent':
        changeConsentFor(workspace, subjects, effect, flowId);
        break;
      case 'emit':
        for (const { contactId, enrollmentId } of subjects) recordEvent(workspace, { contactId, type: effect.event, at: workspace.clock.now(), source: 'flow', flowId, enrollmentId, data: { ...effect.data } });
        break;
      case 'addTag':
        addTagFor(workspace, subjects, effect.tag, cause);
        break;
      case 'removeTag':
        removeTagFor(workspace, subjects, effect.tag, cause);
        break;
      case 'addToSegment':
        addToSegmentFor(workspace, subjects, effect.segment, cause);
        break;
      case 'removeFromSegment':
        removeFromSegmentFor(workspace, subjects, effect.segment, cause);
        break;
      case 'openTask':
        openTasks(workspace, flowId, subjects, effect);
        break;
      case 'escalateTask':
        escalateTasks(workspace, flowId, subjects);
        break;
      case 'addNote':
        writeNotes(workspace, flowId, subjects, effect);
        break;
      case 'notify':
        tellUser(workspace, flowId, subjects, effect);
        break;
      case 'fork':
        for (const { enrollmentId, stepId, visit } of subjects) divide(workspace, enrollmentId, stepId, visit, effect.paths, lastEventId(workspace));
        break;
    }
  }
}

/** What was reckoned is rounded to what the attribute can hold. */
function fitted(workspace: Workspace, attribute: string, value: AttributeValue): AttributeValue {
  return typeof value === 'number' && attributesOf(workspace).get(attribute)?.kind === 'money' ? Math.round(value) : value;
}

/** Given consent is written down only where nobody has opted out (FEATURES A4.16). */
function changeConsentFor(workspace: Workspace, subjects: readonly Asking[], { channel, given, evidence }: Extract<Effect, { kind: 'consent' }>, flowId: number): void {
  for (const { contactId, enrollmentId } of subjects) {
    if (given && consentState(workspace, contactId, channel) === 'withdrawn') continue;
    recordConsent(workspace, { contactId, channel, given, source: evidence === '' ? 'flow' : evidence, wording: given ? evidence : null, actor: 'flow', flowId, enrollmentId });
  }
}

/** Who asks for the same thing, in the order in which a step asks. */
function byEffect(asking: readonly Asking[]): [Effect, Asking[]][] {
  const groups = new Map<string, [Effect, Asking[]]>();
  for (const each of asking) {
    for (const effect of each.effects) {
      const key = JSON.stringify(effect);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [effect, [each]]);
      else group[1].push(each);
    }
  }
  return [...groups.values()];
}
