import { describe, expect, it } from 'vitest';
import { buildBareApp } from '../src/build/bare-app.js';
import { wireCases } from '../src/cases.js';
import { loadConfig } from '../src/config.js';

type Parts = Parameters<typeof wireCases>[0];

/** The other parts are never reached. */
const partsWith = (setting: string) => ({ options: { config: loadConfig({ VIGIE_HELP_PAGE: setting }) } }) as unknown as Parts;

describe('VIGIE_HELP_PAGE=off', () => {
  it.each(['', '/status', '/withdraw', '/assisted'])('answers 404 to POST /v1/cases%s', async (path) => {
    const app = await buildBareApp(wireCases(partsWith('off')) as { cases: null });
    const answer = await app.inject({ method: 'POST', url: `/v1/cases${path}`, payload: {} });
    expect([answer.statusCode, answer.json()]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
    const { paths } = (await app.inject('/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).not.toContain(`/v1/cases${path}`);
    await app.close();
  });
});
