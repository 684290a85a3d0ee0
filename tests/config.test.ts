import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, describeSettings, loadConfig, settingNames } from '../src/config.js';

/** The error message for an invalid environment. */
function complaint(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('the settings were accepted');
}

const bounded = [
  ['VIGIE_PORT', 0, 65_535],
  ['VIGIE_OPS_PORT', 0, 65_535],
  ['VIGIE_INDEX_MAX_AGE_MS', 1_000, 86_400_000],
  ['VIGIE_IMAGING_PROCESSES', 1, 64],
  ['VIGIE_IMAGING_QUEUE', 1, 10_000],
  ['VIGIE_IMAGE_TIMEOUT_MS', 100, 120_000],
  ['VIGIE_IMAGE_MEMORY_MB', 256, 65_536],
  ['VIGIE_MAX_IMAGE_BYTES', 1_024, 1_073_741_824],
  ['VIGIE_MAX_IMAGE_PIXELS', 25, 1_000_000_000],
] as const;

describe('loadConfig', () => {
  it('reads the image formats that are switched off', () => {
    expect(loadConfig({}).VIGIE_IMAGE_FORMATS_OFF).toEqual([]);
    expect(loadConfig({ VIGIE_IMAGE_FORMATS_OFF: 'heic, JXL' }).VIGIE_IMAGE_FORMATS_OFF).toEqual(['heic', 'jxl']);
  });

  it('names the image formats that exist if one does not', () => {
    const message = 'VIGIE_IMAGE_FORMATS_OFF=heif: expected some of apng, avis, bmp, heic, ico, jxl, separated by commas';
    expect(complaint({ VIGIE_IMAGE_FORMATS_OFF: 'heif' })).toBe(message);
  });

  it('gives every setting a default', () => {
    expect(loadConfig({})).toMatchObject({
      VIGIE_HOST: '127.0.0.1',
      VIGIE_PORT: 8700,
      VIGIE_OPS_PORT: 8701,
      VIGIE_DATA_DIR: './.vigie',
      VIGIE_INDEX: 'memory',
      VIGIE_DECODER: 'native',
      VIGIE_LOG_LEVEL: 'info',
      VIGIE_INDEX_MAX_AGE_MS: 900_000,
      VIGIE_MAX_IMAGE_BYTES: 20 * 1_024 * 1_024,
      VIGIE_MAX_IMAGE_PIXELS: 100_000_000,
    });
  });

  it('treats an empty variable as not set', () => {
    expect(loadConfig({ VIGIE_PORT: '', DATABASE_URL: '', VIGIE_KEY: '' })).toEqual(loadConfig({}));
  });

  it('needs a key for the port of clients that can send none', () => {
    expect(complaint({ VIGIE_HMA_PORT: '5100' })).toBe(
      'VIGIE_HMA_PORT needs VIGIE_HMA_KEY: the API key that its requests act with',
    );
    expect(complaint({ VIGIE_HMA_KEY: 'vig_secret' })).toBe('VIGIE_HMA_KEY: expected an API key: vig_<id>_<secret>');
    expect(loadConfig({}).VIGIE_HMA_PORT).toBeUndefined();
  });

  it('ignores variables of other programs', () => {
    expect(loadConfig({ PATH: '/bin', VIGIESOMETHING: '1', NODE_ENV: 'production' })).toEqual(loadConfig({}));
  });

  it('names every unknown setting', () => {
    const message = complaint({ VIGIE_PROT: '1', VIGIE_COLOUR: 'red' });
    expect(message).toContain('VIGIE_PROT is not a setting; "vigie config" lists all settings');
    expect(message).toContain('VIGIE_COLOUR is not a setting');
  });

  it.each(['VIGIE_SERVICE_HOST', 'VIGIE_SERVICE_PORT', 'VIGIE_PORT_8700_TCP'])('says where %s comes from', (name) => {
    expect(complaint({ [name]: '10.0.0.1' })).toMatch(/Kubernetes injects .*enableServiceLinks: false/);
  });

  it('says where VIGIE_PORT=tcp://... comes from', () => {
    expect(complaint({ VIGIE_PORT: 'tcp://10.0.0.1:8700' })).toMatch(
      /^VIGIE_PORT=tcp:\/\/10.0.0.1:8700: .*enableServiceLinks: false/,
    );
  });

  it.each(bounded)('accepts %s from %i to %i and names the limits otherwise', (name, min, max) => {
    expect([min, max].map((value) => loadConfig({ [name]: String(value) })[name])).toEqual([min, max]);
    for (const value of [min - 1, max + 1]) expect(complaint({ [name]: String(value) })).toContain(`from ${min} to ${max}`);
  });

  it.each(['1.5', '1e3', ' 8700', '0x10', '-1', 'eight', '9'.repeat(16)])('refuses %j as a whole number', (value) => {
    expect(complaint({ VIGIE_PORT: value })).toContain(`VIGIE_PORT=${value}: expected a whole number`);
  });

  it.each([
    ['VIGIE_INDEX', 'hnsw', 'memory, pgvector'],
    ['VIGIE_DECODER', 'ffmpeg', 'native, wasm'],
    ['VIGIE_LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, silent'],
  ])('refuses %s=%s and names the values it accepts', (name, value, values) => {
    expect(complaint({ [name]: value })).toBe(`${name}=${value}: expected one of ${values}`);
  });

  it('reports all problems at once', () => {
    expect(complaint({ VIGIE_PORT: 'x', VIGIE_INDEX: 'y', VIGIE_NOTHING: 'z' }).split('\n').length).toBe(3);
  });

  it('never shows the value of a secret setting', () => {
    const secret = 'mysql://user:hunter2@host/db';
    const message = complaint({ DATABASE_URL: secret, VIGIE_KEY: secret, VIGIE_SECRET: secret });
    expect(message).toContain('DATABASE_URL: expected a URL that starts with postgresql://');
    expect(message).not.toContain('hunter2');
  });

  it.each(['postgres://a/b', 'postgresql://a/b'])('accepts the database URL %s', (url) => {
    expect(loadConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(url);
  });

  it('freezes the settings', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it('accepts an environment or throws a ConfigError', () => {
    const name = fc.oneof(
      fc.constantFrom(...settingNames),
      fc.string().map((text) => `VIGIE_${text}`),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string(), { maxKeys: 5 }), (env) => {
        try {
          loadConfig(env);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

describe('describeSettings', () => {
  it('describes every setting in one line', () => {
    const lines = describeSettings();
    expect(lines.map(({ name }) => name)).toEqual(settingNames);
    expect(lines.filter(({ help }) => help.length < 10 || help.includes('\n'))).toEqual([]);
  });

  it('shows each default as the value to set', () => {
    const defaults = describeSettings().flatMap(({ name, fallback }) =>
      fallback && fallback !== 'cores' ? [[name, fallback]] : [],
    );
    expect(loadConfig(Object.fromEntries(defaults))).toEqual(loadConfig({}));
  });
});
