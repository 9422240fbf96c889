// The built program, for tests that run it as people do. It also starts in a third of the processor time that its sources take.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const commandLine = join(root, 'dist', 'main', 'cli.js');

/** Builds it, so that what is tested is made of these sources; that takes some seconds, and no time where nothing has changed. */
export function buildProgram(): void {
  execFileSync(process.execPath, [join(root, 'src-main', 'launch', 'build.mjs')], { cwd: root, stdio: 'inherit' });
}
