// Applies what steps ask for: to many contacts at once, in the transaction of their visits.
import type { Effect } from '../../shared/steps/step.ts';
import type { Instant } from '../../shared/time.ts';
import { setAttributeFor } from '../store/contacts.ts';
import { addToSegmentFor, removeFromSegmentFor } from '../store/segments.ts';
import { planMessage } from '../store/planned-messages.ts';
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
        for (const { contactId, enrollmentId, stepId, visit, meantAt, enrolledAt } of subjects) planMessage(workspace, { flowId, version, enrollmentId, stepId, visit, contactId, channel: effect.channel, message: effect.message, meantAt, enrolledAt });
        break;
      case 'setAttribute':
        setAttributeFor(workspace, subjects, effect.attribute, effect.value, cause);
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
    }
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
