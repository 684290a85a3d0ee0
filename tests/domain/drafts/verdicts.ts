/** Complete examples: a test changes only what it is about. */

import type { DraftedVerdict } from '../../../src/domain/drafts/classes.js';
import type { CyberTipFacts } from '../../../src/domain/drafts/cybertip-rules.js';
import type { StatementFacts } from '../../../src/domain/drafts/statement-rules.js';
import type { ContentClass } from '../../../src/domain/list.js';
import type { Match, VerdictName } from '../../../src/domain/verdict.js';

export const now = new Date('2026-11-26T10:00:00Z');
export const entryId = `ent_${'ab'.repeat(16)}`;

export function matchOf(contentClass: ContentClass, changes: Partial<Match> = {}): Match {
  return {
    entry: entryId,
    list: 'fr-list-7',
    class: contentClass,
    matchType: 'near',
    algorithm: 'pdq',
    variant: 'full',
    transformation: null,
    band: 'tight',
    policyVersion: 1,
    distance: 4,
    threshold: 31,
    orientation: 'identity',
    negative: false,
    corroborated: true,
    action: 'remove',
    ...changes,
  };
}

export function verdictOn(classes: readonly ContentClass[], verdict: VerdictName = 'remove'): DraftedVerdict {
  const action = verdict === 'hold_for_review' || verdict === 'quarantined' ? 'hold_for_review' : 'remove';
  return {
    verdict,
    matches: classes.map((one) => matchOf(one, { action })),
    answeredAt: new Date('2026-11-26T09:30:00.500Z'),
  };
}

export const saidOfStatement: StatementFacts = {
  territorialScope: ['FR', 'BE'],
  accountType: 'ACCOUNT_TYPE_PRIVATE',
  contentDate: '2026-11-20',
  contentLanguage: 'FR',
  ground: {
    kind: 'DECISION_GROUND_ILLEGAL_CONTENT',
    reference: 'Code pénal, article 226-2-1',
    explanation: 'Intimate image published without the consent of who it shows.',
    url: 'https://law.example/226-2-1',
  },
  source: { type: 'SOURCE_VOLUNTARY' },
  automatedDecision: 'AUTOMATED_DECISION_FULLY',
  puid: '7d1cf1b8-6c1e-4a45-9d63-0d4ce1d3a7a4',
};

export const saidOfTip: CyberTipFacts = {
  incident: {
    platform: 'Example Chat',
    escalateToHighPriority: 'A child is at risk.',
    annotations: ['spam', 'sextortion'],
    at: new Date('2026-11-26T08:00:00Z'),
    atDescription: 'The time of the upload.',
  },
  webPage: { urls: ['https://example.test/a?b=1&c=2', 'https://example.test/b'], additionalInfo: 'A public page.' },
  reporter: {
    firstName: 'Ada',
    lastName: "O'Neill",
    email: 'trust@example.test',
    companyTemplate: 'Example Ltd.',
    termsOfService: 'No <abuse>.',
    legalUrl: 'https://example.test/legal',
  },
  reportedUser: {
    id: 'user 12',
    service: 'Chat',
    screenName: 'somebody',
    ipCaptures: [
      { ipAddress: '203.0.113.7', event: 'Upload', at: new Date('2026-11-26T08:00:00Z'), possibleProxy: false, port: 443 },
    ],
  },
  file: {
    reportId: 12,
    fileId: 'b0754af766b426f2928a02c651ed4b99',
    originalName: 'a&b.jpg',
    uploadedAt: new Date('2026-11-26T08:00:00Z'),
    location: 'https://example.test/files/1',
    viewedByEsp: true,
    exifViewedByEsp: false,
    publiclyAvailable: true,
    annotations: ['viral', 'infant'],
    hashes: { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
    additionalInfo: 'One of several.',
  },
  industryHashSharing: true,
  additionalInfo: 'Nothing else is known.',
};
