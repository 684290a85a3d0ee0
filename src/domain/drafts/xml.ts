/**
 * A tree of elements, and its XML 1.0 text. It knows elements, attributes and text, and nothing else: no namespaces, no mixed content, no
 * comments, so that nothing of what a caller sends can become markup.
 */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly XmlElement[];
}

export function element(
  name: string,
  content: string | readonly (XmlElement | undefined)[] = '',
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return {
    name,
    attributes,
    content: typeof content === 'string' ? content : content.filter((child) => child !== undefined),
  };
}

/** An element with text, or none where there is nothing to say. */
export function textElement(name: string, text: string | boolean | number | undefined): XmlElement | undefined {
  return text === undefined || text === '' ? undefined : element(name, String(text));
}

/** Outside of what XML 1.0 (section 2.2, Char) allows, escaped or not: most control characters, half surrogate pairs, U+FFFE, U+FFFF. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

export function isXmlText(text: string): boolean {
  return !forbidden.test(text);
}

const pseudonyms: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Unescaped, parsers turn CR into LF everywhere, and tab and LF into a space in attributes (sections 2.11 and 3.3.3).
  '\r': '&#13;',
  '\t': '&#9;',
  '\n': '&#10;',
};

function escaped(text: string, special: RegExp): string {
  if (!isXmlText(text)) throw new Error('text contains characters that XML 1.0 forbids; validate it before writing');
  return text.replace(special, (character) => pseudonyms[character] ?? character);
}

const xmlName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

function named(name: string): string {
  if (!xmlName.test(name)) throw new Error('invalid XML name');
  return name;
}

/** The text of an element, without a declaration. @throws Error for a name or character that cannot be written. */
export function writeElement({ name, attributes, content }: XmlElement): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${named(key)}="${escaped(value, /[&<>"'\r\t\n]/g)}"`);
  const start = `<${named(name)}${written.join('')}`;
  if (content.length === 0) return `${start}/>`;
  const inner = typeof content === 'string' ? escaped(content, /[&<>"'\r]/g) : content.map(writeElement).join('');
  return `${start}>${inner}</${name}>`;
}

/** A whole document in UTF-8. @throws as `writeElement`. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root)}\n`;
}
