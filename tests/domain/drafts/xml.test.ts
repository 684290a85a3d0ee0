import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, isXmlText, textElement, writeElement, writeXml } from '../../../src/domain/drafts/xml.js';
import { readXml } from './xml-reader.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\r', '\n', '\r\n', '\t', '&amp;', '<!--', 'é', '\u{1f30d}', ' '), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);
const written = anyText.filter(isXmlText);

describe('writeXml', () => {
  it('writes a document in UTF-8', () => {
    const root = element('a', [element('b', 'text', { c: 'd' }), element('e')]);
    expect(writeXml(root)).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a><b c="d">text</b><e/></a>\n');
  });

  it('keeps every text and attribute that XML allows', () => {
    fc.assert(
      fc.property(written, written, (text, attribute) => {
        const root = element('root', [element('child', text, { attribute })]);
        expect(readXml(writeXml(root))).toEqual(root);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['\0', '\b', '\u{1f}', '\u{fffe}', '\u{ffff}', '\u{d800}', '\u{dfff}x'])('does not write %j', (text) => {
    expect(isXmlText(text)).toBe(false);
    expect(() => writeElement(element('a', text))).toThrow('forbids');
    expect(() => writeElement(element('a', '', { b: text }))).toThrow('forbids');
  });

  it.each(['', '1a', 'a b', 'a>', 'a:b', 'é'])('does not write an element named %j', (name) => {
    expect(() => writeElement(element(name))).toThrow('name');
  });
});

describe('textElement', () => {
  it('is undefined without text', () => {
    expect([textElement('a', undefined), textElement('a', '')]).toEqual([undefined, undefined]);
    expect(textElement('a', false)).toEqual(element('a', 'false'));
  });
});
