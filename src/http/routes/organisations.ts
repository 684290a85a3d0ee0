import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { actorOf, roles } from '../../domain/key.js';
import type { OrganisationSettings } from '../../domain/organisation.js';
import type { OrganisationsAndKeys } from '../../service/accounts/organisations-and-keys.js';
import { callerOf } from '../hooks/access.js';
import {
  newOrganisationSchema,
  organisationIdSchema,
  organisationSchema,
  organisationsSchema,
  settingsPatchSchema,
} from '../schemas/organisation.js';

/** `/v1/organisation`: a caller's own; `/v1/organisations`: what operators set up. */
export function organisationRoutes(app: FastifyInstance, accounts: OrganisationsAndKeys): void {
  ownRoutes(app, accounts);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['operator'] } as const;
  routes.get(
    '/v1/organisations',
    { config, schema: { summary: 'All organisations', response: { 200: organisationsSchema } } },
    async () => ({ items: await accounts.listOrganisations() }),
  );
  routes.post(
    '/v1/organisations',
    {
      config: { ...config, writes: true },
      schema: {
        summary: 'Create an organisation; a second operator confirms it',
        body: newOrganisationSchema,
        response: { 201: organisationSchema },
      },
    },
    async (request, reply) => {
      const created = await accounts.createOrganisation(actorOf(callerOf(request)), request.body);
      reply.code(201);
      return created;
    },
  );
  routes.post(
    '/v1/organisations/:id/confirm',
    {
      config: { ...config, writes: true },
      schema: {
        summary: 'Confirm what another operator created',
        params: organisationIdSchema,
        response: { 200: organisationSchema },
      },
    },
    async (request) => accounts.confirmOrganisation(actorOf(callerOf(request)), request.params.id),
  );
  routes.patch(
    '/v1/organisations/:id',
    {
      config,
      schema: {
        summary: "Change an organisation's settings",
        params: organisationIdSchema,
        body: settingsPatchSchema,
        response: { 200: organisationSchema },
      },
    },
    async (request) => accounts.configureOrganisation(actorOf(callerOf(request)), request.params.id, given(request.body)),
  );
}

function ownRoutes(app: FastifyInstance, accounts: OrganisationsAndKeys): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/organisation',
    {
      config: { access: roles },
      schema: { summary: 'Your organisation and its settings', response: { 200: organisationSchema } },
    },
    async (request) => accounts.organisation(callerOf(request).organisation),
  );
  routes.patch(
    '/v1/organisation',
    {
      // Its legal choices are a platform's own, but its key is a machine's: it tightens, an operator loosens (People.configureOwn).
      config: { access: ['platform', 'operator'] },
      schema: {
        summary: "Change your organisation's settings",
        body: settingsPatchSchema,
        response: { 200: organisationSchema },
      },
    },
    async (request) => accounts.configureOwn(callerOf(request), given(request.body)),
  );
}

type Patch = { readonly [Name in keyof OrganisationSettings]?: OrganisationSettings[Name] | undefined };

/** Only what was sent: an undefined setting would overwrite the standing one. */
function given({ regimes, verdictDays, queryHours, tells }: Patch): Partial<OrganisationSettings> {
  return {
    ...(regimes && { regimes }),
    ...(verdictDays !== undefined && { verdictDays }),
    ...(queryHours !== undefined && { queryHours }),
    ...(tells && { tells }),
  };
}
