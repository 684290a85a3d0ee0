import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesList, privateIn } from '../../../src/domain/drafts/private-text.js';

const hexDigit = fc.constantFrom(...'0123456789abcdefABCDEF');
const sha256 = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

describe('privateIn', () => {
  it('finds every hash of 32 to 64 hexadecimal digits, anywhere in the text', () => {
    const hex = fc.array(hexDigit, { minLength: 32, maxLength: 64 }).map((digits) => digits.join(''));
    fc.assert(
      fc.property(fc.string(), hex, fc.string(), (before, hash, after) => privateIn(`${before}${hash}${after}`) !== undefined),
    );
  });

  it.each([
    ['a hash in pairs', sha256.replace(/..(?=.)/g, '$&:')],
    ['a hash in groups', sha256.replace(/.{8}(?=.)/g, '$& ')],
    ['a hash in base64', Buffer.from(sha256, 'hex').toString('base64')],
    ['SHA-1 in base32', 'see MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U'],
    ['an entry', `ent_${'0'.repeat(32)}`],
    ['an e-mail address', 'sent by someone@example.test'],
    ['an IPv4 address', 'from 203.0.113.7.'],
    ['a page', 'at https://example.test/u/1'],
  ])('finds %s', (_, text) => {
    expect(privateIn(text)).toMatch(/^contains /);
  });

  it.each([
    'Code pénal, article 227-23, loi no 2024-449 du 21 mai 2024',
    'The image is the same file as one that was listed before. A deed faced: bad, dead, added.',
    'On 2026-11-22 at 10:30:00, and again on 2026-11-23.',
    '',
  ])('finds nothing in %j', (text) => {
    expect(privateIn(text)).toBeUndefined();
  });

  it('does not confuse a clause number with an IP address', () => {
    expect(privateIn('Terms, clause 2.1.3.4', 'reference')).toBeUndefined();
  });

  it('accepts a UUID as an id, but not a hash', () => {
    expect(privateIn('7d1cf1b8-6c1e-4a45-9d63-0d4ce1d3a7a4', 'id')).toBeUndefined();
    expect(privateIn(sha256, 'id')).toBe('contains a hash or an id');
  });
});

describe('namesList', () => {
  it('finds a list id that stands as a word', () => {
    expect(namesList('Found in NCII-FR, a list.', ['ncii-fr'])).toBe(true);
    expect(namesList('Found in ncii-fr-2.', ['ncii-fr'])).toBe(false);
  });

  it('ignores ordinary words', () => {
    expect(namesList('a known test', ['known', 'test'])).toBe(false);
  });
});
