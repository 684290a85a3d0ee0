import { childAbuse, duty, intimateImages, type Regime, removals } from './regime.js';

const onlineSafety: Regime = {
  id: 'uk_osa',
  title: "Ofcom's codes of practice: removal of detected child abuse",
  source: 'United Kingdom, Online Safety Act 2023 and the Codes of Ofcom (ICU C9)',
  classes: childAbuse,
  actions: removals,
  duties: [duty('remove', 'detected', 'Ofcom Codes, ICU C9')],
  pauses: [],
  priority: false,
  unverified:
    'Check in the Codes of Ofcom: the number of the measure (ICU C9). A duty to report to the NCA is pending and not listed here.',
};

const intimateImageAbuse: Regime = {
  id: 'uk_intimate_images',
  title: 'Report of an intimate image',
  source: 'United Kingdom, additions of 2026 to the Codes of Ofcom',
  classes: intimateImages,
  actions: removals,
  duties: [duty('remove', 'notice_received', 'additions of 2026', { within: 'PT48H' })],
  pauses: [],
  priority: false,
  unverified: 'Check with Ofcom when the additions come into force. They were laid before Parliament in June 2026.',
};

export const unitedKingdom: readonly Regime[] = [onlineSafety, intimateImageAbuse];
