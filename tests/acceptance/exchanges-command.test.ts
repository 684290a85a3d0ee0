/** `vigie exchanges`, in the process of the test: a process for each command takes half a second. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exchangesCommand } from '../../src/cli/exchanges.js';
import { StopnciiServer } from '../support/exchange-servers/stopncii.js';
import { randomFrom, randomHash } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const credentials = { functionKey: 'function', subscriptionKey: 'subscription' };
const hashValue = randomHash(randomFrom(73));
let stopncii: StopnciiServer;
let folder = '';

beforeAll(async () => {
  stopncii = await StopnciiServer.start();
  stopncii.put({ lastModtimestamp: stopncii.now, signalType: 'ImagePDQ', hashValue, hashStatus: 'Active' });
  folder = await mkdtemp(join(tmpdir(), 'vigie-exchanges-'));
  // A command takes its settings from the environment, and refuses those of the tests.
  for (const name of Object.keys(process.env)) if (name.startsWith('VIGIE_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(on.service.database.env)) vi.stubEnv(name, value);
  vi.stubEnv('VIGIE_KEY', keyOf('operator'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stopncii.http.stop();
  await rm(folder, { recursive: true });
});

/** What the command prints. @throws as the command */
async function run(...parameters: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await exchangesCommand().parseAsync(parameters, { from: 'user' });
    return log.mock.calls.flat().join('\n');
  } finally {
    log.mockRestore();
  }
}

async function fileOf(content: unknown): Promise<string> {
  const file = join(folder, 'credentials.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
}

const create = async (content: unknown, ...more: string[]) => {
  const place = ['--base-url', stopncii.url, '--credentials', await fileOf(content)];
  return run('create', '--id', 'partner', '--kind', 'stopncii', '--list', 'known', ...place, ...more);
};

describe('vigie exchanges', () => {
  it('creates an exchange that the server fetches, shows how it works, and removes it', async () => {
    expect(await create(credentials, '--every', '3600')).toBe(`created exchange partner: list known follows ${stopncii.url}`);
    const isFound = async () => (await on.client.matchHashes({ pdq: hashValue })).matches.length > 0;
    await until('its record matches', 10_000, isFound);
    const works = async () => /\npartner {2}stopncii {2}known {2}works {2}2\d{3}-/.test(await run('list'));
    await until('the list shows a success', 10_000, works);
    const before = stopncii.http.asked.length;
    expect(JSON.parse(await run('fetch', 'partner', '--json'))).toMatchObject({ id: 'partner', everySeconds: 3_600 });
    await until('the server asks again', 10_000, () => stopncii.http.asked.length > before);
    const shown = await run('list', '--json');
    expect(JSON.parse(shown)).toMatchObject({ items: [{ id: 'partner', status: { fetched: 1, failures: 0 } }] });
    for (const secret of ['function', 'subscription', 'credentials']) expect(shown).not.toContain(secret);
    expect(await run('remove', 'partner')).toBe('removed exchange partner; its entries stay in the list');
    expect(JSON.parse(await run('list', '--json'))).toEqual({ items: [] });
    expect(await isFound()).toBe(true);
  });

  it.each<[string, () => Promise<string>, string]>([
    ['credentials that are no JSON', () => create('hunter2'), 'is no JSON object of texts'],
    ['a credential that is missing', () => create({ functionKey: 'hunter2' }), 'subscriptionKey required'],
    ['an option that the kind does not know', () => create(credentials, '--option', 'wait=5'), 'unknown wait'],
    ['an exchange that does not exist', () => run('remove', 'nothing'), 'no exchange with the id "nothing"'],
  ])('refuses %s', async (_what, command, message) => {
    const error = await command().then(
      () => new Error('nothing was refused'),
      (reason: Error) => reason,
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });
});
