import pg from 'pg';

const clients = 4;

/** Sends queries whose answers identify the client. */
class Client {
  constructor(pool, name, tally) {
    Object.assign(this, { pool, name, tally });
  }

  check(what, actual, expected) {
    this.tally.operations += 1;
    if (actual !== expected) this.tally.wrong.push(`${this.name} ${what}: ${actual} instead of ${expected}`);
  }

  async question(round) {
    const tag = `${this.name}-${round}`;
    const { rows } = await this.pool.query('select $1::text as tag, $2::int as round', [tag, round]);
    this.check('question', `${rows[0].tag}/${rows[0].round}`, `${tag}/${round}`);
  }

  async transaction(round) {
    await this.#within(async (client) => {
      await client.query('insert into visits (visitor, round) values ($1, $2)', [this.name, round]);
      const { rows } = await client.query('select round, visitor from visits where visitor = $1 and round = $2', [
        this.name,
        round,
      ]);
      this.check('transaction', rows.map((row) => `${row.visitor}/${row.round}`).join(), `${this.name}/${round}`);
      await client.query('commit');
    });
  }

  async failure(round) {
    await this.#within(async (client) => {
      await client.query('insert into visits (visitor, round) values ($1, $2)', [`${this.name}-undone`, round]);
      this.check('error', await codeOf(client.query('select 1 / $1::int', [0])), '22012');
      this.check('after error', await codeOf(client.query('select $1::text', [this.name])), '25P02');
      await client.query('rollback');
    });
  }

  /** One parameter of 1.4 MB: many chunks of a socket. */
  async bigArray(round) {
    const values = Array.from({ length: 20_000 }, (_, at) => `${this.name}-${round}-${at}-${'x'.repeat(50)}`);
    const text = 'select count(*)::int as found, max(v) as last from unnest($1::text[]) v where v like $2';
    const { rows } = await this.pool.query(text, [values, `${this.name}-${round}-%`]);
    this.check('big array', `${rows[0].found}/${rows[0].last}`, `20000/${values.toSorted().at(-1)}`);
  }

  async #within(work) {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await work(client);
    } finally {
      client.release();
    }
  }
}

async function codeOf(query) {
  try {
    await query;
    return 'no error';
  } catch (error) {
    return error.code;
  }
}

async function run(client, rounds) {
  for (let round = 0; round < rounds; round += 1) {
    await client.question(round);
    await client.transaction(round);
    await client.failure(round);
    if (round % 20 === 0) await client.bigArray(round);
  }
}

export async function workload(connection, name, rounds) {
  const pool = new pg.Pool({ ...connection, max: clients });
  // A connection that breaks fails the query under way; without a listener it would also end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const tally = { operations: 0, wrong: [] };
  await Promise.all(Array.from({ length: clients }, (_, at) => run(new Client(pool, `${name}${at}`, tally), rounds)));
  await pool.end();
  return tally;
}
