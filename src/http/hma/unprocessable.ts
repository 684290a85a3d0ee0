import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { sendJson } from './json.js';

/** One fault, as pydantic describes it. */
interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
}

/** Where HMA checks a request by its schema, it answers 422 with an array. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';

  constructor(readonly faults: readonly Fault[]) {
    super('the request does not fit its schema');
  }

  static missing(name: string, input: unknown): Unprocessable {
    return new Unprocessable([{ type: 'missing', loc: [name], msg: 'Field required', input }]);
  }

  static notBoolean(name: string, input: unknown): Unprocessable {
    const msg = 'Input should be a valid boolean, unable to interpret input';
    return new Unprocessable([{ type: 'bool_parsing', loc: [name], msg, input }]);
  }

  static notAnObject(): Unprocessable {
    const msg = 'Input should be a valid dictionary or instance of the body';
    return new Unprocessable([{ type: 'model_type', loc: [], msg, input: null }]);
  }

  static of({ issues }: z.core.$ZodError, body: unknown): Unprocessable {
    return new Unprocessable(
      issues.map(({ path, message }) => {
        const loc = path.map((part) => (typeof part === 'number' ? part : String(part)));
        const [field = ''] = loc;
        const isMissing = typeof body === 'object' && body !== null && !(field in body);
        return isMissing
          ? { type: 'missing', loc, msg: 'Field required', input: body }
          : { type: 'value_error', loc, msg: message, input: (body as Record<string, unknown>)[field] ?? null };
      }),
    );
  }
}

export function sendUnprocessable(reply: FastifyReply, { faults }: Unprocessable): FastifyReply {
  return sendJson(reply, faults, 422);
}
