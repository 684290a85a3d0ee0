import { expect, it } from 'vitest';
import { openOwnDatabase } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const { unverified, ...rest } = { regime: 'us_2258a', duty: 'report', unverified: true };
const old = { ...rest, uncertain: unverified };

it('reads obligations that an earlier version stored as uncertain', async () => {
  const uuid = '00000000-0000-7000-8000-000000000001';
  await database.query(
    `insert into demand (id, organisation, kind, regime, issuer, issuer_kind, reference, about, obligations, priority, received_at, entries)
     values ($1, 'tests', 'order', 'us_2258a', 'an authority', 'authority', '1', 'a ticket', $2, false, now(), '{ent_1}')`,
    [uuid, JSON.stringify([old])],
  );
  await database.query(
    `insert into verdict (request_id, api_key, organisation, verdict, matches, removal, index_version, answered_at)
     values ('req_old', 'key', 'tests', 'remove', '[]', $1, '1', now())`,
    [JSON.stringify({ action: 'remove', obligations: [old] })],
  );
  const request = await stores.legalRequests.get('tests', 'order', `ord_${uuid.replaceAll('-', '')}`);
  const [covering] = await stores.legalRequests.covering();
  const verdict = await stores.verdicts.get('tests', 'req_old');
  const read = [request?.obligations, covering?.obligations, verdict?.removal?.obligations];
  expect(read).toEqual([[{ ...rest, unverified }], [{ ...rest, unverified }], [{ ...rest, unverified }]]);
});
