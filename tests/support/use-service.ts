import { afterAll, beforeAll } from 'vitest';
import { Client } from './client.js';
import { type ServiceOptions, startTestService, type TestService } from './service.js';

/** One service for all tests of the calling file or `describe`. */
export function useService(options: ServiceOptions = {}): { readonly service: TestService; readonly client: Client } {
  let started: TestService | undefined;
  const service = () => {
    if (!started) throw new Error('the service runs only inside tests and hooks');
    return started;
  };
  beforeAll(async () => {
    started = await startTestService(options);
  });
  afterAll(async () => {
    await started?.stop();
    await started?.database.drop();
  });
  return {
    get service() {
      return service();
    },
    /** With the platform's key. */
    get client() {
      return new Client(service().url);
    },
  };
}
