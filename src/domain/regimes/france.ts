import { childAbuse, duty, everythingRemoved, type Regime, removals } from './regime.js';

/** OFAC: the French police office against cybercrime. */
const lcenOrder: Regime = {
  id: 'fr_lcen_order',
  title: 'Removal order by OFAC',
  source: 'France, LCEN (loi 2004-575), article 6-1',
  classes: [...childAbuse, 'tvec'],
  actions: removals,
  duties: [
    duty('remove', 'order_received', 'LCEN 6-1', { within: 'PT24H' }),
    duty('inform_issuer', 'order_received', 'LCEN 6-1', { recipients: ['ofac'] }),
    duty('inform_uploader', 'order_received', 'LCEN 6-1', { when: 'unless the authority forbids it' }),
    duty('preserve', 'order_received', 'LCEN 6-1'),
  ],
  pauses: ['force_majeure', 'insufficient_information'],
  priority: false,
  unverified:
    'Check in LCEN, article 6-1: the duty to inform the uploader. A host that never received an order is warned 12 hours ahead; ' +
    '`receivedAt` is the time of the order, not of the warning. Orders on torture and barbarity are on trial and have no class here.',
};

const trustedFlagger: Regime = {
  id: 'fr_dsa_trusted_flagger',
  title: 'Notice by a trusted flagger that Arcom appointed',
  source: 'Regulation (EU) 2022/2065, article 22; France, loi 2024-449',
  classes: everythingRemoved,
  actions: removals,
  duties: [
    duty('remove', 'notice_received', 'DSA 22(1)'),
    duty('inform_issuer', 'notice_received', 'DSA 16(5)', { recipients: ['notifier'] }),
  ],
  pauses: [],
  priority: true,
  unverified: null,
};

/** For investigators, not for platforms. */
const retention: Regime = {
  id: 'fr_cpp_d47_8',
  title: 'Images that investigators keep',
  source: 'France, code de procédure pénale, article D. 47-8',
  classes: childAbuse,
  actions: removals,
  duties: [
    duty('report', 'detected', 'CPP D. 47-8', { within: 'P3M', recipients: ['cnaip'] }),
    duty('destroy', 'detected', 'CPP D. 47-8', { within: 'P3M' }),
  ],
  pauses: [],
  priority: false,
  unverified:
    'Check in the code de procédure pénale, article D. 47-8: when the three months start. By our notes they start with lawful ' +
    'retention; here they start with the match. CNAIP gets the copy before they end.',
};

export const france: readonly Regime[] = [lcenOrder, trustedFlagger, retention];
