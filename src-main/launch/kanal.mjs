#!/usr/bin/env node
// The command line from a checkout: installs and builds what is missing, then runs the command.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { childEnvironment, goodNode, isThisNodeGood, root, setUp } from './setup.mjs';

await setUp();
// Only `serve` shows the window.
await build(process.argv[2] === 'serve' ? ['main', 'renderer'] : ['main']);

const program = join(root, 'dist', 'main', 'cli.js');
if (isThisNodeGood()) {
  await import(pathToFileURL(program).href);
} else {
  const node = goodNode();
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit', env: childEnvironment(node) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
