// The keyed hash of an address is HMAC-SHA-256 (RFC 2104), whatever it is made from: by it an erased address is known again, also
// in guard files that were written long ago.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressHash } from '../../src-main/store/identity.ts';

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64url');

test('the hash of any address under any key is the HMAC that Node makes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('email', 'sms', 'external_id'), (key, address, channel) => {
      expect(addressHash(key, channel, address)).toBe(hmac(key, `${channel}\n${address}`));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['a key as long as the block', 'k'.repeat(64), 'ada@example.com'],
  ['a key longer than it', 'k'.repeat(65), 'ada@example.com'],
  ['an address as long as there is room', 'key', 'a'.repeat(500 - 'email\n'.length)],
  ['of three bytes each', 'key', '€'.repeat(500 - 'email\n'.length)],
  ['one longer than that', 'key', 'a'.repeat(2000)],
  ['none', 'key', ''],
])('%s', (_, key, address) => {
  expect(addressHash(key, 'email', address)).toBe(hmac(key, `email\n${address}`));
});

test('a short address behind a long one is not mixed with it', () => {
  addressHash('key', 'email', 'a-very-long-address-that-stood-here-before@example.com');
  expect(addressHash('key', 'email', 'b@c.dk')).toBe(hmac('key', 'email\nb@c.dk'));
});
