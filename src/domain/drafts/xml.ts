/** No namespaces, mixed content or comments: text from a caller can never become markup. */
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

export function textElement(name: string, text: string | boolean | number | undefined): XmlElement | undefined {
  return text === undefined || text === '' ? undefined : element(name, String(text));
}

/** Forbidden even when escaped (XML 1.0, section 2.2, Char). */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

export function isXmlText(text: string): boolean {
  return !forbidden.test(text);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Unescaped, parsers turn CR into LF, and in attributes tab and LF into a space.
  '\r': '&#13;',
  '\t': '&#9;',
  '\n': '&#10;',
};

function escaped(text: string, special: RegExp): string {
  if (!isXmlText(text)) throw new Error('text contains characters that XML 1.0 forbids; validate it before writing');
  return text.replace(special, (character) => escapes[character] ?? character);
}

const xmlName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

function named(name: string): string {
  if (!xmlName.test(name)) throw new Error('invalid XML name');
  return name;
}

/** @throws Error for a name or a character that XML forbids. */
export function writeElement({ name, attributes, content }: XmlElement): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${named(key)}="${escaped(value, /[&<>"'\r\t\n]/g)}"`);
  const start = `<${named(name)}${written.join('')}`;
  if (content.length === 0) return `${start}/>`;
  const inner = typeof content === 'string' ? escaped(content, /[&<>"'\r]/g) : content.map(writeElement).join('');
  return `${start}>${inner}</${name}>`;
}

/** @throws as `writeElement`. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root)}\n`;
}
