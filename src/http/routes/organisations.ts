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

export function organisationRoutes(app: FastifyInstance, accounts: OrganisationsAndKeys): void {
  ownRoutes(app, accounts);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['operator'] } as const;
  routes.get(
    '/v1/organisations',
    { config, schema: { summary: 'List all organisations', response: { 200: organisationsSchema } } },
    async () => ({ items: await accounts.listOrganisations() }),
  );
  routes.post(
    '/v1/organisations',
    {
      config,
      schema: {
        summary: 'Create an organisation',
        description: 'A second operator must confirm it before its keys work.',
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
      config,
      schema: {
        summary: 'Confirm an organisation',
        description: 'Only another operator than its creator may confirm it.',
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
        summary: 'Change the settings of an organisation',
        description: 'Settings that you leave out stay as they are.',
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
      schema: { summary: 'Get your organisation', response: { 200: organisationSchema } },
    },
    async (request) => accounts.organisation(callerOf(request).organisation),
  );
  routes.patch(
    '/v1/organisation',
    {
      config: { access: ['platform', 'operator'] },
      schema: {
        summary: 'Change the settings of your organisation',
        description:
          'Settings that you leave out stay as they are. A platform key may only tighten them: switch regimes on, keep verdicts longer, reveal less. It may change `queryHours` both ways. An operator may loosen them.',
        body: settingsPatchSchema,
        response: { 200: organisationSchema },
      },
    },
    async (request) => accounts.configureOwn(callerOf(request), given(request.body)),
  );
}

type Patch = { readonly [Name in keyof OrganisationSettings]?: OrganisationSettings[Name] | undefined };

/** An undefined setting would overwrite the current one. */
function given({ regimes, verdictDays, queryHours, tells }: Patch): Partial<OrganisationSettings> {
  return {
    ...(regimes && { regimes }),
    ...(verdictDays !== undefined && { verdictDays }),
    ...(queryHours !== undefined && { queryHours }),
    ...(tells && { tells }),
  };
}
