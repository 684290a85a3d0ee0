import type { FastifyRequest } from 'fastify';
import { VigieError } from '../domain/errors.js';
import type { ImageBody } from './hooks/bodies.js';
import { boundaryOf, parseMultipart } from './multipart.js';

/** For multipart framing and fields around the image. */
export const framingBytes = 128 * 1024;

/** Undefined for JSON. @throws VigieError `empty_body`, `body_too_large`, and as `parseMultipart`. */
export function imageOf(
  request: FastifyRequest,
  maxImageBytes: number,
): { image: Buffer; fields: ReadonlyMap<string, string> } | undefined {
  const { body } = request;
  if (body === undefined || body === null)
    throw new VigieError('empty_body', 'the body is empty; send an image, or JSON with hashes');
  if (!isImageBody(body)) return undefined;
  const { image, fields } =
    'image' in body
      ? { image: body.image, fields: new Map<string, string>() }
      : parseMultipart(body.multipart, request.headers['content-type'] ?? '');
  if (!image || image.length === 0) throw new VigieError('empty_body', 'image: is empty; send the bytes of an image');
  if (image.length > maxImageBytes) {
    throw new VigieError('body_too_large', `the image has ${image.length} bytes, the limit is ${maxImageBytes}`);
  }
  return { image, fields };
}

/** Without the multipart boundary: clients choose a new one for each retry. */
export function bytesOfBody({ body, headers }: FastifyRequest): Buffer[] {
  if (!isImageBody(body)) return [];
  if ('image' in body) return [body.image];
  const boundary = boundaryOf(headers['content-type'] ?? '');
  return boundary ? partsBetween(body.multipart, `--${boundary}`) : [body.multipart];
}

/** A marker replaces each separator, so that no part can imitate the next. */
function partsBetween(bytes: Buffer, separator: string): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, from)) {
    parts.push(bytes.subarray(from, at), Buffer.from('\0\n'));
    from = at + separator.length;
  }
  return [...parts, bytes.subarray(from)];
}

function isImageBody(body: unknown): body is ImageBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    (('image' in body && Buffer.isBuffer(body.image)) || ('multipart' in body && Buffer.isBuffer(body.multipart)))
  );
}
