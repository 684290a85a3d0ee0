import { childAbuse, duty, intimateImages, type Regime, removals } from './regime.js';

const section2258A: Regime = {
  id: 'us_2258a',
  title: 'Report to the CyberTipline',
  source: 'United States, 18 USC 2258A with the REPORT Act of 2024',
  classes: childAbuse,
  actions: removals,
  duties: [
    duty('report', 'detected', '18 USC 2258A(a)', { recipients: ['ncmec_cybertipline'] }),
    duty('preserve', 'detected', '18 USC 2258A(h)', { lasts: 'P1Y' }),
  ],
  pauses: [],
  priority: false,
  unverified:
    'Check in 18 USC 2258A: when the clock starts (with actual knowledge; here it starts with the match), the year of preservation ' +
    '(90 days until 2024), and whether it covers a synthetic image, which depends on the image.',
};

const takeItDown: Regime = {
  id: 'us_take_it_down',
  title: 'Valid signed request to remove an intimate image',
  source: 'United States, TAKE IT DOWN Act, in force for platforms since 2026-05-19',
  classes: intimateImages,
  actions: removals,
  duties: [
    duty('remove', 'notice_received', 'TAKE IT DOWN Act, section 3', { within: 'PT48H' }),
    duty('remove_copies', 'notice_received', 'TAKE IT DOWN Act, section 3', {
      within: 'PT48H',
      when: 'known identical copies, with reasonable efforts',
    }),
    duty('preserve', 'notice_received', 'TAKE IT DOWN Act, section 3'),
  ],
  pauses: [],
  priority: false,
  unverified: 'Check in the TAKE IT DOWN Act, section 3: how long to keep the request. Our notes do not say.',
};

export const unitedStates: readonly Regime[] = [section2258A, takeItDown];
