import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';

export interface ImageFetcher {
  /**
   * @returns the type as the other server named it
   * @throws VigieError `bad_request` when the URL is not allowed or could not be fetched, `body_too_large`
   */
  fetch(caller: Caller, url: string, signal: AbortSignal): Promise<{ bytes: Uint8Array; contentType: string }>;
}

/** Until an operator allows it, Vigie calls nobody. */
export const noFetcher: ImageFetcher = {
  async fetch() {
    throw new VigieError('bad_request', 'Invalid or unsafe URL provided');
  },
};
