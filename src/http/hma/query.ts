import type { FastifyRequest } from 'fastify';
import { Unprocessable } from './unprocessable.js';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Of a repeated parameter, the first. */
export function parameterOf({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Query)[name];
  return typeof value === 'object' ? value[0] : value;
}

/** @throws Unprocessable. */
export function requiredParameter(request: FastifyRequest, name: string): string {
  const value = parameterOf(request, name);
  if (value === undefined) throw Unprocessable.missing(name, request.query);
  return value;
}

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, '1': true, yes: true, y: true, on: true },
  ...{ false: false, f: false, '0': false, no: false, n: false, off: false },
};

export function truthOf(text: string): boolean | undefined {
  return Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined;
}

/** False if absent. @throws Unprocessable. */
export function flagOf(request: FastifyRequest, name: string): boolean {
  const text = parameterOf(request, name);
  if (text === undefined) return false;
  const truth = truthOf(text);
  if (truth === undefined) throw Unprocessable.notBoolean(name, text);
  return truth;
}

/** Names separated by commas; undefined if there are none. */
export function namesOf(request: FastifyRequest, name: string): string[] | undefined {
  const text = parameterOf(request, name);
  return text ? text.split(',') : undefined;
}
