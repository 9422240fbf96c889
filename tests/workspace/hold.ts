// A process of its own that holds a workspace until it is killed. Says "held" when it does, or why it could not.
import { ProblemError } from '../../shared/problem.ts';
import { lockWorkspace } from '../../src-main/store/lock.ts';

try {
  lockWorkspace(process.argv[2]!, Date.UTC(2026, 2, 2, 8));
  process.stdout.write('held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${error instanceof ProblemError ? error.message : String(error)}\n`);
}
