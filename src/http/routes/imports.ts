import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { shownImport, uuidOfImportId } from '../../domain/import.js';
import { actorOf } from '../../domain/key.js';
import type { ImportQueue } from '../../service/imports/import-queue.js';
import type { Imports } from '../../service/imports/imports.js';
import { callerOf } from '../hooks/access.js';
import { importIdSchema, importPageQuerySchema, importPageSchema, importQuerySchema, importSchema } from '../schemas/import.js';

export interface ImportRouteParts {
  readonly imports: Imports;
  readonly importQueue: ImportQueue;
  readonly limits: { readonly maxImportBytes: number; readonly bodyTimeoutMs: number };
}

const access = ['analyst'] as const;

export async function importRoutes(app: FastifyInstance, parts: ImportRouteParts): Promise<void> {
  const { imports } = parts;
  await app.register(async (scope) => uploadRoute(scope, parts));
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/imports',
    {
      config: { access },
      schema: {
        summary: 'List imports',
        description: 'Imports of your organisation, newest first.',
        querystring: importPageQuerySchema,
        response: { 200: importPageSchema },
      },
    },
    async (request) => {
      const { list, cursor, limit } = request.query;
      const before = cursor === undefined ? undefined : uuidOf(cursor);
      const items = (await imports.page(actorOf(callerOf(request)), list, before, limit)).map(shownImport);
      return { items, nextCursor: items.length < limit ? null : (items.at(-1)?.id ?? null) };
    },
  );
  routes.get(
    '/v1/imports/:id',
    {
      config: { access },
      schema: { summary: 'Get an import', params: importIdSchema, response: { 200: importSchema } },
    },
    async (request) => shownImport(await imports.read(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
  routes.post(
    '/v1/imports/:id/confirm',
    {
      config: { access },
      schema: {
        summary: 'Confirm an import that ends many claims',
        description: 'For a second person, of an import in the state `waiting`.',
        params: importIdSchema,
        response: { 200: importSchema },
      },
    },
    async (request) => shownImport(await imports.confirm(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
  routes.post(
    '/v1/imports/:id/cancel',
    {
      config: { access, repeatable: true },
      schema: {
        summary: 'Cancel an import',
        description: 'Of an import in the state `reading` or `waiting`. Nothing of it remains.',
        params: importIdSchema,
        response: { 200: importSchema },
      },
    },
    async (request) => shownImport(await imports.cancel(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
}

function uploadRoute(app: FastifyInstance, { imports, importQueue, limits }: ImportRouteParts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (_request: unknown, payload: unknown) => payload);
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/imports',
    {
      bodyLimit: limits.maxImportBytes,
      config: { access, repeatable: true, uploads: true, takes: { bytes: ['application/octet-stream'] } },
      // Before the body is read.
      onRequest: async (request) => {
        const { data } = importQuerySchema.pick({ list: true }).loose().safeParse(request.query);
        // The schema of the route refuses the query then.
        if (!data) return;
        imports.admit(actorOf(callerOf(request)), data.list);
        if (Number(request.headers['content-length'] ?? 0) > limits.maxImportBytes) throw tooLarge(limits.maxImportBytes);
        importQueue.assertRoom();
      },
      schema: {
        summary: 'Import a file of hashes into a list',
        description:
          'Send the file as it is, or packed with gzip or zip. Either the whole file is imported or nothing of it. The answer comes when the upload is complete; poll the import until its state is final. Importing a file twice changes nothing.',
        querystring: importQuerySchema,
        response: { 202: importSchema },
      },
    },
    async (request, reply) => {
      const { list, format, source, file, replace, dryRun, skipInvalid } = request.query;
      const actor = actorOf(callerOf(request));
      const options = { replace: replace === 'true', dryRun: dryRun === 'true', skipInvalid: skipInvalid === 'true' };
      const id = await importQueue.receive(async () => {
        const path = await spool(request, importQueue, limits);
        return importQueue.start(actor, { list, path, file, format, source, ...options });
      });
      reply.code(202);
      return shownImport(await imports.read(actor, id));
    },
  );
}

/** @throws VigieError `empty_body`, `body_too_large`, `body_timeout`, `overloaded`. */
async function spool(
  { body }: FastifyRequest,
  importQueue: ImportQueue,
  { maxImportBytes, bodyTimeoutMs }: ImportRouteParts['limits'],
): Promise<string> {
  if (!(body instanceof Readable)) throw new VigieError('empty_body', 'the body is empty; send the file');
  await mkdir(importQueue.folder, { recursive: true, mode: 0o700 });
  const path = importQueue.newPath();
  let length = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length <= maxImportBytes) return done(null, chunk);
      done(tooLarge(maxImportBytes));
    },
  });
  const idle = new AbortController();
  const timeout = setTimeout(() => idle.abort(), bodyTimeoutMs);
  body.on('data', () => timeout.refresh());
  try {
    await pipeline(body, counted, createWriteStream(path, { mode: 0o600 }), { signal: idle.signal });
  } catch (error) {
    await rm(path, { force: true });
    if (idle.signal.aborted) throw new VigieError('body_timeout', `no byte of the file arrived within ${bodyTimeoutMs} ms`);
    if (isDiskFull(error)) throw new VigieError('overloaded', diskFull, diskFullRetrySeconds, error);
    throw error;
  } finally {
    clearTimeout(timeout);
  }
  if (length > 0) return path;
  await rm(path, { force: true });
  throw new VigieError('empty_body', 'the body is empty; send the file');
}

const diskFull =
  'the disk of this node is full (VIGIE_DATA_DIR), so the file was not stored; retry when the operator has made room';
const diskFullRetrySeconds = 60;

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function tooLarge(maxBytes: number): VigieError {
  return new VigieError('body_too_large', `the file has more than ${maxBytes} bytes, the limit (VIGIE_MAX_IMPORT_BYTES)`);
}

function uuidOf(id: string): string {
  const uuid = uuidOfImportId(id);
  if (!uuid) throw new VigieError('not_found', 'no such import');
  return uuid;
}
