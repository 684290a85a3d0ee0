/** A reader for the output of the writer, by the rules of XML 1.0. */
import type { XmlElement } from '../../../src/domain/drafts/xml.js';

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function withCharacters(text: string): string {
  return text.replace(/&(#?\w+);/g, (_, name: string) =>
    name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (named[name] ?? fail(`reference ${name}`)),
  );
}

function fail(what: string): never {
  throw new Error(`not well-formed: ${what}`);
}

/** @throws Error for anything that is not well-formed. */
export function readXml(xml: string): XmlElement {
  const text = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
    .replace(/\r\n?/g, '\n')
    .trim();
  const reader = new Reader(text);
  const root = reader.element();
  if (!reader.isAtEnd()) fail('something follows the root');
  return root;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  element(): XmlElement {
    const [, name = '', attributes = '', empty] = this.take(/<([A-Za-z][\w.-]*)((?: [A-Za-z][\w.-]*="[^"<]*")*)(\/?)>/y);
    const head = { name, attributes: attributesOf(attributes) };
    if (empty) return { ...head, content: '' };
    const children: XmlElement[] = [];
    const [text] = this.take(/[^<]*/y);
    while (!this.text.startsWith('</', this.at)) children.push(this.element());
    this.take(new RegExp(`</${name}>`, 'y'));
    if (children.length > 0 && text !== '') fail('mixed content');
    return { ...head, content: children.length > 0 ? children : content(text ?? '') };
  }

  private take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? fail(`at ${this.at}`);
    this.at = pattern.lastIndex;
    return found;
  }
}

function content(text: string): string {
  if (/&(?!#?\w+;)/.test(text) || text.includes(']]>')) fail('text');
  return withCharacters(text);
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([\w.-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    withCharacters(value.replace(/[\t\n]/g, ' ')),
  ]);
  return Object.fromEntries(pairs);
}
