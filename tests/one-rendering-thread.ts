// One thread renders for all workspaces of a test file: to start one takes a quarter of a second of processor time, and hundreds
// of tests would start theirs for a mail or two. What each asks and is answered is as with a thread of its own, also when it is
// closed; the thread itself, how it hangs, dies and is ended, is tested in mail/rendering.test.ts.
import { vi } from 'vitest';
import { systemClock } from '../src-main/clock.ts';
import type * as Rendering from '../src-main/rendering/renderer.ts';
import type { Workspace } from '../src-main/workspace.ts';

vi.mock('../src-main/rendering/renderer.ts', async (original) => {
  const rendering = await original<typeof Rendering>();
  const thread = rendering.createRenderer(systemClock);
  const lent = new WeakMap<Workspace, Rendering.Renderer>();

  function lend(): Rendering.Renderer {
    let close = () => {};
    const closed = new Promise<never>((_, reject) => (close = () => reject(new Error('The renderer was closed'))));
    closed.catch(() => undefined);
    return {
      render: (job) => Promise.race([closed, thread.render(job)]),
      async close() {
        close();
      },
    };
  }

  return {
    ...rendering,
    rendererOf(workspace: Workspace) {
      let mine = lent.get(workspace);
      if (mine === undefined) lent.set(workspace, (mine = lend()));
      return mine;
    },
    async closeRenderer(workspace: Workspace) {
      const mine = lent.get(workspace);
      lent.delete(workspace);
      await mine?.close();
    },
  };
});
