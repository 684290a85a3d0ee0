import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validateCyberTip } from '../../src/domain/drafts/cybertip-check.js';
import { validateStatement } from '../../src/domain/drafts/statement-check.js';
import { statementDraftSchema } from '../../src/http/schemas/statement.js';
import { readXml } from '../domain/drafts/xml-reader.js';
import { type Client, expectOk, problemOf } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { createStrangers } from '../support/keys.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(2026);
const statementOf = (id: string) => `/v1/matches/${id}/drafts/statement-of-reasons`;
const tipOf = (id: string) => `/v1/matches/${id}/drafts/cybertipline`;

const saidOfStatement = {
  territorialScope: ['FR'],
  accountType: 'private',
  contentDate: '2026-11-20',
  decision: { visibility: ['content_removed'], account: 'suspended' },
  ground: { kind: 'illegal_content', reference: 'Code pénal, article 227-23', explanation: 'It shows the abuse of a child.' },
  source: { type: 'trusted_flagger', identity: 'Point de Contact' },
  automatedDecision: 'partially',
  keywords: ['nudity'],
  puid: 'case-17',
};
const sha256 = '5'.repeat(64);
const saidOfTip = {
  incident: { annotations: ['csam_solicitation'], at: '2026-11-20T10:00:00+02:00' },
  reporter: { firstName: 'Ada', email: 'trust@example.test', termsOfService: 'No <abuse> & no "hate".' },
  file: { hashes: { sha256: sha256.toUpperCase() }, annotations: ['viral'] },
};

async function matched(list: string): Promise<{ requestId: string; pdq: string; entry: string }> {
  const pdq = randomHash(random);
  const hashes = { pdq, quality: 100 };
  const enrolled = await on.client.enrolHashes(hashes, list);
  const { id: entry } = list === 'harmless' ? await on.client.confirmed(enrolled) : enrolled;
  return { requestId: (await on.client.matchHashes(hashes)).requestId, pdq, entry };
}

async function anotherOrganisation(): Promise<Client> {
  const other = on.client.withKey((await createStrangers(on.service.database)).key);
  await until('the key is taken', 1_000, async () => (await other.json('POST', '/v1/match', {})).status === 400);
  return other;
}

describe('after a removal', () => {
  it('a draft statement of reasons states the decision and no secret', async () => {
    const { requestId, pdq, entry } = await matched('illegal');
    const answer = await on.client.json('POST', statementOf(requestId), saidOfStatement);
    const draft = expectOk(statementDraftSchema, answer);
    expect(validateStatement(draft.statement)).toEqual([]);
    expect(draft).toMatchObject({
      requestId,
      mayInform: true,
      suppressReason: null,
      statement: {
        decision_visibility: ['DECISION_VISIBILITY_CONTENT_REMOVED'],
        decision_account: 'DECISION_ACCOUNT_SUSPENDED',
        category: 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS',
        category_specification: ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL', 'KEYWORD_NUDITY'],
        source_type: 'SOURCE_TRUSTED_FLAGGER',
        automated_detection: 'Yes',
        automated_decision: 'AUTOMATED_DECISION_PARTIALLY',
        puid: 'case-17',
      },
    });
    expect(JSON.stringify(draft.statement)).not.toMatch(new RegExp(`${pdq}|${entry}|[0-9a-f]{32}`));
  });

  it('a draft CyberTipline report follows the rules of NCMEC', async () => {
    const { requestId, pdq } = await matched('illegal');
    const answer = await on.client.json('POST', tipOf(requestId), saidOfTip);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    const xml = z.string().parse(answer.body);
    expect(validateCyberTip(readXml(xml), new Date())).toEqual([]);
    expect(xml).toContain('<incidentDateTime>2026-11-20T08:00:00Z</incidentDateTime>');
    expect(xml).toContain('<fileViewedByEsp>false</fileViewedByEsp>');
    expect(xml).toContain('<termsOfService>No &lt;abuse&gt; &amp; no &quot;hate&quot;.</termsOfService>');
    expect(xml).toContain(`<originalFileHash hashType="SHA256">${sha256}</originalFileHash>`);
    expect(xml).not.toContain(pdq);
  });

  it('a reason not to inform the uploader stands beside the statement', async () => {
    const { requestId } = await matched('illegal');
    const suppressReason = { author: 'Ada', orderReference: 'OFAC 2026/17', expiresAt: '2099-01-01T00:00:00.000Z' };
    const answer = await on.client.json('POST', statementOf(requestId), { ...saidOfStatement, suppressReason });
    expect(expectOk(statementDraftSchema, answer)).toMatchObject({ mayInform: false, suppressReason });
  });

  it('another organisation gets 404', async () => {
    const { requestId } = await matched('illegal');
    const other = await anotherOrganisation();
    for (const [path, said] of [
      [statementOf(requestId), saidOfStatement],
      [tipOf(requestId), saidOfTip],
    ] as const) {
      const answer = await other.json('POST', path, said);
      expect([answer.status, problemOf(answer).code]).toEqual([404, 'not_found']);
      expect((await on.client.json('POST', path, said)).status).toBe(200);
    }
  });

  it('an incomplete draft answers 422 and names what is missing', async () => {
    const { requestId } = await matched('illegal');
    const { ground: _, ...rest } = saidOfStatement;
    const statement = await on.client.json('POST', statementOf(requestId), rest);
    expect([statement.status, problemOf(statement)]).toMatchObject([
      422,
      { code: 'draft_incomplete', detail: 'ground.kind (decision_ground): is missing' },
    ]);
    const tip = await on.client.json('POST', tipOf(requestId), {});
    expect([tip.status, problemOf(tip).detail]).toEqual([
      422,
      'reporter.email (report.reporter.reportingPerson.email): is missing',
    ]);
  });

  it('a malformed draft answers 400 and names the field', async () => {
    const { requestId } = await matched('illegal');
    const detailOf = async (path: string, said: unknown) => {
      const answer = await on.client.json('POST', path, said);
      return [answer.status, problemOf(answer).detail];
    };
    expect(await detailOf(statementOf(requestId), { accountType: 'secret' })).toEqual([
      400,
      'accountType: must be one of business, private',
    ]);
    expect(await detailOf(statementOf(requestId), { contentDate: 'yesterday' })).toEqual([
      400,
      'contentDate: must be a date such as 2026-11-23',
    ]);
    expect(await detailOf(tipOf(requestId), { file: { hashes: { md5: 'abc' } } })).toEqual([
      400,
      'file.hashes.md5: must be 32 hexadecimal digits',
    ]);
    expect(await detailOf(tipOf(requestId), { hash: 'x' })).toMatchObject([400, expect.stringContaining('hash')]);
  });
});

describe('after other verdicts', () => {
  it('intimate images of adults have a statement but no CyberTipline report', async () => {
    const { requestId } = await matched('known');
    const answer = await on.client.json('POST', statementOf(requestId), saidOfStatement);
    expect(expectOk(statementDraftSchema, answer).statement).toMatchObject({ category: 'STATEMENT_CATEGORY_CYBER_VIOLENCE' });
    const tip = await on.client.json('POST', tipOf(requestId), saidOfTip);
    expect([tip.status, problemOf(tip).detail]).toEqual([409, expect.stringContaining('is remove for ncii_adult')]);
  });

  it('a verdict that restricts nothing answers 409 with its name', async () => {
    const { requestId } = await matched('harmless');
    const answer = await on.client.json('POST', statementOf(requestId), saidOfStatement);
    expect([answer.status, problemOf(answer)]).toMatchObject([
      409,
      {
        code: 'conflict',
        detail: `the verdict on request "${requestId}" is suppressed, which neither removes nor holds content`,
      },
    ]);
  });

  it('a request without a match answers 404', async () => {
    const { requestId } = await on.client.matchHashes({ pdq: randomHash(random), quality: 100 });
    expect((await on.client.json('POST', statementOf(requestId), saidOfStatement)).status).toBe(404);
  });
});

describe('the OpenAPI document', () => {
  it('describes both drafts', async () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.object({ post: z.unknown() }).partial()) })
      .parse((await on.client.call('GET', '/openapi.json')).body);
    expect(paths['/v1/matches/{requestId}/drafts/statement-of-reasons']?.post).toMatchObject({
      responses: {
        200: { content: { 'application/json': { schema: { properties: { statement: { properties: { puid: {} } } } } } } },
      },
    });
    expect(paths['/v1/matches/{requestId}/drafts/cybertipline']?.post).toMatchObject({
      requestBody: { content: { 'application/json': { schema: { properties: { reporter: {} } } } } },
      responses: { 200: { content: { 'application/xml': { schema: { type: 'string' } } } } },
    });
  });
});
