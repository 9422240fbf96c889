// Whether a host is this computer: by its exact name or address, never by how it begins (FAULTS 0.12).
import { isIPv4, isIPv6 } from 'node:net';

/** True for "localhost", the addresses 127.0.0.0/8 and ::1 (with or without brackets); false for every other name. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost') return true;
  if (isIPv4(name)) return name.startsWith('127.');
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  return isIPv6(bare) && /^(0*:)*:?0*1$/.test(bare);
}
