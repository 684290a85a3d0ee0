import type { FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { type ContentType, type SignalType, signalsOf } from '../../service/hma/signals.js';
import { parameterOf } from './query.js';

/** The signal that the content type has, unless `types` asks for another. @throws VigieError `bad_request`. */
export function askedSignal(request: FastifyRequest, content: ContentType): SignalType {
  const only = signalsOf[content];
  const text = parameterOf(request, 'types');
  if (text === undefined || text === '') return only;
  const asked = text.split(',').filter((name) => name !== '');
  if (asked.length === 0) throw new VigieError('bad_request', 'empty signal type selection');
  const alien = asked.find((name) => name !== only);
  if (alien !== undefined) throw new VigieError('bad_request', `signal type '${alien}' doesn't exist or is disabled`);
  return only;
}
