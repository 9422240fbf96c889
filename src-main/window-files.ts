// The built window as every host hands it out: which files, and under which policy (FAULTS 1.7, rows 1, 7 and 18).
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** Nothing but the program's own files runs, loads or connects. Styles in attributes are how React positions things. */
const CONTENT_SECURITY_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data: blob:`,
  `font-src 'self' data:`,
  `connect-src 'self'`,
  `frame-src 'self'`,
  `worker-src 'self'`,
  `object-src 'none'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** Sent with every answer, whatever it is. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webp': 'image/webp',
};

/**
 * A file of the window by the path of its address ("/", "/assets/index.js"). `null` for everything else: a path that leads out
 * of the folder, by dots, links or encodings, is simply not there.
 */
export async function windowFile(
  folder: string,
  path: string,
): Promise<{ body: Buffer<ArrayBuffer>; type: string; lasting: boolean } | null> {
  const names = segments(path);
  if (names === null) return null;
  const type = TYPES[extname(names.at(-1)!).toLowerCase()];
  if (type === undefined) return null;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, ...names));
    if (!file.startsWith(root + sep)) return null;
    // Vite puts a hash of the content into the names of everything in assets/.
    return { body: await readFile(file), type, lasting: names[0] === 'assets' };
  } catch {
    return null;
  }
}

function segments(path: string): string[] | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const names = decoded.replace(/^\//, '').split('/');
  if (names.length === 1 && names[0] === '') return ['index.html'];
  return names.every((name) => /^[\w-][\w.@-]*$/.test(name)) ? names : null;
}
