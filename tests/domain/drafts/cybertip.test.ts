import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DraftedVerdict } from '../../../src/domain/drafts/classes.js';
import { draftCyberTip } from '../../../src/domain/drafts/cybertip.js';
import { elementsAt, validateCyberTip } from '../../../src/domain/drafts/cybertip-check.js';
import type { CyberTipFacts } from '../../../src/domain/drafts/cybertip-rules.js';
import { isXmlText, writeXml, type XmlElement } from '../../../src/domain/drafts/xml.js';
import { entryId, matchOf, now, saidOfTip, verdictOn } from './verdicts.js';
import { readXml } from './xml-reader.js';

const bare: CyberTipFacts = { reporter: { email: 'trust@example.test' } };
const draft = (said: CyberTipFacts, verdict: DraftedVerdict = verdictOn(['csam_a1'], 'remove_and_report')) =>
  draftCyberTip(verdict, said, now);
const textAt = (root: XmlElement, ...path: readonly string[]) => elementsAt(root, ...path)[0]?.content;
const namesAt = (root: XmlElement, ...path: readonly string[]) => {
  const content = textAt(root, ...path);
  return typeof content === 'string' || content === undefined ? [] : content.map(({ name }) => name);
};

describe('draftCyberTip', () => {
  it('writes all facts in the order of the schema', () => {
    const full = draft(saidOfTip);
    expect(validateCyberTip(full, now)).toEqual([]);
    expect(namesAt(full, 'report')).toEqual([
      'incidentSummary',
      'internetDetails',
      'reporter',
      'personOrUserReported',
      'additionalInfo',
    ]);
    expect(namesAt(full, 'report', 'incidentSummary')).toEqual([
      'incidentType',
      'platform',
      'escalateToHighPriority',
      'reportAnnotations',
      'incidentDateTime',
      'incidentDateTimeDescription',
    ]);
    expect(namesAt(full, 'fileDetails')).toEqual([
      'reportId',
      'fileId',
      'originalFileName',
      'uploadedToEspTimestamp',
      'locationOfFile',
      'fileViewedByEsp',
      'exifViewedByEsp',
      'publiclyAvailable',
      'fileRelevance',
      'fileAnnotations',
      'industryClassification',
      'originalFileHash',
      'originalFileHash',
      'originalFileHash',
      'additionalInfo',
    ]);
    expect(namesAt(full, 'report', 'incidentSummary', 'reportAnnotations')).toEqual(['sextortion', 'spam']);
  });

  it('needs only the reporter', () => {
    const least = draft(bare);
    expect(validateCyberTip(least, now)).toEqual([]);
    expect(writeXml(least)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<cyberTiplineDraft sent="false"><report><incidentSummary>` +
        '<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>' +
        '<incidentDateTime>2026-11-26T09:30:00Z</incidentDateTime>' +
        '<incidentDateTimeDescription>The time at which the file was matched.</incidentDateTimeDescription></incidentSummary>' +
        '<reporter><reportingPerson><email>trust@example.test</email></reportingPerson></reporter></report>' +
        '<fileDetails><fileViewedByEsp>false</fileViewedByEsp><fileRelevance>Reported</fileRelevance></fileDetails>' +
        '</cyberTiplineDraft>\n',
    );
  });

  it.each([
    [undefined, 'false'],
    [false, 'false'],
    [true, 'true'],
  ])('says that the platform viewed the file only if it did (%s)', (viewedByEsp, expected) => {
    expect(textAt(draft({ ...bare, file: { viewedByEsp } }), 'fileDetails', 'fileViewedByEsp')).toBe(expected);
  });

  it.each([
    ['csam_a1', 'A1'],
    ['csam_a2', 'A2'],
    ['csam_b1', 'B1'],
    ['csam_b2', 'B2'],
    ['csam_baseline', undefined],
    ['csam_illegal', undefined],
    ['ncii_minor', undefined],
  ] as const)('classifies %s as %s', (contentClass, classification) => {
    const said = { ...bare, industryHashSharing: true };
    expect(textAt(draft(said, verdictOn([contentClass])), 'fileDetails', 'industryClassification')).toBe(classification);
  });

  it('gives no classification for a platform outside hash sharing', () => {
    expect(textAt(draft(bare), 'fileDetails', 'industryClassification')).toBeUndefined();
  });

  it('gives no classification when the deciding entries disagree, and ignores entries that only held', () => {
    const said = { ...bare, industryHashSharing: true };
    const disagreeing = draft(said, verdictOn(['csam_a1', 'csam_b2']));
    expect(textAt(disagreeing, 'fileDetails', 'industryClassification')).toBeUndefined();
    const held = matchOf('csam_b2', { action: 'hold_for_review' });
    const verdict = { verdict: 'remove' as const, matches: [matchOf('csam_a1'), held], answeredAt: now };
    expect(textAt(draft(said, verdict), 'fileDetails', 'industryClassification')).toBe('A1');
  });

  it('flags synthetic content as generated', () => {
    expect(namesAt(draft(bare, verdictOn(['csam_synthetic'])), 'fileDetails', 'fileAnnotations')).toEqual(['generativeAi']);
  });

  it('reports only the hashes in the request, and no entry or list', () => {
    const exact = matchOf('csam_a1', { matchType: 'exact', algorithm: 'sha256' });
    const verdict = { verdict: 'remove' as const, matches: [exact], answeredAt: now };
    const xml = writeXml(draft(bare, verdict));
    expect(xml).not.toMatch(/[0-9a-f]{32}/i);
    expect(xml).not.toContain(entryId);
    expect(xml).not.toContain(exact.list);
    const sent = draft({ ...bare, file: { hashes: { sha1: '2'.repeat(40) } } }, verdict);
    expect(elementsAt(sent, 'fileDetails', 'originalFileHash')).toEqual([
      { name: 'originalFileHash', attributes: { hashType: 'SHA1' }, content: '2'.repeat(40) },
    ]);
  });

  it('uses the time of the upload by default', () => {
    const uploadedAt = new Date('2026-11-25T23:59:59.999Z');
    const summary = elementsAt(draft({ ...bare, file: { uploadedAt } }), 'report', 'incidentSummary')[0]?.content;
    expect(summary).toEqual([expect.anything(), { name: 'incidentDateTime', attributes: {}, content: '2026-11-25T23:59:59Z' }]);
  });

  it('moves a time that is slightly ahead into the past, and keeps one that is far ahead', () => {
    const at = (ms: number) => draft({ ...bare, incident: { at: new Date(now.getTime() + ms) } });
    expect(textAt(at(30_000), 'report', 'incidentSummary', 'incidentDateTime')).toBe('2026-11-26T09:59:59Z');
    expect(validateCyberTip(at(30_000), now)).toEqual([]);
    expect(validateCyberTip(at(90_000), now)).toMatchObject([{ asked: 'incident.at', rule: 'is in the future' }]);
  });
});

describe('a report with any texts', () => {
  const text = fc.option(fc.string({ unit: 'binary', maxLength: 60 }), { nil: undefined });
  const flag = fc.option(fc.boolean(), { nil: undefined });
  const said: fc.Arbitrary<CyberTipFacts> = fc.record({
    incident: fc.record({ platform: text, escalateToHighPriority: text, atDescription: text }),
    webPage: fc.record({
      urls: fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { maxLength: 3 }),
      additionalInfo: text,
    }),
    reporter: fc.record({
      firstName: text,
      lastName: text,
      companyTemplate: text,
      termsOfService: text,
      email: fc.constant('a@b.test'),
    }),
    reportedUser: fc.record({ id: text, service: text, screenName: text }),
    file: fc.record({ originalName: text, location: text, viewedByEsp: flag, publiclyAvailable: flag, additionalInfo: text }),
    additionalInfo: text,
  });
  const textsOf = ({ content }: XmlElement): string[] => (typeof content === 'string' ? [content] : content.flatMap(textsOf));

  it('survives writing and reading, or is refused', () => {
    fc.assert(
      fc.property(said, (facts) => {
        const drafted = draft(facts);
        if (validateCyberTip(drafted, now).length > 0) {
          return textsOf(drafted).some((one) => !isXmlText(one) || (one !== '' && one.trim() === ''));
        }
        expect(readXml(writeXml(drafted))).toEqual(withEmpty(drafted));
        return true;
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the order of the schema', () => {
    fc.assert(
      fc.property(said, (facts) => validateCyberTip(draft(facts), now).every(({ rule }) => !rule.includes('must come before'))),
    );
  });

  /** XML cannot tell an element without children from one without text. */
  function withEmpty(one: XmlElement): XmlElement {
    if (typeof one.content === 'string') return one;
    return { ...one, content: one.content.length === 0 ? '' : one.content.map(withEmpty) };
  }
});
