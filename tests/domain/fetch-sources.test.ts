import { describe, expect, it } from 'vitest';
import { fetchSourceOf, mayFetch, widenedBy } from '../../src/domain/fetch-sources.js';

describe('fetchSourceOf', () => {
  it.each([
    ['Images.Example.org', 'images.example.org'],
    ['.example.org', '.example.org'],
    ['images.example.org:8443', 'images.example.org:8443'],
    ['images.example.org:0443', 'images.example.org:443'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['192.0.2.7', '192.0.2.7'],
    ['[2001:DB8::1]:8080', '[2001:db8::1]:8080'],
    ['minio', 'minio'],
  ])('keeps %j as %j', (text, kept) => {
    expect(fetchSourceOf(text)).toBe(kept);
  });

  it.each([
    '',
    '.',
    '*',
    '*.example.org',
    '.org',
    '.192.0.2.7',
    '.[::1]',
    'https://example.org',
    'example.org/',
    'a@example.org',
  ])('refuses %j', (text) => {
    expect(fetchSourceOf(text)).toBeUndefined();
  });

  it.each([
    'example.org.',
    'example.org:0',
    'example.org:65536',
    'example.org:',
    'a b.org',
    'a..org',
    '..example.org',
    '[fe80::1%1]',
  ])('refuses %j', (text) => {
    expect(fetchSourceOf(text)).toBeUndefined();
  });
});

describe('mayFetch', () => {
  const sources = ['images.example.org', '.cdn.example.org', 'own.example.org:8443', '[2001:db8::1]'];

  it.each([
    'https://images.example.org/a.jpg',
    'http://IMAGES.example.org:80/a.jpg',
    'https://a.b.cdn.example.org/',
    'https://own.example.org:8443/',
    'http://[2001:0db8::0001]/',
  ])('allows %s', (url) => {
    expect(mayFetch(sources, new URL(url))).toBe(true);
  });

  it.each([
    'https://example.org/',
    'https://cdn.example.org/',
    'https://evilcdn.example.org/',
    'https://images.example.org.evil.example/',
    'https://images.example.org./',
    'https://images.example.org:8443/',
    'http://images.example.org:443/',
    'https://own.example.org/',
    'ftp://images.example.org/',
    'file:///images.example.org',
  ])('does not allow %s', (url) => {
    expect(mayFetch(sources, new URL(url))).toBe(false);
  });
});

describe('widenedBy', () => {
  it('names what no earlier source covers', () => {
    const next = ['a.example.org', '.b.example.org', 'example.org', '.example.org:8443', '.org.example'];
    expect(widenedBy(['.example.org'], next)).toEqual(['example.org', '.example.org:8443', '.org.example']);
  });
});
