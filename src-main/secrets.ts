// Passwords on hosts without a keyring: in memory, or given by whoever starts the program. Never on disk (FAULTS 1.7).
import type { Secrets } from './workspace.ts';

/**
 * Secrets that last as long as the process. A password that was never typed in is taken from KANAL_SMTP_PASSWORD, so that
 * scripts and services can send.
 */
export function memorySecrets(environment: Readonly<Record<string, string | undefined>> = {}): Secrets {
  const known = new Map<string, string>();
  return {
    get: (key) => known.get(key) ?? environment['KANAL_SMTP_PASSWORD'] ?? null,
    set: (key, secret) => void known.set(key, secret),
    remove: (key) => void known.delete(key),
  };
}
