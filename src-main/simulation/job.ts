// What goes to the simulating thread and what comes back.
import type { Problem } from '../../shared/problem.ts';
import type { SimulationPlan, SimulationProgress, SimulationResult } from '../../shared/simulation/simulation.ts';
import type { BacktestPlan, BacktestResult } from '../../shared/simulation/backtest.ts';
import type { CheckPlan, CheckReport } from '../../shared/simulation/checks.ts';
import type { CoverPlan, CoverResult } from '../../shared/simulation/cover.ts';
import type { PublishPreview, PublishPreviewPlan } from '../../shared/simulation/publish-preview.ts';
import type { TryPlan, TryResult } from '../../shared/simulation/try.ts';
import type { Why, WhyQuestion } from '../../shared/simulation/why.ts';
import type { Instant } from '../../shared/time.ts';
import type { CopySource } from '../store/simulation-copy.ts';

/** The kinds of work, with what each is asked and what it answers. */
export type Jobs = {
  simulate: { asked: SimulationPlan; answer: SimulationResult };
  backtest: { asked: BacktestPlan; answer: BacktestResult };
  cover: { asked: CoverPlan; answer: CoverResult };
  try: { asked: TryPlan; answer: TryResult };
  check: { asked: CheckPlan; answer: CheckReport[] };
  why: { asked: WhyQuestion; answer: Why };
  previewPublish: { asked: PublishPreviewPlan; answer: PublishPreview };
};
export type JobName = keyof Jobs;

export type JobRequest = { [Name in JobName]: { name: Name; asked: Jobs[Name]['asked']; source: CopySource; now: Instant } }[JobName];

export type JobMessage = { progress: SimulationProgress } | { answer: unknown } | { problems: readonly Problem[] } | { bug: string };
