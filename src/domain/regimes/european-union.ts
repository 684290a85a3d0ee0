import { childAbuse, duty, everythingRemoved, type Regime, removals } from './regime.js';

const dsa: Regime = {
  id: 'eu_dsa',
  title: 'Digital Services Act: own moderation and notices',
  source: 'Regulation (EU) 2022/2065, articles 16, 17, 18, 20 and 24(5)',
  classes: everythingRemoved,
  actions: removals,
  duties: [
    duty('report', 'detected', 'DSA 18', {
      recipients: ['competent_authority'],
      classes: [...childAbuse, 'tvec'],
      when: 'the content raises a suspicion of a crime that threatens the life or safety of a person',
    }),
    duty('inform_uploader', 'detected', 'DSA 17', { when: 'unless an order forbids it, or the content is deceptive spam' }),
    duty('publish_reasons', 'detected', 'DSA 24(5)', { recipients: ['dsa_transparency_database'] }),
    duty('accept_complaints', 'detected', 'DSA 20(1)', { lasts: 'P6M' }),
    duty('remove', 'notice_received', 'DSA 16(6)', { when: 'the platform agrees with the notice' }),
    duty('inform_issuer', 'notice_received', 'DSA 16(5)', { recipients: ['notifier'] }),
  ],
  pauses: [],
  priority: false,
  unverified:
    'Check in Regulation (EU) 2022/2065: the articles that the duties cite, and the six months for complaints (article 20).',
};

const tco: Regime = {
  id: 'eu_tco',
  title: 'Removal order for terrorist content',
  source: 'Regulation (EU) 2021/784, articles 3, 6 and 11',
  classes: ['tvec'],
  actions: removals,
  duties: [
    duty('remove', 'order_received', 'TCO 3(3)', { within: 'PT1H' }),
    duty('inform_issuer', 'order_received', 'TCO 3(6)', { recipients: ['issuing_authority'] }),
    duty('inform_uploader', 'order_received', 'TCO 11', { when: 'unless the authority forbids it' }),
    duty('preserve', 'order_received', 'TCO 6', { lasts: 'P6M' }),
  ],
  pauses: ['force_majeure', 'insufficient_information'],
  priority: false,
  unverified:
    'Check in Regulation (EU) 2021/784: the pauses (3(7), 3(8)) and the duty to inform the uploader (11). Check whether the hour ' +
    'continues after a pause, as here, or begins again. The authority may extend the six months of preservation.',
};

const ePrivacy: Regime = {
  id: 'eu_eprivacy_derogation',
  title: 'Interim derogation for the voluntary scanning of messages',
  source: 'Regulation (EU) 2021/1232',
  classes: childAbuse,
  actions: ['remove_and_report'],
  duties: [duty('report', 'detected', 'Regulation 2021/1232, 3(1)', { recipients: ['competent_authority', 'hotline'] })],
  pauses: [],
  priority: false,
  unverified:
    'Check in the Official Journal whether the derogation applies: it lapsed on 2026-04-03, and an extension to 2028 was being adopted.',
};

const gdpr: Regime = {
  id: 'eu_gdpr_erasure',
  title: 'Request for erasure',
  source: 'Regulation (EU) 2016/679, articles 12(3) and 17',
  classes: everythingRemoved,
  actions: removals,
  duties: [
    duty('destroy', 'notice_received', 'GDPR 17', { within: 'P1M' }),
    duty('inform_issuer', 'notice_received', 'GDPR 12(3)', { within: 'P1M', recipients: ['notifier'] }),
  ],
  pauses: [],
  priority: false,
  unverified:
    'Check in Regulation (EU) 2016/679: the month, which may be extended by two. Check with your data protection authority whether ' +
    'hashes are personal data, as the UK ICO holds.',
};

export const europeanUnion: readonly Regime[] = [dsa, tco, ePrivacy, gdpr];
