import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { compareSignals } from '../../service/hma/comparison.js';
import type { IndexState, SignalIndex } from '../../service/hma/index-state.js';
import { contentTypes, isSignalType, type SignalType, signalTypes } from '../../service/hma/signals.js';
import { callerOf } from '../hooks/access.js';
import { curators } from './banks.js';
import { jsonOf } from './bodies.js';
import { Float, sendJson } from './json.js';
import { parameterOf } from './query.js';
import { hmaRoute } from './route.js';

/** Comparison, and what HMA says of its index and its types. */
export function matchingRoutes(scope: FastifyInstance, indexState: IndexState): void {
  const indexes = async (request: FastifyRequest, shown: (index: SignalIndex) => object) => {
    const all = await indexState.of(callerOf(request), typesOf(request));
    return Object.fromEntries([...all].map(([type, index]) => [type, shown(index)]));
  };
  const matchers = ['platform'] as const;
  hmaRoute(scope, { method: 'POST', url: '/m/compare', access: matchers, repeatable: true }, async (request, reply) =>
    sendJson(reply, compareSignals(jsonOf(request))),
  );
  hmaRoute(scope, { method: 'GET', url: '/m/index/status', access: matchers }, async (request, reply) =>
    sendJson(reply, await indexes(request, ({ size, builtTo }) => ({ built_to: builtTo, present: true, size }))),
  );
  hmaRoute(scope, { method: 'GET', url: '/c/signal_type/index', access: curators }, async (request, reply) =>
    sendJson(
      reply,
      await indexes(request, ({ size, builtTo }) => ({
        ...{ db_size: size, index_built_to: builtTo, index_out_of_date: false, index_size: size, newest_db_item: builtTo },
      })),
    ),
  );
  typeRoutes(scope);
}

function typeRoutes(scope: FastifyInstance): void {
  hmaRoute(scope, { method: 'GET', url: '/c/signal_type', access: curators }, async (_request, reply) =>
    sendJson(
      reply,
      signalTypes.map((name) => ({ enabled_ratio: new Float(1), name })),
    ),
  );
  hmaRoute(scope, { method: 'PUT', url: '/c/signal_type/:type', access: curators }, async (request, reply) => {
    const { type } = request.params as { readonly type: string };
    assertSignalType(type);
    const body = jsonOf(request);
    const isOn = typeof body === 'object' && body !== null && 'enabled_ratio' in body && Number(body.enabled_ratio) === 1;
    if (!isOn) throw new VigieError('bad_request', 'enabled_ratio must be 1: every signal type is always matched');
    return sendJson(reply, { enabled_ratio: new Float(1), name: type });
  });
  hmaRoute(scope, { method: 'GET', url: '/c/content_type', access: curators }, async (_request, reply) =>
    sendJson(
      reply,
      contentTypes.map((name) => ({ enabled: true, name })),
    ),
  );
}

function typesOf(request: FastifyRequest): readonly SignalType[] | undefined {
  const type = parameterOf(request, 'signal_type');
  if (type === undefined) return undefined;
  assertSignalType(type);
  return [type];
}

/** @throws VigieError `bad_request`. */
function assertSignalType(type: string): asserts type is SignalType {
  if (!isSignalType(type)) throw new VigieError('bad_request', `No such signal type '${type}'`);
}
