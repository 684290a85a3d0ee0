import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { packageRoot } from '../../package-root.js';
import { problemSchema } from '../schemas/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route takes when it parses its body itself: schemas of JSON by content type, and content types of plain bytes. */
    takes?: { readonly json?: Readonly<Record<string, z.ZodType>>; readonly bytes?: readonly string[] };
  }
}

/** The OpenAPI 3.1 document at /openapi.json and a page to read it at /docs, both made from the schemas the routes parse with. */
export async function installOpenApi(app: FastifyInstance): Promise<void> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')));
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Vigie',
        version,
        description: 'Known-image hash matching: is this image, or a copy of it, known content, and what must be done about it?',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'vig_<id>_<secret>' } } },
    },
    transform: describeRoute,
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, validatorUrl: null },
    staticCSP: true,
    // The service speaks plain HTTP on loopback, and the page asks nobody else for anything.
    transformStaticCSP: (header) => header.replace(/ ?upgrade-insecure-requests;/, '').replace(' validator.swagger.io', ''),
  });
}

type Transform = Parameters<typeof jsonSchemaTransform>[0];

/** What the type provider makes of a route, and what it cannot know: who may call, bodies parsed by the route itself, refusals. */
function describeRoute(route: Transform) {
  const { url, schema } = jsonSchemaTransform(route);
  const { takes, access, writes } = route.route.config ?? {};
  const roles = Array.isArray(access) ? { description: `Roles: ${access.join(', ')}`, security: [{ key: [] }] } : {};
  const body = takes ? { body: { content: contentOf(takes) } } : {};
  const headers = writes ? { headers: idempotencyHeaders } : {};
  const refusals = {
    description: 'Refused: see code and detail',
    content: { 'application/problem+json': { schema: problemJson } },
  };
  const response = { ...(schema.response as object), '4xx': refusals, '5xx': refusals };
  return {
    url,
    schema: { ...schema, ...roles, ...body, ...headers, tags: [tagOf(url)], ...(schema.hide !== true && { response }) },
  };
}

const idempotencyHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[!-~]{1,200}$',
      description: 'the same request under the same key is done once within 24 hours, and answered the same again',
    },
  },
};

function tagOf(url: string): string {
  if (url.startsWith('/v1/match') || url === '/v1/hash') return 'Matching';
  if (/^\/v1\/(orders|notices|regimes)/.test(url)) return 'Obligations';
  if (url.startsWith('/v1/organisation')) return 'Organisations';
  return url.startsWith('/v1/') ? 'Known content' : 'Operation';
}

const problemJson = z.toJSONSchema(problemSchema, { target: 'draft-2020-12' });

function contentOf({ json = {}, bytes = [] }: NonNullable<import('fastify').FastifyContextConfig['takes']>) {
  const described = Object.entries(json).map(([type, schema]) => [
    type,
    { schema: z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) },
  ]);
  const plain = bytes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
  return Object.fromEntries([...described, ...plain]);
}
