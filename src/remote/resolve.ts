import { Resolver } from 'node:dns/promises';

/** All addresses of a name. @throws Error with a `code` such as ENOTFOUND */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

/** `dns.lookup` would hold one of the few threads of libuv, which a slow name server could use up, and cannot be stopped. */
export const resolveByDns: Resolve = async (hostname, signal) => {
  signal.throwIfAborted();
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = found.flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
    if (addresses.length > 0) return addresses;
    throw found.flatMap((family) => (family.status === 'rejected' ? [family.reason] : []))[0] ?? noAddress();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

function noAddress(): Error {
  return Object.assign(new Error('the name has no address'), { code: 'ENODATA' });
}
