import { PassThrough } from 'node:stream';
import { type FastifyBaseLogger, fastify } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, VigieError } from '../../src/domain/errors.js';
import { problemOf } from '../../src/http/hooks/error-shapes.js';
import { installProblems } from '../../src/http/hooks/problems.js';
import { problemSchema } from '../../src/http/schemas/problem.js';

const codes = Object.keys(errorTable) as ErrorCode[];

describe('problemOf', () => {
  it.each(codes)('answers %s with its status, title and code', (code) => {
    const problem = problemOf(new VigieError(code, 'a detail', 5), 'req-1');
    const { status, title } = errorTable[code];
    expect(problemSchema.parse(problem)).toEqual({
      type: 'about:blank',
      title,
      status,
      code,
      detail: 'a detail',
      requestId: 'req-1',
    });
  });
});

describe('errorTable', () => {
  it('contains error statuses only', () => {
    expect(codes.filter((code) => errorTable[code].status < 400 || errorTable[code].status > 599)).toEqual([]);
  });

  it.each([
    ['unauthorized', 401],
    ['forbidden', 403],
    ['no_lists', 403],
    ['body_timeout', 408],
    ['body_too_large', 413],
    ['unsupported_media_type', 415],
    ['degenerate_hash', 422],
    ['overloaded', 503],
    ['index_unavailable', 503],
    ['database_unavailable', 503],
  ] as const)('gives %s the status %i', (code, status) => {
    expect(new VigieError(code, 'x').status).toBe(status);
  });
});

describe('an internal error', () => {
  it('hides its cause from the client and logs it with the requestId', async () => {
    const lines = new PassThrough();
    const loggerInstance: FastifyBaseLogger = pino(lines);
    const app = fastify({ loggerInstance, childLoggerFactory: (logger) => logger });
    installProblems(app);
    app.get('/', () => {
      throw new Error('a table is missing');
    });
    const answer = problemSchema.parse((await app.inject('/')).json());
    const log = String(lines.read());
    expect(answer).toMatchObject({ code: 'internal', detail: expect.not.stringContaining('table') });
    expect(log).toContain(`"reqId":"${answer.requestId}"`);
    expect(log).toContain('a table is missing');
  });
});
