import http from 'node:http';
import https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';

export interface Question {
  readonly url: URL;
  /** Checked ones. The connection goes to one of them. */
  readonly addresses: readonly string[];
  readonly maxHeaderBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Asks once, and resolves with the head of the answer; whoever reads the body must also end it. Cookies, credentials, redirects,
 * proxies, decompression and connections of earlier requests are not used, because `node:http` has none of them unless told.
 */
export function oneAnswer({ url, addresses, maxHeaderBytes, signal }: Question): Promise<http.IncomingMessage> {
  const { request, Agent } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      agent: new Agent({ keepAlive: false }),
      lookup: pinned(addresses),
      headers: { 'user-agent': 'vigie', accept: 'image/*, */*;q=0.1', 'accept-encoding': 'identity' },
      maxHeaderSize: maxHeaderBytes,
      insecureHTTPParser: false,
      signal,
    });
    asked.once('response', (answer) => {
      asked.on('error', (error) => answer.destroy(error));
      resolve(answer);
    });
    asked.on('error', reject);
    // An upgrade to another protocol ends without an error.
    asked.once('close', () => reject(new Error('the connection was closed')));
    asked.end();
  });
}

/** Answers with the addresses that were checked, so that the name is never resolved again. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_hostname, options, callback) => {
    const [first] = all;
    if (options.all) callback(null, all);
    else callback(null, first?.address ?? '', first?.family);
  };
}
