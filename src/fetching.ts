/** Fetching of images by URL: one part of the composition root. */
import type { ServiceOptions } from './installation.js';
import { AddressRule } from './remote/addresses.js';
import { defaultRemoteLimits, RemoteFiles } from './remote/remote-file.js';
import { resolveByDns } from './remote/resolve.js';
import { FetchSlots } from './service/fetching/fetch-slots.js';
import { type FetchParts, ImageFetcher } from './service/fetching/image-fetcher.js';

/** Without progress it ends earlier than with it. */
const stallShare = 1 / 3;

export function wireFetching(
  { config, log }: ServiceOptions,
  parts: Pick<FetchParts, 'hasher' | 'organisationCache'>,
): ImageFetcher {
  const timeoutMs = config.VIGIE_FETCH_TIMEOUT_MS;
  const limits = {
    ...defaultRemoteLimits,
    ...{ maxBytes: config.VIGIE_MAX_IMAGE_BYTES, timeoutMs, stallMs: Math.ceil(timeoutMs * stallShare) },
  };
  const files = new RemoteFiles(new AddressRule(config.VIGIE_FETCH_PRIVATE), resolveByDns, limits);
  const isOn = config.VIGIE_FETCH === 'on';
  return new ImageFetcher({ ...parts, files: isOn ? files : undefined, slots: new FetchSlots(), log });
}
