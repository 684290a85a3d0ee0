import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Bank } from '../../service/hma/bank-cache.js';
import type { BankCuration } from '../../service/hma/bank-curation.js';
import { callerOf } from '../hooks/access.js';
import type { HmaBody } from './bodies.js';
import { Float, sendJson } from './json.js';
import { truthOf } from './query.js';
import { hmaRoute } from './route.js';
import { Unprocessable } from './unprocessable.js';

export const curators = ['platform', 'analyst'] as const;

/** Clients send numbers and truths as text as well. */
const ratio = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish();
const truth = z.union([z.boolean(), z.string().transform(truthOf).pipe(z.boolean())]).nullish();
const settings = { enabled_ratio: ratio, matching_enabled_ratio: ratio, enabled: truth };
const newBankSchema = z.object({ name: z.string(), ...settings });
const bankPatchSchema = z.object({ name: z.string().nullish(), ...settings });

export function shownBank({ name, ratio: share }: Bank) {
  return { matching_enabled_ratio: new Float(share), name };
}

export function bankNameOf({ params }: FastifyRequest): string {
  return (params as { readonly bank: string }).bank;
}

export function bankRoutes(scope: FastifyInstance, banks: BankCuration): void {
  hmaRoute(scope, { method: 'GET', url: '/c/banks', access: curators }, async (request, reply) =>
    sendJson(reply, (await banks.all(callerOf(request))).map(shownBank)),
  );
  hmaRoute(scope, { method: 'POST', url: '/c/banks', access: curators, counts: 'requests' }, async (request, reply) => {
    const asked = checked(newBankSchema, request);
    return sendJson(reply, shownBank(await banks.create(callerOf(request), asked.name, ratioOf(asked) ?? 1)), 201);
  });
  const url = '/c/bank/:bank';
  hmaRoute(scope, { method: 'GET', url, access: curators }, async (request, reply) =>
    sendJson(reply, shownBank(await banks.get(callerOf(request), bankNameOf(request)))),
  );
  hmaRoute(scope, { method: 'PUT', url, access: curators }, async (request, reply) => {
    const asked = checked(bankPatchSchema, request);
    const change = { name: asked.name ?? undefined, ratio: ratioOf(asked) };
    return sendJson(reply, shownBank(await banks.update(callerOf(request), bankNameOf(request), change)));
  });
  hmaRoute(scope, { method: 'DELETE', url, access: curators }, async (request, reply) => {
    await banks.delete(callerOf(request), bankNameOf(request));
    return sendJson(reply, { message: 'Done' });
  });
}

/** A ratio wins over `enabled`. HMA ignores the name that it shows itself; one client sends that. */
function ratioOf(asked: z.output<typeof bankPatchSchema>): number | undefined {
  const given = asked.enabled_ratio ?? asked.matching_enabled_ratio;
  if (given !== null && given !== undefined) return given;
  return asked.enabled === null || asked.enabled === undefined ? undefined : Number(asked.enabled);
}

/** @throws Unprocessable. */
function checked<Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> {
  const body = request.body as HmaBody;
  const value = typeof body === 'object' && 'json' in body ? body.json : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw Unprocessable.notAnObject();
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw Unprocessable.of(parsed.error, value);
  return parsed.data;
}
