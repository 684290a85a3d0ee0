import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, VigieError } from '../../domain/errors.js';
import { AllowedMethods } from './allowed-methods.js';
import { foreignShapeOf, shapeOf } from './error-shapes.js';
import { hasBody } from './has-body.js';
import { dropUnreadBody } from './unread-body.js';

export const maxPathName = 200;

export const internalDetail = 'Internal server error. The operator finds the cause in the log by requestId.';

/** Logs internal errors; the client learns nothing about them. */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal.code === 'internal') request.log.error({ reqId: request.id, err: error }, 'request failed');
    return sendProblem(request, reply, refusal);
  });
  const allowed = new AllowedMethods(app);
  const refuse = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = allowed.of(pathOf(request)).join(', ');
    if (methods !== '') reply.header('allow', methods);
    return sendProblem(request, reply, unroutedError(request, methods));
  };
  // For files below /docs.
  app.setNotFoundHandler(refuse);
  app.addHook('onRequest', (request, reply, done) => {
    // Fastify would read the body first.
    if (request.is404) refuse(request, reply);
    else done();
  });
}

function unroutedError(request: FastifyRequest, methods: string): VigieError {
  const { method } = request;
  const path = pathOf(request);
  return methods === ''
    ? new VigieError('not_found', `unknown route ${method} ${path}; see /docs`)
    : new VigieError('method_not_allowed', `${path} does not take ${method}; send ${methods}`);
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: VigieError): FastifyReply {
  const { retryAfterSeconds = isTemporary(error) ? 1 : undefined } = error;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  request.refusedFor = error.code;
  const shape = shapeOf(request);
  if (error.code === 'unauthorized') reply.header('www-authenticate', shape.challenge);
  // Without a body there is no rest, even while Node calls the request incomplete.
  if (hasBody(request) && !request.raw.complete && !request.raw.destroyed) {
    dropUnreadBody(request.raw, reply.raw, reply.hasHeader('connection'));
  }
  return reply
    .code(error.status)
    .type(shape.type)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(shape.bodyOf(error, request.id));
}

function isTemporary({ status }: VigieError): boolean {
  return status === 503 || status === 429;
}

/** For errors before routing: a malformed URL, or a parameter that is too long. */
export function answerUnrouted(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  sendProblem(request, reply, refusalOf(error, request));
}

const codeOf: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'empty_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

function refusalOf(error: unknown, request: FastifyRequest): VigieError {
  if (error instanceof VigieError) return error;
  // Nobody reads this answer.
  if (request.raw.socket.destroyed) return new VigieError('bad_request', 'the client went away');
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(({ instancePath, message }) => `${fieldOf(instancePath)}: ${message}`);
    return new VigieError('bad_request', fields.slice(0, 5).join('; '));
  }
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>;
  const known = codeOf[code];
  if (known === 'body_too_large')
    return new VigieError(known, `the body has more than ${request.routeOptions.bodyLimit} bytes, the limit`);
  if (known === 'unsupported_media_type')
    return new VigieError(
      known,
      `this route does not take ${request.headers['content-type'] ?? 'a body without a content type'}; see /docs`,
    );
  // A client of HMA takes 404 for "this bank is gone", and forgets it.
  if (known === 'not_found' && foreignShapeOf(request) === 'hma')
    return new VigieError('bad_request', `a name in the path has more than ${maxPathName} characters, the limit`);
  if (known === 'not_found') return new VigieError(known, 'the id in the path is too long');
  if (known) return new VigieError(known, message ?? 'malformed');
  if (statusCode >= 400 && statusCode < 500) return new VigieError('bad_request', message ?? 'malformed');
  return new VigieError('internal', internalDetail);
}

function fieldOf(instancePath: string): string {
  return instancePath.replace(/^\//, '').replaceAll('/', '.') || 'body';
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url;
}
