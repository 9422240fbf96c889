// Passwords: encrypted on disk or not there at all; and logs without anybody's address.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeyring, type SafeStorage } from '../../src-main/keyring.ts';
import { openLog, withoutAddresses } from '../../src-main/log.ts';
import { memorySecrets } from '../../src-main/secrets.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kanal-keyring-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A keyring whose secret is the user's name; another user's cannot be read. */
const storage = (user: string, backend = 'gnome_libsecret'): SafeStorage => ({
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from(`${user}:${[...text].toReversed().join('')}`),
  decryptString(encrypted) {
    const [owner, text] = encrypted.toString().split(':');
    if (owner !== user) throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.');
    return [...text!].toReversed().join('');
  },
  getSelectedStorageBackend: () => backend,
});

test('a password is known again at the next start, and stands nowhere in the clear', () => {
  openKeyring(folder, storage('ada')).keep('account-1', 'hunter2');
  expect(openKeyring(folder, storage('ada')).all()).toEqual({ 'account-1': 'hunter2' });
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('hunter2');
  openKeyring(folder, storage('ada')).keep('account-1', null);
  expect(openKeyring(folder, storage('ada')).all()).toEqual({});
});

test('F52: what cannot be decrypted is forgotten, not a crash', () => {
  openKeyring(folder, storage('ada')).keep('account-1', 'hunter2');
  expect(openKeyring(folder, storage('bob')).all()).toEqual({});
  writeFileSync(join(folder, 'passwords.json'), '\0\0\0');
  expect(openKeyring(folder, storage('ada')).all()).toEqual({});
});

test.each([
  ['basic_text: a key that everybody knows', storage('ada', 'basic_text')],
  ['no encryption', { ...storage('ada'), isEncryptionAvailable: () => false }],
])('%s: kept until the program ends, never on disk', (_name, weak) => {
  const keyring = openKeyring(folder, weak);
  keyring.keep('account-1', 'hunter2');
  expect([keyring.lasts, keyring.all(), existsSync(join(folder, 'passwords.json'))]).toEqual([false, { 'account-1': 'hunter2' }, false]);
});

test('F52: without a keyring: in memory, or from the environment', () => {
  const secrets = memorySecrets({ KANAL_SMTP_PASSWORD: 'from outside' });
  expect(secrets.get('account-1')).toBe('from outside');
  secrets.set('account-1', 'typed in');
  expect(secrets.get('account-1')).toBe('typed in');
  expect(memorySecrets().get('account-1')).toBeNull();
});

describe('F51: the log', () => {
  test.each([
    ['Cannot write to søren.ø@firma.example.dk today', 'Cannot write to [address] today'],
    ['<ada@example.com>, "bob+x@example.co.uk"', '<[address]>, "[address]"'],
    ['http://127.0.0.1:4000/#token=abcdefghijklmnopqrstuvwx', 'http://127.0.0.1:4000/#token=[secret]'],
    ['nothing of the kind', 'nothing of the kind'],
  ])('%s', (text, written) => expect(withoutAddresses(text)).toBe(written));

  test('is written at once, without addresses, and is capped', () => {
    const { file, log } = openLog(folder, 'machine');
    log('contacts.add failed', new Error('no place for ada@example.com'));
    expect(readFileSync(file, 'utf8')).toContain('contacts.add failed: Error: no place for [address]');
    for (let n = 0; n < 400; n++) log('again', 'x'.repeat(10_000));
    const sizes = readdirSync(join(folder, 'logs')).map((name) => readFileSync(join(folder, 'logs', name)).length);
    expect(Math.max(...sizes)).toBeLessThan(1_200_000);
    expect(sizes.length).toBeLessThanOrEqual(2);
  });
});
