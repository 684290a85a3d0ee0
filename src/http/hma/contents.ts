import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import type { Bank } from '../../service/hma/bank-cache.js';
import type { BankCuration } from '../../service/hma/bank-curation.js';
import type { ContentCuration, ContentPatch, HmaContent } from '../../service/hma/content-curation.js';
import type { Media } from '../../service/hma/hashing.js';
import { clientLeft } from '../client-left.js';
import { callerOf } from '../hooks/access.js';
import { bankNameOf, curators, shownBank } from './banks.js';
import { type HmaBody, jsonOf } from './bodies.js';
import { contentPatchOf, metadataInQuery, metadataInText, metadataOf, noteOf } from './descriptions.js';
import { sendJson } from './json.js';
import { flagOf, parameterOf, truthOf } from './query.js';
import { fetchedMedia } from './remote-media.js';
import { hmaRoute } from './route.js';
import { askedSignal } from './types.js';
import { isForm, uploadLimit, uploadOf } from './uploads.js';

export interface ContentRouteParts {
  readonly bankCuration: BankCuration;
  readonly contentCuration: ContentCuration;
  readonly imageFetcher: Pick<ImageFetcher, 'fetch'>;
  readonly limits: { readonly maxImageBytes: number };
}

export function contentRoutes(scope: FastifyInstance, parts: ContentRouteParts): void {
  const { bankCuration, contentCuration, limits } = parts;
  const bankOf = (request: FastifyRequest): Promise<Bank> => bankCuration.get(callerOf(request), bankNameOf(request));
  const added = { url: '/c/bank/:bank/content', bodyLimit: uploadLimit(limits.maxImageBytes), takesFile: true };
  hmaRoute(scope, { method: 'POST', access: curators, counts: 'requests', ...added }, async (request, reply) => {
    const bank = await bankOf(request);
    contentCuration.assertCurates(callerOf(request), bank);
    const { media, patch } = await sentContent(parts, request, reply);
    askedSignal(request, media.type);
    return sendJson(reply, await contentCuration.addMedia(callerOf(request), bank, media, patch, clientLeft(reply)));
  });
  // As a match: otherwise a platform could fill the index without a limit.
  hmaRoute(
    scope,
    { method: 'POST', url: '/c/bank/:bank/signal', access: curators, counts: 'requests' },
    async (request, reply) => {
      const bank = await bankOf(request);
      const { note, ...signals } = objectOf(jsonOf(request));
      const texts = Object.entries(signals).map(([type, text]) => [type, typeof text === 'string' ? text : ''] as const);
      if (texts.length === 0) throw new VigieError('bad_request', 'No signals given');
      const patch = { note: noteOf(note) ?? undefined };
      return sendJson(reply, await contentCuration.addSignals(callerOf(request), bank, Object.fromEntries(texts), patch));
    },
  );
  oneContentRoutes(scope, parts, bankOf);
}

function oneContentRoutes(
  scope: FastifyInstance,
  { contentCuration, bankCuration }: ContentRouteParts,
  bankOf: (request: FastifyRequest) => Promise<Bank>,
): void {
  const url = '/c/bank/:bank/content/:content';
  hmaRoute(scope, { method: 'GET', url, access: curators }, async (request, reply) => {
    const bank = await bankOf(request);
    const content = await contentCuration.get(callerOf(request), bank, contentIdOf(request));
    // Hashes of another list are not told.
    const withSignals = flagOf(request, 'include_signals') && bankCuration.isOwn(callerOf(request), bank);
    const withMetadata = truthOf(parameterOf(request, 'include_metadata') ?? 'true') ?? true;
    return sendJson(reply, {
      ...{ bank: shownBank(bank), disable_until_ts: content.disabledUntil, id: content.id },
      metadata: withMetadata && content.metadata ? { collab: null, ...shownMetadata(content) } : undefined,
      ...{ note: content.note ?? undefined, original_media_uri: null },
      signals: withSignals ? content.signals : undefined,
    });
  });
  hmaRoute(scope, { method: 'PUT', url, access: curators }, async (request, reply) => {
    const bank = await bankOf(request);
    const patch = contentPatchOf(objectOf(jsonOf(request)), Date.now());
    const content = await contentCuration.update(callerOf(request), bank, contentIdOf(request), patch);
    return sendJson(reply, {
      ...{ bank: shownBank(bank), collab_metadata: {}, disable_until_ts: content.disabledUntil, id: content.id },
      ...{ note: content.note, original_media_uri: null },
      user_metadata: content.metadata ? shownMetadata(content) : null,
    });
  });
  hmaRoute(scope, { method: 'DELETE', url, access: curators }, async (request, reply) => {
    const bank = await bankOf(request);
    const outcome = await contentCuration.delete(callerOf(request), bank, contentIdOf(request));
    if (outcome === 'waits') return sendJson(reply, { message: 'A second person must withdraw it as well' }, 202);
    return sendJson(reply, { deleted: Number(outcome === 'deleted') });
  });
}

function shownMetadata({ metadata }: HmaContent) {
  const { content_id = null, content_uri = null, json = null } = metadata ?? {};
  return { content_id, content_uri, json };
}

/** @throws VigieError `not_found`. */
function contentIdOf({ params }: FastifyRequest): number {
  const { content } = params as { readonly content: string };
  if (!/^\d{1,15}$/.test(content)) throw new VigieError('not_found', `content '${content.slice(0, 40)}' not found`);
  return Number(content);
}

/** @throws VigieError `bad_request`. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new VigieError('bad_request', 'Request input was not a dict');
}

async function sentContent(
  { imageFetcher, limits }: ContentRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ media: Media; patch: ContentPatch }> {
  const [id, uri, text] = ['content_id', 'content_uri', 'metadata'].map((name) => parameterOf(request, name));
  const inQuery = metadataInQuery(id, uri, text);
  if (isForm(request)) {
    const { media, fields } = uploadOf(request, limits.maxImageBytes);
    const ofForm = metadataInQuery(fields.get('content_id'), fields.get('content_uri'), undefined);
    const inForm = metadataInText(fields.get('metadata'));
    const metadata = inForm || ofForm ? { ...inForm, ...ofForm } : inQuery;
    return { media, patch: { metadata, note: noteOf(fields.get('note')) ?? undefined } };
  }
  const url = parameterOf(request, 'url');
  if (url === undefined) throw new VigieError('bad_request', 'Neither `url` nor multipart file upload was received');
  const body = request.body as HmaBody;
  const described = body === undefined || body === 'other' ? {} : objectOf(jsonOf(request));
  const patch = { metadata: metadataOf(described.metadata) ?? inQuery, note: noteOf(described.note) ?? undefined };
  return { media: await fetchedMedia(imageFetcher, request, reply, url), patch };
}
