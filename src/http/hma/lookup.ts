import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import type { Hashing, Media } from '../../service/hma/hashing.js';
import type { FoundContent, Lookup, LookupFilter } from '../../service/hma/lookup.js';
import { hashesOfSignal, isLookupType } from '../../service/hma/signals.js';
import { clientLeft } from '../client-left.js';
import { callerOf } from '../hooks/access.js';
import { ReplyBatch } from '../reply-batching.js';
import type { RequestNumbers } from '../request-numbers.js';
import { sendText } from './json.js';
import { flagOf, namesOf, parameterOf, requiredParameter } from './query.js';
import { fetchedMedia } from './remote-media.js';
import { hmaRoute } from './route.js';
import { askedSignal } from './types.js';
import { uploadLimit, uploadOf } from './uploads.js';

export interface LookupRouteParts {
  readonly lookup: Lookup;
  readonly hashing: Hashing;
  readonly imageFetcher: Pick<ImageFetcher, 'fetch'>;
  readonly numbers: Pick<RequestNumbers, 'noteVerdict'>;
  readonly limits: { readonly maxImageBytes: number };
}

const lookupUrl = '/m/lookup';

/** `/m/lookup` and `/m/raw_lookup`. Their JSON is printed by hand, because they are called for every picture of a platform. */
export function lookupRoutes(scope: FastifyInstance, parts: LookupRouteParts): void {
  const { lookup, numbers } = parts;
  const replyBatch = new ReplyBatch();
  const bySignal = async (request: FastifyRequest, filter: LookupFilter): Promise<readonly FoundContent[]> => {
    const hashes = signalOf(request);
    // As for POST /v1/match.
    await replyBatch.end();
    const { verdict, contents } = await lookup.byHashes(callerOf(request), request.id, hashes, filter);
    numbers.noteVerdict(request.routeOptions.url ?? '', verdict);
    return contents;
  };
  hmaRoute(scope, { method: 'GET', url: '/m/raw_lookup', access: ['platform'], counts: 'requests' }, async (request, reply) => {
    requiredParameter(request, 'signal');
    requiredParameter(request, 'signal_type');
    const withDistance = flagOf(request, 'include_distance');
    const found = await bySignal(request, { raw: true, banks: namesOf(request, 'banks') });
    const matches = withDistance ? found.map(printContent) : [...new Set(found.map(({ id }) => id))];
    return sendText(reply, `{"matches":[${matches.join(',')}]}`);
  });
  hmaRoute(scope, { method: 'GET', url: lookupUrl, access: ['platform'], counts: 'requests' }, async (request, reply) => {
    const filter = filterOf(request);
    const type = parameterOf(request, 'signal_type');
    const url = parameterOf(request, 'url');
    if (!url) {
      if (!type || !parameterOf(request, 'signal'))
        throw new VigieError('bad_request', 'Either url or both signal and signal_type are required');
      return sendText(reply, printBanks(await bySignal(request, filter)));
    }
    return byUrl(parts, request, reply, { url, type, filter });
  });
  fileRoute(scope, parts);
}

function fileRoute(scope: FastifyInstance, parts: LookupRouteParts): void {
  const { maxImageBytes } = parts.limits;
  const route = { method: 'POST', url: lookupUrl, access: ['platform'], counts: 'requests', repeatable: true } as const;
  hmaRoute(scope, { ...route, bodyLimit: uploadLimit(maxImageBytes), takesFile: true }, async (request, reply) => {
    const filter = filterOf(request);
    const { media } = uploadOf(request, maxImageBytes);
    const signal = askedSignal(request, media.type);
    return sendText(reply, `{"${signal}":${printBanks(await byMedia(parts, request, reply, { media, filter }))}}`);
  });
}

async function byUrl(
  parts: LookupRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { url, type, filter }: { url: string; type: string | undefined; filter: LookupFilter },
): Promise<FastifyReply> {
  parts.lookup.admit(callerOf(request));
  const media = await fetchedMedia(parts.imageFetcher, request, reply, url);
  const signal = askedSignal(request, media.type);
  if (type !== undefined && type !== signal)
    throw new VigieError('bad_request', `signal type '${type}' doesn't exist or is disabled`);
  const banks = printBanks(await byMedia(parts, request, reply, { media, filter }));
  return sendText(reply, type === undefined ? `{"${signal}":${banks}}` : banks);
}

async function byMedia(
  { lookup, hashing, numbers }: LookupRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { media, filter }: { media: Media; filter: LookupFilter },
): Promise<readonly FoundContent[]> {
  const caller = callerOf(request);
  const { verdict, contents } =
    media.type === 'video'
      ? await lookup.byHashes(caller, request.id, await hashing.digestsOf(media.bytes), filter)
      : await lookup.byImage(caller, request.id, media.bytes, filter, clientLeft(reply));
  numbers.noteVerdict(lookupUrl, verdict);
  return contents;
}

function signalOf(request: FastifyRequest) {
  const type = parameterOf(request, 'signal_type') ?? '';
  if (!isLookupType(type)) throw new VigieError('bad_request', `No such SignalType '${type}'`);
  return hashesOfSignal(type, parameterOf(request, 'signal') ?? '', 'invalid signal');
}

function filterOf(request: FastifyRequest): LookupFilter {
  return {
    banks: namesOf(request, 'banks'),
    seed: parameterOf(request, 'seed'),
    // On GET as well, where HMA documents it and forgets it.
    bypassCoin: flagOf(request, 'bypass_coinflip'),
  };
}

/** Clients take every key for a bank that matched, so a bank without a match has none. Names need no escaping. */
function printBanks(contents: readonly FoundContent[]): string {
  if (contents.length === 0) return '{}';
  const banks = new Map<string, string[]>();
  for (const content of contents) {
    const printed = banks.get(content.bank);
    if (printed) printed.push(printContent(content));
    else banks.set(content.bank, [printContent(content)]);
  }
  return `{${[...banks].map(([bank, printed]) => `"${bank}":[${printed.join(',')}]`).join(',')}}`;
}

function printContent({ id, distance }: FoundContent): string {
  return `{"bank_content_id":${id},"distance":"${distance}"}`;
}
