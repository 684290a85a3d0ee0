import { describe, expect, it } from 'vitest';
import { buildBareApp } from '../src/build/bare-app.js';

describe('VIGIE_HELP_PAGE=off', () => {
  it.each(['', '/assisted'])('answers 404 to POST /v1/cases%s', async (path) => {
    const app = await buildBareApp({ opensCases: false });
    const answer = await app.inject({ method: 'POST', url: `/v1/cases${path}`, payload: {} });
    expect([answer.statusCode, answer.json()]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
    const { paths } = (await app.inject('/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).not.toContain(`/v1/cases${path}`);
    await app.close();
  });

  it.each(['/status', '/withdraw'])('leaves POST /v1/cases%s to people who have a case', async (path) => {
    const app = await buildBareApp({ opensCases: false });
    const { paths } = (await app.inject('/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).toContain(`/v1/cases${path}`);
    await app.close();
  });
});
