import type { FastifyReply } from 'fastify';

/** Prints as `1.0`: a typed client of HMA refuses `1`. */
export class Float {
  constructor(readonly value: number) {}

  toString(): string {
    return Number.isInteger(this.value) ? `${this.value}.0` : String(this.value);
  }
}

/** JSON of plain objects, arrays and `Float`. Undefined fields are left out. */
export function printJson(value: unknown): string {
  if (value instanceof Float) return value.toString();
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).flatMap(([name, one]) =>
    one === undefined ? [] : [`${JSON.stringify(name)}:${printJson(one)}`],
  );
  return `{${fields.join(',')}}`;
}

export function sendJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  return sendText(reply.code(status), printJson(value));
}

/** JSON that is printed already. */
export function sendText(reply: FastifyReply, json: string): FastifyReply {
  return reply.type('application/json').send(json);
}
