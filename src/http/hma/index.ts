import type { FastifyInstance } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { IndexState } from '../../service/hma/index-state.js';
import { bankRoutes } from './banks.js';
import { installHmaBodies } from './bodies.js';
import { type ContentRouteParts, contentRoutes } from './contents.js';
import { type ExchangeRouteParts, exchangeRoutes } from './exchanges.js';
import { hashingRoutes } from './hashing.js';
import { type LookupRouteParts, lookupRoutes } from './lookup.js';
import { matchingRoutes } from './matching.js';
import { statusRoutes } from './status.js';

export interface HmaRouteParts extends LookupRouteParts, ContentRouteParts, ExchangeRouteParts {
  readonly indexState: IndexState;
}

/** That other routes use as well. */
type SharedParts = 'numbers' | 'limits' | 'imageFetcher';

export interface HmaAppParts extends Pick<HmaRouteParts, SharedParts> {
  /** Undefined: the API is switched off. */
  readonly hma: Omit<HmaRouteParts, SharedParts> | undefined;
}

/** The API of Meta's Hasher-Matcher-Actioner, for its clients (docs/api/hma.md). */
export async function hmaRoutes(app: FastifyInstance, { hma, numbers, limits, imageFetcher }: HmaAppParts): Promise<void> {
  if (!hma) return refuseHma(app);
  const parts = { ...hma, numbers, limits, imageFetcher };
  const { bankCuration, indexState } = parts;
  await app.register(async (scope) => {
    installHmaBodies(scope);
    const routes: string[] = [];
    scope.addHook('onRoute', ({ method, url }) => {
      if (method !== 'HEAD') routes.push(`${method} ${url}`);
    });
    hashingRoutes(scope, parts);
    lookupRoutes(scope, parts);
    matchingRoutes(scope, indexState);
    bankRoutes(scope, bankCuration);
    contentRoutes(scope, parts);
    exchangeRoutes(scope, parts);
    statusRoutes(scope, indexState, routes);
  });
}

/** Without routes the paths would answer 404, which some clients take for "this bank is gone". */
function refuseHma(app: FastifyInstance): void {
  for (const prefix of ['/h', '/m', '/c']) {
    app.all(`${prefix}/*`, { schema: { hide: true }, config: { access: 'public', errorShape: 'hma', repeatable: true } }, () => {
      throw new VigieError('not_implemented', 'the HMA API is switched off: set VIGIE_HMA_API=on');
    });
  }
}
