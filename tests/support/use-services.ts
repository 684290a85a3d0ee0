import { afterEach } from 'vitest';
import { Client } from './client.js';
import { type ServiceOptions, startTestService, type TestService } from './service.js';

/** Starts services that are killed after each test; the first one's database is dropped. */
export function useServices() {
  const started: TestService[] = [];
  afterEach(async () => {
    const services = started.splice(0);
    for (const service of services) await service.kill();
    await services[0]?.database.drop();
  });
  return async (options?: ServiceOptions): Promise<{ service: TestService; client: Client }> => {
    const service = await startTestService(options);
    started.push(service);
    return { service, client: new Client(service.url) };
  };
}
