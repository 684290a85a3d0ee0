import { finished, Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';
import { shownExport, uuidOfExportId } from '../../domain/export.js';
import { actorOf } from '../../domain/key.js';
import type { Exports } from '../../service/exports/exports.js';
import { callerOf } from '../hooks/access.js';
import { exportIdSchema, exportPageQuerySchema, exportPageSchema, exportRequestSchema, exportSchema } from '../schemas/export.js';

const people = ['analyst', 'reviewer'] as const;

export function exportRoutes(app: FastifyInstance, exports: Exports): void {
  askRoute(app, exports);
  readRoutes(app, exports);
  decideRoutes(app, exports);
  fileRoute(app, exports);
}

function askRoute(app: FastifyInstance, exports: Exports): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/exports',
    {
      config: { access: ['analyst'] },
      schema: {
        summary: 'Ask for an export of a list',
        description:
          'Another person of your organisation must confirm it. Your organisation must own the list, or hold the right `export`.',
        body: exportRequestSchema,
        response: { 201: exportSchema },
      },
    },
    async (request, reply) => {
      const { scheme = null, age = null, ...given } = request.body;
      reply.code(201);
      return shownExport(await exports.ask(actorOf(callerOf(request)), { ...given, scheme, ageKey: age }));
    },
  );
}

function readRoutes(app: FastifyInstance, exports: Exports): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/exports',
    {
      config: { access: people },
      schema: {
        summary: 'List exports',
        description: 'Exports of your organisation, and those of others from lists that it owns, newest first.',
        querystring: exportPageQuerySchema,
        response: { 200: exportPageSchema },
      },
    },
    async (request) => {
      const { list, cursor, limit } = request.query;
      const before = cursor === undefined ? undefined : uuidOf(cursor);
      const found = await exports.page(actorOf(callerOf(request)), list, before, limit);
      const items = found.map((one) => shownExport(one));
      return { items, nextCursor: items.length < limit ? null : (items.at(-1)?.id ?? null) };
    },
  );
  routes.get(
    '/v1/exports/:id',
    {
      config: { access: people },
      schema: { summary: 'Get an export', params: exportIdSchema, response: { 200: exportSchema } },
    },
    async (request) => shownExport(await exports.read(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
}

function decideRoutes(app: FastifyInstance, exports: Exports): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/exports/:id/confirm',
    {
      config: { access: people },
      schema: {
        summary: 'Confirm an export',
        description: 'For another person than the one who asked. The two may then download the file for 24 hours.',
        params: exportIdSchema,
        response: { 200: exportSchema },
      },
    },
    async (request) => shownExport(await exports.confirm(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
  routes.post(
    '/v1/exports/:id/cancel',
    {
      config: { access: ['analyst'], repeatable: true },
      schema: {
        summary: 'Cancel an export',
        description: 'Nobody can download it any more. Its canaries stay.',
        params: exportIdSchema,
        response: { 200: exportSchema },
      },
    },
    async (request) => shownExport(await exports.cancel(actorOf(callerOf(request)), uuidOf(request.params.id))),
  );
}

function fileRoute(app: FastifyInstance, exports: Exports): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/exports/:id/file',
    {
      // It would count as a download.
      exposeHeadRoute: false,
      config: { access: people },
      schema: {
        summary: 'Download an export',
        description:
          'The file, for the person who asked and the one who confirmed. If the connection breaks off, the file is not complete: compare its SHA-256 with the receipt of the download.',
        params: exportIdSchema,
        response: { 200: z.any().describe('The file.').meta({ type: 'string', format: 'binary' }) },
      },
      serializerCompiler: () => String,
    },
    async (request, reply) => {
      const { fileName, chunks, end } = await exports.send(actorOf(callerOf(request)), uuidOf(request.params.id));
      finished(reply.raw, { readable: false }, (error) => void end(!error));
      return reply
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .header('cache-control', 'no-store')
        .type('application/octet-stream')
        .send(Readable.from(chunks, { objectMode: false }));
    },
  );
}

function uuidOf(id: string): string {
  const uuid = uuidOfExportId(id);
  if (!uuid) throw new VigieError('not_found', 'no such export; GET /v1/exports shows yours');
  return uuid;
}
