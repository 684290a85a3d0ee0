import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { ExchangeFeedbackStore } from '../../src/store/exchange-feedback.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const feedback = new ExchangeFeedbackStore(database);
const random = randomFrom(72);
const kinds = ['ncmec'];

beforeAll(async () => {
  await stores.organisations.configure('others', setup, (settings) => ({ ...settings, sharesFeedback: true }));
  await database.query(`
    insert into exchange (id, kind, list, base_url, credentials, every_seconds)
    select id, kind, 'known', 'https://example.org', '\\x00', 300
    from (values ('one', 'ncmec'), ('other', 'ncmec'), ('silent', 'synapse')) as x (id, kind)`);
});

/** An entry with records of these exchanges, that an organisation has decided about. */
async function decided(...exchanges: string[]): Promise<string> {
  const created = await stores.entries.create(newEntryOf([pdqHash(randomHash(random))]), setup);
  const entry = uuidOf(created?.entry.id ?? '');
  await database.query(
    `insert into claim (id, entry, list, source, source_id) select gen_random_uuid(), $1::uuid, 'known', x, '42-a' || $1::uuid
     from unnest($2::text[]) x`,
    [entry, exchanges],
  );
  const given = { organisation: 'others', entry, algorithm: 'pdq', outcome: 'confirmed', reason: null } as const;
  await stores.feedback.putOnEntry(given, kinds);
  return entry;
}

const due = async (limit = 100) => (await feedback.due(limit)).map(({ exchange, sourceId }) => `${exchange} ${sourceId}`);

describe('feedback to exchanges', () => {
  it('is due for each exchange of a kind that takes it, and no longer once it is sent', async () => {
    const entry = await decided('one', 'other', 'silent');
    expect(await due()).toEqual([`one 42-a${entry}`, `other 42-a${entry}`]);
    for (const waiting of await feedback.due(100)) await feedback.sent(waiting);
    expect(await due()).toEqual([]);
  });

  it('of a long queue leaves room for other exchanges, and what failed comes last', async () => {
    const [first, second, third] = [await decided('one'), await decided('one'), await decided('other')];
    expect(await due(1)).toEqual([`one 42-a${first}`, `other 42-a${third}`]);
    const [failing] = await feedback.due(1);
    if (failing) await feedback.postpone(failing, 0);
    expect(await due(1)).toEqual([`one 42-a${second}`, `other 42-a${third}`]);
    await feedback.postponeAll('one', 60_000);
    expect(await due()).toEqual([`other 42-a${third}`]);
    await database.query("update exchange set enabled = false where id = 'other'");
    expect(await due()).toEqual([]);
  });

  it('is dropped if it could not be sent for 30 days; what was sent stays known', async () => {
    await database.query("update exchange_feedback set made_at = now() - interval '29 days'");
    expect(await feedback.purge(10)).toBe(0);
    await database.query("update exchange_feedback set made_at = now() - interval '31 days'");
    expect(await feedback.purge(10)).toBe(3);
    expect(await database.query('select from exchange_feedback where sent_at is not null')).toHaveLength(2);
  });
});
