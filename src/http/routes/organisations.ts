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
import { confirmationSchema } from '../schemas/proposal.js';

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
        description:
          'Settings that you leave out stay as they are. 202: the change weakens a setting, so a second operator must confirm it. The answer shows the settings as they are until then; GET /v1/proposals shows the change.',
        params: organisationIdSchema,
        body: settingsPatchSchema,
        response: { 200: organisationSchema, 202: organisationSchema },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const actor = actorOf(callerOf(request));
      const { organisation, waiting } = await accounts.configureOrganisation(actor, params.id, given(body), body.expectedVersion);
      reply.code(waiting ? 202 : 200);
      return organisation;
    },
  );
  routes.post(
    '/v1/organisations/:id/settings/confirm',
    {
      config,
      schema: {
        summary: 'Confirm a change of settings',
        description: 'Makes the change of settings that another operator proposed.',
        params: organisationIdSchema,
        body: confirmationSchema,
        response: { 200: organisationSchema },
      },
    },
    async (request) => accounts.confirmSettings(actorOf(callerOf(request)), request.params.id, request.body?.proposal),
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
          'Settings that you leave out stay as they are. A platform key may only tighten them: switch regimes on, keep verdicts longer, reveal less, fetch from fewer hosts, and name a first contact. It may change `queryHours` and `sharesFeedback` both ways. An operator may loosen them; 202: a second operator must confirm that.',
        body: settingsPatchSchema,
        response: { 200: organisationSchema, 202: organisationSchema },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { organisation, waiting } = await accounts.configureOwn(callerOf(request), given(body), body.expectedVersion);
      reply.code(waiting ? 202 : 200);
      return organisation;
    },
  );
}

type Patch = { readonly [Name in keyof OrganisationSettings]?: OrganisationSettings[Name] | undefined };

/** An undefined setting would overwrite the current one. */
function given(patch: Patch): Partial<OrganisationSettings> {
  const { regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom } = patch;
  return {
    ...(regimes && { regimes }),
    ...(verdictDays !== undefined && { verdictDays }),
    ...(queryHours !== undefined && { queryHours }),
    ...(tells && { tells }),
    ...(contact !== undefined && { contact }),
    ...(sharesFeedback !== undefined && { sharesFeedback }),
    ...(fetchesFrom && { fetchesFrom }),
  };
}
