// The sample workspace: believable people with a history, to look at and to try things on. Nothing is ever sent from it.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';

/** Fills a new, empty workspace with the sample. */
export async function fillSample(workspace: Workspace): Promise<void> {
  refuse('no-sample', say('This build of Kanal has no sample workspace. Make an empty one instead.'), { file: workspace.file });
}
