import { afterAll, beforeAll } from 'vitest';
import { callHma, databaseWithPlatforms, type HmaAnswer, type HmaInit } from './hma.js';
import { startTestService, type TestService } from './service.js';

export interface UsedHma {
  readonly service: TestService;
  readonly key: string;
  /** With the key of the platform `coop`, which has no banks at first. */
  call(method: string, path: string, init?: HmaInit): Promise<HmaAnswer>;
  /** With another key, or none. */
  callAs(key: string | undefined, method: string, path: string, init?: HmaInit): Promise<HmaAnswer>;
  /** Makes a bank and returns the id of its content for each hash. */
  bank(name: string, ...pdqs: readonly string[]): Promise<number[]>;
}

/** One service for all tests of the calling file. */
export function useHma(env: (keys: Readonly<Record<'coop', string>>) => Record<string, string> = () => ({})): UsedHma {
  let started: TestService | undefined;
  let key = '';
  beforeAll(async () => {
    const { database, keys } = await databaseWithPlatforms('coop');
    key = keys.coop;
    started = await startTestService({ database, env: env(keys) });
  });
  afterAll(async () => {
    await started?.stop();
    await started?.database.drop();
  });
  const service = () => {
    if (!started) throw new Error('the service runs only inside tests and hooks');
    return started;
  };
  const callAs: UsedHma['callAs'] = (used, method, path, init = {}) => {
    const authorization = used === undefined ? {} : { authorization: `Bearer ${used}` };
    return callHma(service().url, method, path, { ...init, headers: { ...authorization, ...init.headers } });
  };
  const call: UsedHma['call'] = (method, path, init) => callAs(key, method, path, init);
  return {
    get service() {
      return service();
    },
    get key() {
      return key;
    },
    call,
    callAs,
    async bank(name, ...pdqs) {
      await call('POST', '/c/banks', { json: { name } });
      const ids: number[] = [];
      for (const pdq of pdqs) {
        const { body } = await call('POST', `/c/bank/${name}/signal`, { json: { pdq } });
        ids.push((body as { id: number }).id);
      }
      return ids;
    },
  };
}
