// Passwords under Electron: encrypted with the system's keyring, in a file of the program's own folder (FAULTS 1.7).
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './recent-files.ts';

/** The part of Electron's safeStorage that is needed here. */
export type SafeStorage = {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
  /** Linux only. 'basic_text' means: no keyring, a key that everybody knows. */
  getSelectedStorageBackend?(): string;
};

export type Keyring = {
  /** Everything that can be decrypted. What cannot is forgotten, and the password is asked for again. */
  all(): Record<string, string>;
  /** Keeps a password, or forgets it (`null`). Without a keyring it is kept until the program ends, and no longer. */
  keep(key: string, secret: string | null): void;
  /** Whether passwords outlast the program. */
  lasts: boolean;
};

const fileSchema = z.record(z.string(), z.string());

/** Opens the keyring. Nothing is ever written with a key that others know. */
export function openKeyring(dataFolder: string, storage: SafeStorage): Keyring {
  const file = join(dataFolder, 'passwords.json');
  const lasts = storage.isEncryptionAvailable() && storage.getSelectedStorageBackend?.() !== 'basic_text';
  const known = lasts ? readAll(file, storage) : new Map<string, string>();
  return {
    lasts,
    all: () => Object.fromEntries(known),
    keep(key, secret) {
      if (secret === null) known.delete(key);
      else known.set(key, secret);
      if (!lasts) return;
      const encrypted = [...known].map(([name, text]) => [name, storage.encryptString(text).toString('base64')]);
      mkdirSync(dataFolder, { recursive: true });
      replaceFile(file, JSON.stringify(Object.fromEntries(encrypted)));
    },
  };
}

function readAll(file: string, storage: SafeStorage): Map<string, string> {
  const known = new Map<string, string>();
  let stored: Record<string, string>;
  try {
    stored = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return known; // Not there yet, or unreadable: passwords are asked for again.
  }
  for (const [key, encrypted] of Object.entries(stored)) {
    try {
      known.set(key, storage.decryptString(Buffer.from(encrypted, 'base64')));
    } catch {
      // Another user's keyring, or one that was reset: this password is asked for again.
    }
  }
  return known;
}
