import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { packageRoot } from '../../package-root.js';
import { problemSchema } from '../schemas/problem.js';
import { takesIdempotencyKey } from './idempotent-route.js';
import { takesSession } from './session-cookie.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes that parse their bodies themselves: JSON schemas by content type, and types of plain bytes. */
    takes?: { readonly json?: Readonly<Record<string, z.ZodType>>; readonly bytes?: readonly string[] };
  }
}

/** At /openapi.json, and as a page at /docs. */
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
        description:
          'Vigie compares images with lists of known abusive images, and says what a platform should do with them. It stores hashes, never images.',
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key: vig_<id>_<secret>.' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-vigie_session', description: 'The cookie of a session.' },
          csrfToken: { type: 'apiKey', in: 'header', name: 'x-csrf-token', description: 'The csrfToken of the session.' },
        },
      },
    },
    transform: describeRoute,
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    uiConfig: { deepLinking: true, validatorUrl: null },
    staticCSP: true,
    // The page is served over HTTP and must not contact other hosts.
    transformStaticCSP: (header) => header.replace(/ ?upgrade-insecure-requests;/, '').replace(' validator.swagger.io', ''),
  });
}

type Transform = Parameters<typeof jsonSchemaTransform>[0];

/** Adds what the type provider does not know. */
function describeRoute(route: Transform) {
  const { url, schema } = jsonSchemaTransform(route);
  const { config } = route.route;
  const { takes, access } = config ?? {};
  const isPublic = !Array.isArray(access);
  const roles = isPublic ? 'No key needed.' : `Roles: ${access.join(', ')}.`;
  const description = [schema.description, roles].filter(Boolean).join('\n\n');
  const body = takes ? { body: { content: contentOf(takes) } } : {};
  const headers = takesIdempotencyKey(route.route) ? { headers: idempotencyHeaders } : {};
  const errors = {
    description: 'An error: see `code` and `detail`.',
    content: { 'application/problem+json': { schema: problemJson } },
  };
  const response = { ...(schema.response as object), '4xx': errors, '5xx': errors };
  return {
    url,
    schema: {
      ...schema,
      description,
      ...(!isPublic && { security: [{ key: [] }, ...(config && takesSession(config) ? [{ session: [], csrfToken: [] }] : [])] }),
      ...body,
      ...headers,
      tags: [tagOf(url)],
      ...(schema.hide !== true && { response }),
    },
  };
}

const idempotencyHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[!-~]{1,200}$',
      description: 'Vigie does the same request with the same key once within 24 hours. A retry gets the same answer.',
    },
  },
};

function tagOf(url: string): string {
  if (url.startsWith('/v1/match') || url === '/v1/hash') return 'Matching';
  if (/^\/v1\/(orders|notices|regimes)/.test(url)) return 'Obligations';
  if (/^\/v1\/(organisation|session|keys)/.test(url)) return 'Organisations';
  if (url.startsWith('/v1/cases')) return 'Cases';
  return /^\/v1\/(entries|lists|queue|series)/.test(url) ? 'Known content' : 'Operation';
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
