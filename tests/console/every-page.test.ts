import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Role } from '../../src/domain/key.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  type Look,
  narrowFrench,
  settled,
  signInAs,
  useChromium,
  type Visit,
  wideEnglish,
} from '../support/console.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { type Furnished, furnish } from '../support/furnish.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();
let furnished: Furnished;

/** Set VIGIE_SCREENSHOTS to a folder to look at every page, in both themes and widths. */
const folder = process.env.VIGIE_SCREENSHOTS;
const otherLooks: readonly Look[] = [
  { ...wideEnglish, colorScheme: 'dark' },
  { ...narrowFrench, width: 375 },
  { ...narrowFrench, width: 375, colorScheme: 'light' },
];
const looks = folder ? [wideEnglish, narrowFrench, ...otherLooks] : [wideEnglish, narrowFrench];

const pages: readonly (readonly [name: string, role: Role | undefined, path: () => string])[] = [
  ['home', undefined, () => '/'],
  ['sign-in', undefined, () => '/console'],
  ['try-signed-out', undefined, () => '/try'],
  ['try', 'platform', () => '/try'],
  ['queue', 'reviewer', () => '/console/queue'],
  ['entry', 'reviewer', () => `/console/entries/${furnished.entry}`],
  ['enrol', 'analyst', () => '/console/enrol'],
  ['assisted', 'flagger', () => '/console/assisted'],
  ['enrol-of-flagger', 'flagger', () => '/console/enrol'],
  ['imports', 'analyst', () => '/console/imports'],
  ['import', 'analyst', () => `/console/imports/${furnished.import}`],
  ['series', 'analyst', () => '/console/series'],
  ['one-series', 'analyst', () => `/console/series/${encodeURIComponent(furnished.series)}`],
  ['lists', 'analyst', () => '/console/lists'],
  ['list', 'operator', () => '/console/lists/known'],
  ['matches', 'platform', () => '/console/matches'],
  ['match', 'platform', () => `/console/matches/${furnished.request}`],
  ['orders', 'platform', () => '/console/orders'],
  ['notices', 'platform', () => '/console/notices'],
  ['operations', 'operator', () => '/console/operations'],
  ['accounts', 'operator', () => '/console/accounts'],
  ['changes', 'operator', () => '/console/changes'],
  ['not-found', 'operator', () => '/console/nowhere'],
];

beforeAll(async () => {
  furnished = await furnish(on.client);
  if (folder) await mkdir(folder, { recursive: true });
});

describeWithBrowser.each(looks)('at $width px, $colorScheme, $locale', (look) => {
  const visits = new Map<Role | undefined, Visit>();
  const visitAs = async (role: Role | undefined): Promise<Visit> => {
    const known = visits.get(role);
    if (known) return known;
    const visit = await chromium.visit(look);
    if (role) await signInAs(visit.page, on.service.url, role);
    visits.set(role, visit);
    return visit;
  };
  afterAll(async () => {
    for (const { close } of visits.values()) await close();
  });

  it.each(pages)('the page %s is accessible, fits and reports no error', async (name, role, path) => {
    const { page, faults } = await visitAs(role);
    await page.goto(`${on.service.url}${path()}`);
    await settled(page);
    if (folder) await page.screenshot({ path: join(folder, `${name}-${look.width}-${look.colorScheme}.png`), fullPage: true });
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(faults).toEqual([]);
  });
});
