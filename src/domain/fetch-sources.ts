/**
 * Hosts that an organisation may have images fetched from: `images.example.org`, `.example.org` for every host below it, and either
 * with `:8443` for that port alone. Without a port it is the default port of http or https.
 */

const written = /^(\.?)([^\s/?#@\\%:[\]]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/iu;
const name = /^(?!.*\.$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** As it is kept: lower case, international names in ASCII. Undefined if it is no such text. */
export function fetchSourceOf(text: string): string | undefined {
  const [, dot = '', host = '', port] = written.exec(text) ?? [];
  if (host === '' || !URL.canParse(`http://${host}`)) return undefined;
  const { hostname } = new URL(`http://${host}`);
  const isAddress = hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname);
  if (!isAddress && !name.test(hostname)) return undefined;
  // Nobody has one address for all hosts below `.com`.
  if (dot !== '' && (isAddress || !hostname.includes('.'))) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return `${dot}${hostname}${port === undefined ? '' : `:${Number(port)}`}`;
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

export function mayFetch(sources: readonly string[], { protocol, hostname, port }: URL): boolean {
  const defaultPort = defaultPorts[protocol];
  if (defaultPort === undefined) return false;
  return sources.some((source) => {
    const { host, port: named } = partsOf(source);
    if (named === undefined ? port !== '' : named !== (port || defaultPort)) return false;
    return isWithin(hostname, host);
  });
}

/** Sources of `next` that no source of `standing` covers. */
export function widenedBy(standing: readonly string[], next: readonly string[]): string[] {
  return next.filter((source) => !standing.some((one) => covers(one, source)));
}

function covers(standing: string, source: string): boolean {
  const [one, other] = [partsOf(standing), partsOf(source)];
  return one.port === other.port && (one.host === other.host || isWithin(other.host, one.host));
}

function isWithin(host: string, source: string): boolean {
  return source.startsWith('.') ? host.endsWith(source) && host.length > source.length : host === source;
}

function partsOf(source: string): { host: string; port: string | undefined } {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(source) ?? [];
  return { host, port };
}
