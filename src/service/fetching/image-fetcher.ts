import { VigieError } from '../../domain/errors.js';
import { mayFetch } from '../../domain/fetch-sources.js';
import type { Caller } from '../../domain/key.js';
import { RemoteError } from '../../remote/errors.js';
import type { RemoteFile, RemoteFiles } from '../../remote/remote-file.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { FetchSlots } from './fetch-slots.js';

export const fetchOutcomes = ['fetched', 'refused', 'failed', 'too_large', 'overloaded', 'aborted'] as const;
export type FetchOutcome = (typeof fetchOutcomes)[number];

export interface FetchParts {
  /** Undefined: fetching is switched off. */
  readonly files: Pick<RemoteFiles, 'fetch'> | undefined;
  readonly slots: Pick<FetchSlots, 'run'>;
  readonly hasher: Pick<ImageHasher, 'assertRoom'>;
  readonly organisationCache: Pick<OrganisationCache, 'get'>;
  readonly log: { info(fields: object, message: string): void };
}

/** One text for every refusal, so that nobody learns about the inner network. The log has the reason. */
const refusal =
  'url: Vigie does not fetch this URL; send the image itself, or ask an operator to let your organisation fetch from its host';

/** Fetches images for callers that send a URL instead of an image. */
export class ImageFetcher {
  readonly outcomes = new Map<FetchOutcome, number>(fetchOutcomes.map((outcome) => [outcome, 0]));

  constructor(private readonly parts: FetchParts) {}

  /**
   * @param arrived hears of each piece of the body, to count it; what it throws ends the fetch
   * @throws VigieError `url_refused`, `url_not_fetched`, `body_too_large`, `overloaded`, or the reason of the signal
   */
  async fetch(
    { organisation }: Pick<Caller, 'organisation'>,
    url: string,
    signal: AbortSignal,
    arrived?: (bytes: number) => void,
  ): Promise<RemoteFile> {
    const { files, slots, hasher, organisationCache } = this.parts;
    try {
      if (!files) throw new RemoteError('refused', 'fetching is switched off');
      const sources = organisationCache.get(organisation)?.fetchesFrom ?? [];
      if (sources.length === 0) throw new RemoteError('refused', 'the organisation may fetch from no host');
      const allows = (target: URL) => mayFetch(sources, target);
      // Otherwise a fetched image might find no room, and the fetch was in vain.
      hasher.assertRoom(organisation, 0);
      const file = await slots.run(organisation, signal, () => files.fetch({ url, allows, signal, ...(arrived && { arrived }) }));
      this.count('fetched');
      return file;
    } catch (error) {
      this.count(outcomeOf(error, signal));
      if (!(error instanceof RemoteError)) throw error;
      // Never the URL: it may hold a token.
      this.parts.log.info({ organisation, host: error.host, why: error.message }, 'an image was not fetched');
      throw refusalOf(error);
    }
  }

  private count(outcome: FetchOutcome): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): FetchOutcome {
  if (signal.aborted) return 'aborted';
  if (error instanceof RemoteError) return error.fault;
  return error instanceof VigieError && error.code === 'overloaded' ? 'overloaded' : 'failed';
}

function refusalOf(error: RemoteError): VigieError {
  const { fault, message, host } = error;
  if (fault === 'refused') return new VigieError('url_refused', refusal);
  if (fault === 'too_large') return new VigieError('body_too_large', `url: ${message}`);
  const detail = `url: ${host} was asked, but ${message}; send the image itself, or hold the content and retry`;
  return new VigieError('url_not_fetched', detail, undefined, error);
}
