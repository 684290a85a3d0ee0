import { afterEach, describe, expect, it } from 'vitest';
import { killChildren, startChild } from './support/children.js';
import { openAsOwner, poolOf, temporaryDirectory } from './support/database.js';
import { workload } from './support/workload.mjs';

afterEach(killChildren);

describe('clients of the embedded database', () => {
  it('each get their own answers, from two processes, through transactions, errors and large parameters', async () => {
    const directory = temporaryDirectory();
    const owner = await openAsOwner(directory.path);
    const { connection } = owner;
    const pool = poolOf(owner);
    await pool.query('create table visits (visitor text not null, round int not null)');
    const [here, there] = await Promise.all([
      workload(connection, 'here', 100),
      startChild().ask('work', { connection, name: 'there', rounds: 100 }),
    ]);
    // 4 clients, 100 rounds of 4 checks each and 5 large parameters.
    expect([here, there]).toEqual(Array(2).fill({ operations: 1620, wrong: [] }));
    const { rows } = await pool.query('select count(*)::int as kept, count(distinct visitor)::int as visitors from visits');
    expect(rows).toEqual([{ kept: 800, visitors: 8 }]);
    await pool.end();
    await owner.close();
    directory.remove();
  });
});
