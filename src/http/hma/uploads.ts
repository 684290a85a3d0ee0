import type { FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { assertContentType, type Media } from '../../service/hma/hashing.js';
import { framingBytes } from '../image-body.js';
import { partsOfForm } from '../multipart.js';
import type { HmaBody } from './bodies.js';

export interface Upload {
  readonly media: Media;
  readonly fields: ReadonlyMap<string, string>;
}

export function uploadLimit(maxImageBytes: number): number {
  return maxImageBytes + framingBytes;
}

export function isForm({ body }: FastifyRequest): boolean {
  const sent = body as HmaBody;
  return typeof sent === 'object' && 'multipart' in sent;
}

/** One file of a form. The name of its field says what it is: its own type is often application/octet-stream. @throws VigieError. */
export function uploadOf(request: FastifyRequest, maxImageBytes: number): Upload {
  const missing = new VigieError('bad_request', 'Missing multipart/form-data file upload');
  const body = request.body as HmaBody;
  if (typeof body !== 'object' || !('multipart' in body)) throw missing;
  const parts = partsOfForm(body.multipart, request.headers['content-type'] ?? '');
  const files = parts.filter(({ hasFileName }) => hasFileName);
  if (files.length > 1) throw new VigieError('bad_request', 'Only one file allowed per request');
  const [file] = files;
  if (!file) throw missing;
  assertContentType(file.name);
  if (file.content.length > maxImageBytes) throw new VigieError('body_too_large', 'Content too large');
  const fields = new Map(
    parts.flatMap(({ name, hasFileName, content }) => (hasFileName ? [] : [[name, content.toString('utf8')]])),
  );
  return { media: { type: file.name, bytes: file.content }, fields };
}
