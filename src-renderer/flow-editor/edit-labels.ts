// What each edit is called in the history: "Undo: delete 'Wait 2 days'". Sentences as data, translated where they are shown.
import { say, type Text } from '../../shared/text.ts';

export const changedElsewhere = (): Text => say('take over the version changed elsewhere');
export const insertedStep = (step: Text): Text => say('insert “{step}”', { step });
export const deletedStep = (step: Text): Text => say('delete “{step}”', { step });
export const deletedSteps = (count: number): Text => say('{count, plural, one {delete # step} other {delete # steps}}', { count });
export const deletedBelow = (step: Text): Text => say('delete “{step}” and everything below', { step });
export const movedStep = (step: Text): Text => say('move “{step}”', { step });
export const duplicatedStep = (step: Text): Text => say('duplicate “{step}”', { step });
export const duplicatedSteps = (count: number): Text => say('{count, plural, one {duplicate # step} other {duplicate # steps}}', { count });
export const cutStep = (step: Text): Text => say('cut “{step}”', { step });
export const pastedSteps = (count: number): Text => say('{count, plural, one {paste # step} other {paste # steps}}', { count });
export const renamedStep = (step: Text): Text => say('rename “{step}”', { step });
export const renamedFlow = (): Text => say('rename the flow');
export const notedStep = (step: Text): Text => say('change the note of “{step}”', { step });
export const disabledStep = (step: Text): Text => say('disable “{step}”', { step });
export const enabledStep = (step: Text): Text => say('enable “{step}”', { step });
export const changedField = (field: Text, step: Text): Text => say('change “{field}” of “{step}”', { field, step });
export const changedSetting = (setting: Text): Text => say('change “{setting}” of the flow', { setting });
export const addedTrigger = (trigger: Text): Text => say('add the trigger “{trigger}”', { trigger });
export const removedTrigger = (trigger: Text): Text => say('remove the trigger “{trigger}”', { trigger });
export const swappedBranches = (step: Text): Text => say('swap the branches of “{step}”', { step });
export const connectedBranch = (from: Text, to: Text): Text => say('continue “{from}” at “{to}”', { from, to });
export const disconnectedBranch = (from: Text): Text => say('let “{from}” leave the flow', { from });
