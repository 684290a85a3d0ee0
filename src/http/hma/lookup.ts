import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Hashing } from '../../service/hma/hashing.js';
import type { FoundContent, Lookup, LookupFilter } from '../../service/hma/lookup.js';
import { hashesOfSignal, isLookupType } from '../../service/hma/signals.js';
import { callerOf } from '../hooks/access.js';
import { ReplyBatch } from '../reply-batching.js';
import type { RequestNumbers } from '../request-numbers.js';
import { sendText } from './json.js';
import { flagOf, namesOf, parameterOf, requiredParameter } from './query.js';
import { hmaRoute } from './route.js';
import { askedSignal } from './types.js';
import { uploadLimit, uploadOf } from './uploads.js';

export interface LookupRouteParts {
  readonly lookup: Lookup;
  readonly hashing: Hashing;
  readonly numbers: Pick<RequestNumbers, 'noteVerdict'>;
  readonly limits: { readonly maxImageBytes: number };
}

const replyBatch = new ReplyBatch();

/** `/m/lookup` and `/m/raw_lookup`. Their JSON is printed by hand, because they are called for every picture of a platform. */
export function lookupRoutes(scope: FastifyInstance, parts: LookupRouteParts): void {
  const { lookup, numbers } = parts;
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
  hmaRoute(scope, { method: 'GET', url: '/m/lookup', access: ['platform'], counts: 'requests' }, async (request, reply) => {
    const filter = { banks: namesOf(request, 'banks'), seed: parameterOf(request, 'seed'), bypassCoin: isBypass(request) };
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

function fileRoute(scope: FastifyInstance, { lookup, hashing, numbers, limits }: LookupRouteParts): void {
  const route = { method: 'POST', url: '/m/lookup', access: ['platform'], counts: 'requests', repeatable: true } as const;
  hmaRoute(scope, { ...route, bodyLimit: uploadLimit(limits.maxImageBytes), takesFile: true }, async (request, reply) => {
    const { media } = uploadOf(request, limits.maxImageBytes);
    const signal = askedSignal(request, media.type);
    const filter = { banks: namesOf(request, 'banks'), seed: parameterOf(request, 'seed'), bypassCoin: isBypass(request) };
    const caller = callerOf(request);
    const { verdict, contents } =
      media.type === 'video'
        ? await lookup.byHashes(caller, request.id, await hashing.digestsOf(media.bytes), filter)
        : await lookup.byImage(caller, request.id, media.bytes, filter, request.signal);
    numbers.noteVerdict(route.url, verdict);
    return sendText(reply, `{"${signal}":${printBanks(contents)}}`);
  });
}

interface UrlLookup {
  readonly url: string;
  readonly type: string | undefined;
  readonly filter: LookupFilter;
}

async function byUrl(
  { lookup, hashing, numbers }: LookupRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { url, type, filter }: UrlLookup,
): Promise<FastifyReply> {
  const caller = callerOf(request);
  const media = await hashing.fetch(caller, { url, type: parameterOf(request, 'content_type') }, request.signal);
  const signal = askedSignal(request, media.type);
  if (type !== undefined && type !== signal)
    throw new VigieError('bad_request', `signal type '${type}' doesn't exist or is disabled`);
  const { verdict, contents } =
    media.type === 'video'
      ? await lookup.byHashes(caller, request.id, await hashing.digestsOf(media.bytes), filter)
      : await lookup.byImage(caller, request.id, media.bytes, filter, request.signal);
  numbers.noteVerdict('/m/lookup', verdict);
  const banks = printBanks(contents);
  return sendText(reply, type === undefined ? `{"${signal}":${banks}}` : banks);
}

function signalOf(request: FastifyRequest) {
  const type = parameterOf(request, 'signal_type') ?? '';
  if (!isLookupType(type)) throw new VigieError('bad_request', `No such SignalType '${type}'`);
  return hashesOfSignal(type, parameterOf(request, 'signal') ?? '', 'invalid signal');
}

/** On GET as well, where HMA documents it and forgets it. */
function isBypass(request: FastifyRequest): boolean {
  return flagOf(request, 'bypass_coinflip');
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
