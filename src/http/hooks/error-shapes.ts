import type { FastifyRequest } from 'fastify';
import { EntryConflict } from '../../domain/entry-conflict.js';
import { type ErrorCode, errorTable, type VigieError } from '../../domain/errors.js';
import type { Problem } from '../schemas/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes that speak the protocol of another service. Default: RFC 9457. */
    errorShape?: ForeignShape;
  }
}

type ForeignShape = 'hma' | 'arachnid';

interface Shape {
  readonly type: string;
  /** What the client of the route expects after 401. */
  readonly challenge: string;
  bodyOf(error: VigieError, requestId: string): unknown;
}

export const problemType = 'application/problem+json';

/** RFC 9457, with `about:blank` because `code` names the kind of error. */
export function problemOf(error: VigieError, requestId: string): Problem {
  const { status, title } = errorTable[error.code];
  const state = error instanceof EntryConflict && { state: error.state };
  const members = { ...error.members, ...state };
  return { type: 'about:blank', title, status, code: error.code, detail: error.detail, requestId, ...members };
}

const problem: Shape = { type: problemType, challenge: 'Bearer', bodyOf: problemOf };

const foreign: Readonly<Partial<Record<ForeignShape, Shape>>> = {
  hma: {
    type: 'application/json',
    challenge: 'Bearer, Basic realm="Vigie"',
    bodyOf: ({ code, detail }) => ({ message: hmaTexts[code] ?? (code === 'url_not_fetched' ? notFetched(detail) : detail) }),
  },
  arachnid: { type: 'application/json', challenge: 'Basic realm="Vigie"', bodyOf: ({ detail }) => ({ detail }) },
};

/** What HMA says itself. */
const hmaTexts: Readonly<Partial<Record<ErrorCode, string>>> = {
  index_unavailable: 'index not yet ready',
  body_too_large: 'Content too large',
  url_refused: 'Invalid or unsafe URL provided',
};

function notFetched(detail: string): string {
  return `Failed to fetch URL: ${detail.replace(/^url: /, '')}`;
}

/** Requests that match no route have no configuration, so their path decides. */
const foreignPaths: readonly (readonly [paths: RegExp, shape: ForeignShape])[] = [
  [/^\/+[hmc](\/|$)/, 'hma'],
  [/^\/+v1\/+(media|url|pdq)([/?]|$)/, 'arachnid'],
];

export function foreignShapeOf({ routeOptions, url }: FastifyRequest): ForeignShape | undefined {
  return routeOptions.config?.errorShape ?? foreignPaths.find(([paths]) => paths.test(url))?.[1];
}

export function shapeOf(request: FastifyRequest): Shape {
  const name = foreignShapeOf(request);
  return (name && foreign[name]) ?? problem;
}
