import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { createTestDatabase } from '../support/database.js';
import { childEnv } from '../support/service.js';

it('a service stops although nobody reads its log any more', async () => {
  const database = await createTestDatabase();
  const env = childEnv({ VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_IMAGING_PROCESSES: '1', ...database.env });
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/cli.js'), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"msg":"listening"')) break;
  child.stdout.destroy();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  expect(child.exitCode).toBe(0);
  await database.drop();
});
