import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeError } from '../../src/exchanges/exchange.js';
import { ncmecExchange } from '../../src/exchanges/ncmec.js';
import { stopnciiExchange } from '../../src/exchanges/stopncii.js';
import { synapseExchange } from '../../src/exchanges/synapse.js';
import { threatExchange } from '../../src/exchanges/threatexchange.js';
import { vigieExchange } from '../../src/exchanges/vigie.js';
import { digest, pdqOf } from '../formats/reading.js';
import { NcmecServer } from '../support/exchange-servers/ncmec.js';
import type { ExchangeServer, Fault } from '../support/exchange-servers/server.js';
import { StopnciiServer } from '../support/exchange-servers/stopncii.js';
import { SynapseServer } from '../support/exchange-servers/synapse.js';
import { ThreatExchangeServer } from '../support/exchange-servers/threatexchange.js';
import { FeedServer } from '../support/exchange-servers/vigie.js';
import { Follower, quickHttp } from './following.js';

/** A service under test, with records that are numbers. */
interface Side {
  readonly http: ExchangeServer;
  /** Forgets everything, with pages of three records. */
  reset(): void;
  follower(): Follower;
  /** Lists or withdraws a record at `second` of the trial. */
  put(number: number, withdrawn: boolean, second: number): void;
  identity(number: number): string;
}

const noon = Date.parse('2026-11-29T12:00:00Z') / 1_000;
const { http } = quickHttp({ attempts: 2, timeoutMs: 500 });

async function ncmecSide(): Promise<Side> {
  const server = await NcmecServer.start();
  return {
    http: server.http,
    reset: () => {
      server.reset();
      server.pageSize = 3;
    },
    follower: () =>
      new Follower(ncmecExchange(http, 5), {
        baseUrl: server.url,
        credentials: { username: 'vigie', password: 'secret' },
        options: {},
      }),
    put: (number, deleted, second) =>
      server.put({ member: '1', id: String(number), at: noon + second, deleted, fingerprints: { md5: digest(number, 'md5') } }),
    identity: (number) => `1-${number}`,
  };
}

async function stopnciiSide(): Promise<Side> {
  const server = await StopnciiServer.start();
  return {
    http: server.http,
    reset: () => {
      server.reset();
      server.pageSize = 3;
      server.now = noon;
    },
    follower: () =>
      new Follower(stopnciiExchange(http), {
        baseUrl: server.url,
        credentials: { functionKey: 'function', subscriptionKey: 'subscription' },
        options: {},
      }),
    put: (number, withdrawn, second) => {
      server.now = noon + second;
      const hashStatus = withdrawn ? 'Withdrawn' : 'Active';
      server.put({ lastModtimestamp: server.now, signalType: 'ImagePDQ', hashValue: pdqOf(number), hashStatus });
    },
    identity: (number) => `pdq:${pdqOf(number)}`,
  };
}

async function threatExchangeSide(): Promise<Side> {
  const server = await ThreatExchangeServer.start();
  return {
    http: server.http,
    reset: () => {
      server.reset();
      server.pageSize = 3;
    },
    follower: () =>
      new Follower(threatExchange(http), {
        baseUrl: server.url,
        credentials: { accessToken: '12345|secret' },
        options: { privacyGroup: '777' },
      }),
    put: (number, should_delete, second) =>
      server.put({ indicator: pdqOf(number), type: 'HASH_PDQ', last_updated: noon + second, should_delete }),
    identity: (number) => `pdq:${pdqOf(number)}`,
  };
}

async function synapseSide(): Promise<Side> {
  const server = await SynapseServer.start();
  return {
    http: server.http,
    reset: () => {
      server.reset();
      server.pageSize = 3;
    },
    follower: () => {
      const access = { baseUrl: server.http.url, credentials: { accessToken: 'syt_admin' }, options: {} };
      const made = new Follower(synapseExchange(http), access);
      made.hash = async (media) => [{ algorithm: 'sha256', hex: Buffer.from(media).toString('utf8'), quality: null }];
      return made;
    },
    put: (number, released) => {
      server.media.set(`matrix.example/m${number}`, Buffer.from(digest(number, 'sha256')));
      server.quarantine(`m${number}`, !released, 'matrix.example');
    },
    identity: (number) => `matrix.example/m${number}`,
  };
}

async function vigieSide(): Promise<Side> {
  const server = await FeedServer.start();
  return {
    http: server.http,
    reset: () => {
      server.reset();
      server.pageSize = 3;
    },
    follower: () =>
      new Follower(vigieExchange(http), {
        baseUrl: server.http.url,
        credentials: { key: 'vgk_reader' },
        options: { list: 'ncii' },
      }),
    put: (number, withdrawn) => server.put(`ent_${number}`, digest(number, 'sha256'), withdrawn),
    identity: (number) => `ent_${number}`,
  };
}

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom('cut' as const, 'reset' as const),
  fc.constantFrom(429, 500, 503, 401, 302).map((status) => ({ status, headers: { location: '/elsewhere' }, body: 'no' })),
  fc.constantFrom('', 'null', '[]', '{}', '<html/>').map((body) => ({ body })),
);

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        put: fc.integer({ min: 1, max: 15 }),
        withdrawn: fc.boolean(),
        seconds: fc.constantFrom(0, 0, 0, 1, 7, 90),
      }),
    },
    { weight: 1, arbitrary: fc.record({ visit: fc.array(fc.option(faults), { maxLength: 8 }) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

describe.each([
  ['NCMEC', ncmecSide],
  ['StopNCII', stopnciiSide],
  ['ThreatExchange', threatExchangeSide],
  ['Synapse', synapseSide],
  ['another Vigie', vigieSide],
])('%s', (_name, start) => {
  let side: Side;
  beforeAll(async () => {
    side = await start();
  });
  afterAll(() => side.http.stop());

  it('is followed without a loss, whatever fails in between', async () => {
    const trial = fc.asyncProperty(steps, async (given) => {
      side.reset();
      const follower = side.follower();
      const standing = new Set<string>();
      let second = 0;
      for (const step of given) {
        if ('put' in step) {
          second += step.seconds;
          side.put(step.put, step.withdrawn, second);
          if (step.withdrawn) standing.delete(side.identity(step.put));
          else standing.add(side.identity(step.put));
          continue;
        }
        follower.now = (noon + second) * 1_000;
        await visitWith(step.visit, side, follower);
      }
      follower.now = (noon + second + 10) * 1_000;
      await follower.visit();
      expect(follower.identities).toEqual([...standing].sort());
    });
    await fc.assert(trial, { numRuns: 30, seed: 20_261_129 });
  });
});

/** The first answers of the visit are `planned`. */
async function visitWith(planned: readonly (Fault | null)[], { http: server }: Side, follower: Follower): Promise<void> {
  const before = server.asked.length;
  server.fault = (number) => planned[number - before - 1] ?? undefined;
  try {
    await follower.visit();
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
  } finally {
    server.fault = () => undefined;
  }
}
