import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { legalWords } from '../../src/console/web/console/legal/words.js';
import { matchWords } from '../../src/console/web/console/matches/words.js';
import { homeWords } from '../../src/console/web/home/words.js';
import { uiWords } from '../../src/console/web/ui/words.js';
import { settled, useChromium } from '../support/console.js';
import { locales, type Person, personAs } from '../support/console-people.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { photograph } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();
let image: Buffer;
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

beforeAll(async () => {
  image = await photograph(871);
  await on.client.enrol(image, 'illegal');
  await on.client.json('PATCH', '/v1/organisation', { regimes: ['fr_lcen_order'] });
});

describeWithBrowser.each(locales)('a platform, in %s', (locale) => {
  const words = matchWords[locale];
  const home = homeWords[locale];
  const verdict = { en: 'remove and report', fr: 'retirer et signaler' }[locale];
  let platform: Person;
  beforeAll(async () => {
    platform = await personAs(chromium, on.service.url, 'platform', { locale });
  });
  afterAll(async () => {
    expect(platform.faults).toEqual([]);
    await platform.close();
  });

  it('tries an image and sees the verdict and why', async () => {
    const page = await platform.go('/try');
    await page.getByLabel(home.image, { exact: true }).setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: image });
    await page.getByRole('button', { name: home.match, exact: true }).click();
    await page.getByRole('status').getByText(verdict, { exact: true }).waitFor();
    await page.getByRole('heading', { name: words.explain }).waitFor();
    await page.getByRole('cell', { name: 'illegal' }).first().waitFor();
  });

  it('tries pasted hashes and gets the code that does the same', async () => {
    const page = await platform.go('/try');
    const sha256 = createHash('sha256').update(image).digest('hex');
    await page.getByLabel(home.hashes).fill('{"sha256"');
    await page.getByText(home.invalid).waitFor();
    await page.getByLabel(home.hashes).fill(JSON.stringify({ sha256 }));
    await page.getByRole('button', { name: home.match, exact: true }).click();
    await page.getByRole('status').getByText(verdict, { exact: true }).waitFor();
    for (const name of ['curl', 'TypeScript']) {
      expect(await page.getByRole('region', { name, exact: true }).innerText()).toContain(`{"sha256":"${sha256}"}`);
    }
  });

  it('finds a match, reads why and drafts the reports', async () => {
    const { requestId } = await on.client.match(image);
    const page = await platform.go('/console/matches');
    await page.getByRole('link', { name: requestId }).click();
    await page.getByRole('heading', { name: words.explain }).waitFor();
    await settled(page);
    await page.getByText(words.cyberTip).click();
    await page.getByLabel(words.email).fill('abuse@example.org');
    await page.getByRole('button', { name: words.write }).click();
    const tip = page.getByRole('region', { name: 'cybertip.xml' });
    expect(await tip.innerText()).toContain('abuse@example.org');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: words.download }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('abuse@example.org');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: uiWords[locale].copy }).click();
    await page.getByText(uiWords[locale].copied, { exact: true }).waitFor();
    await page.getByText(words.cyberTip).click();

    await page.getByText(words.statement).click();
    await page.getByLabel(words.contentDate).fill('2026-11-20');
    await page.getByLabel(words.reference).fill('Art. 227-23');
    await page.getByLabel(words.puid).fill('post-17');
    await page.getByLabel(words.explanation, { exact: true }).fill('Known content.');
    await page.getByRole('button', { name: words.write }).click();
    expect(await page.getByRole('region', { name: 'statement-of-reasons.json' }).innerText()).toContain('post-17');
  });

  it('sees overdue orders first and records an outcome', async () => {
    const legal = legalWords[locale];
    const order = { regime: 'fr_lcen_order', issuer: 'OFAC', about: 'ticket 12' };
    await on.client.json('POST', '/v1/orders', { ...order, reference: `${locale}-new`, receivedAt: ago(1) });
    await on.client.json('POST', '/v1/orders', { ...order, reference: `${locale}-overdue`, receivedAt: ago(30) });
    const page = await platform.go('/console/orders');
    const rows = page.getByRole('row').filter({ hasText: `${locale}-` });
    expect((await rows.allInnerTexts()).map((text) => text.split(/\s/)[0])).toEqual([`${locale}-overdue`, `${locale}-new`]);
    await page.getByRole('button', { name: `${legal.close} ${locale}-overdue` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(legal.outcome).selectOption('refused');
    await dialog.getByLabel(legal.reason).fill('not on our service');
    await dialog.getByRole('button', { name: legal.record }).click();
    await page.getByRole('button', { name: `${legal.close} ${locale}-overdue` }).waitFor({ state: 'detached' });
    await page.getByLabel(legal.show).selectOption('closed');
    await page
      .getByRole('row', { name: `${locale}-overdue` })
      .getByText(legal.outcomes.refused, { exact: true })
      .waitFor();
  });
});
