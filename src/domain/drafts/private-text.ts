/** MD5, SHA-1, SHA-256, PDQ, and the ids of entries and requests. */
const longHex = /[0-9a-f]{32}/i;
const separators = /(?<=[0-9a-f])[\s:-]+(?=[0-9a-f])/gi;
const email = /[^\s@<>]@[^\s@<>]+\.[^\s@<>]/;
const address = /\b[a-z][a-z0-9+.-]*:\/\//i;
const ipAddress = /\b(?:\d{1,3}\.){3}\d{1,3}\b/;

/** 32 bytes in base64 or base32, or SHA-1 in base32. */
const encodedHash = /(?:^|[^A-Za-z0-9+/])(?:[A-Za-z0-9+/]{43}=|[A-Z2-7]{32}|[A-Z2-7]{52}(?:={4})?)(?![A-Za-z0-9+/=])/;

/**
 * Says what must not be published, except names of people, which it cannot recognise.
 *
 * @param kind `reference` may hold clause numbers (2.1.3.4), which look like IP addresses; `id` may be a UUID
 */
export function privateIn(text: string, kind: 'text' | 'reference' | 'id' = 'text'): string | undefined {
  const isHex = longHex.test(text) || (kind !== 'id' && longHex.test(text.replace(separators, '')));
  if (isHex || (kind !== 'id' && encodedHash.test(text))) return 'contains a hash or an id';
  if (email.test(text)) return 'contains an e-mail address, which is personal data';
  if (address.test(text)) return 'contains a URL';
  if (kind === 'text' && ipAddress.test(text)) return 'contains an IP address, which is personal data';
  return undefined;
}

/** Ignores list ids that are one ordinary word, such as "test". */
export function namesList(text: string, lists: readonly string[]): boolean {
  const words = text.toLowerCase().split(/[^a-z0-9-]+/);
  return lists.some((list) => /[-0-9]/.test(list) && words.includes(list));
}
