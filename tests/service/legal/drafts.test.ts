import { describe, expect, it } from 'vitest';
import type { VerdictName } from '../../../src/domain/verdict.js';
import { Drafts, type LoggedVerdict } from '../../../src/service/legal/drafts.js';
import { now, saidOfStatement, saidOfTip, verdictOn } from '../../domain/drafts/verdicts.js';
import { platform } from '../../support/callers.js';

const caller = platform({ organisation: 'ours' });
const logged = new Map<string, LoggedVerdict>();
const drafts = new Drafts(
  { get: async (organisation, id) => logged.get(`${organisation} ${id}`) },
  { many: async () => [] },
  () => now,
);

function log(verdict: VerdictName, ...classes: Parameters<typeof verdictOn>[0]): string {
  const requestId = `req_${logged.size}`;
  logged.set(`ours ${requestId}`, { requestId, ...verdictOn(classes, verdict) });
  return requestId;
}

const restricting = ['remove_and_report', 'remove', 'hold_for_review', 'quarantined'] as const;
const others = ['suppressed', 'test_match', 'unscannable'] as const;
const statement = (id: string, facts = saidOfStatement) => drafts.statementOfReasons(caller, id, facts, undefined);

describe('Drafts', () => {
  it.each(restricting)('drafts both documents after %s', async (verdict) => {
    const id = log(verdict, 'csam_baseline');
    expect(await statement(id)).toMatchObject({ requestId: id, mayInform: true, suppressReason: null });
    expect(await drafts.cyberTip(caller, id, saidOfTip)).toContain('<fileViewedByEsp>true</fileViewedByEsp>');
  });

  it.each(others)('drafts no document after %s', async (verdict) => {
    const id = log(verdict, 'csam_baseline');
    const refusal = { code: 'conflict', detail: expect.stringContaining(`is ${verdict}`) };
    await expect(statement(id)).rejects.toMatchObject(refusal);
    await expect(drafts.cyberTip(caller, id, saidOfTip)).rejects.toMatchObject(refusal);
  });

  it.each(['req_unknown', '', '../..'])('does not find the request %j', async (id) => {
    await expect(statement(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(drafts.cyberTip(caller, id, saidOfTip)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not find requests of other organisations', async () => {
    const id = log('remove', 'csam_baseline');
    const stranger = { ...caller, organisation: 'theirs' };
    await expect(drafts.cyberTip(stranger, id, saidOfTip)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['ncii_adult', 'ncii_synthetic', 'tvec', 'unclassified'] as const)(
    'drafts no CyberTipline report about %s',
    async (shown) => {
      const id = log('remove', shown);
      await expect(drafts.cyberTip(caller, id, saidOfTip)).rejects.toMatchObject({
        code: 'conflict',
        detail: `the verdict on request "${id}" is remove for ${shown} content, but the CyberTipline only takes reports of child sexual exploitation`,
      });
    },
  );

  it.each([undefined, false])('drafts no report about a hold that nobody viewed (%s)', async (viewedByEsp) => {
    const id = log('hold_for_review', 'csam_baseline');
    await expect(drafts.cyberTip(caller, id, { ...saidOfTip, file: { viewedByEsp } })).rejects.toMatchObject({
      code: 'draft_incomplete',
      detail: expect.stringContaining('file.viewedByEsp (fileDetails.fileViewedByEsp): must be true'),
    });
  });

  it('names every missing field by both its names, and no value', async () => {
    const id = log('remove', 'ncii_adult');
    const secret = 'ab'.repeat(16);
    await expect(statement(id, { facts: secret, ground: { kind: 'DECISION_GROUND_ILLEGAL_CONTENT' } })).rejects.toMatchObject({
      code: 'draft_incomplete',
      status: 422,
      detail:
        'ground.reference (illegal_content_legal_ground): is missing; ground.explanation (illegal_content_explanation): is missing; ' +
        'territorialScope (territorial_scope): is missing; contentDate (content_date): is missing; ' +
        'facts (decision_facts): contains a hash or an id, but a statement is public; source.type (source_type): is missing; ' +
        'automatedDecision (automated_decision): is missing; puid: is missing',
    });
    await expect(drafts.cyberTip(caller, log('remove', 'csam_a1'), {})).rejects.toMatchObject({
      detail: 'reporter.email (report.reporter.reportingPerson.email): is missing',
    });
  });

  it('refuses a statement that names a hash list', async () => {
    const id = log('remove', 'ncii_adult');
    await expect(statement(id, { ...saidOfStatement, facts: 'It is on fr-list-7.' })).rejects.toMatchObject({
      code: 'draft_incomplete',
      detail: 'facts (decision_facts): names a hash list, but a statement is public',
    });
  });

  it('answers suppressReason beside the statement, not in it', async () => {
    const id = log('remove_and_report', 'csam_baseline');
    const order = { author: 'Ada Example', orderReference: 'OFAC 2026/17', expiresAt: new Date('2026-12-26T00:00:00Z') };
    const draft = await drafts.statementOfReasons(caller, id, saidOfStatement, order);
    expect(draft).toMatchObject({ mayInform: false, suppressReason: order });
    expect(JSON.stringify(draft.statement)).not.toMatch(/Ada|OFAC/);
  });

  it('refuses a suppressReason that has expired', async () => {
    const order = { author: 'Ada Example', orderReference: 'OFAC 2026/17', expiresAt: now };
    const drafted = drafts.statementOfReasons(caller, log('remove', 'csam_baseline'), saidOfStatement, order);
    await expect(drafted).rejects.toMatchObject({
      code: 'draft_incomplete',
      detail: expect.stringContaining('must be in the future'),
    });
  });
});
