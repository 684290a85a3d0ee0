import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolWords } from '../../src/console/web/console/enrol/words.js';
import { entryWords } from '../../src/console/web/console/entry/words.js';
import { queueWords } from '../../src/console/web/console/queue/words.js';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { entryForm, expectOk } from '../support/client.js';
import { settled, useChromium } from '../support/console.js';
import { type Locale, locales, type Person, personAs } from '../support/console-people.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { photograph } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();
const wordsOf = (locale: Locale) => ({
  enrol: enrolWords[locale],
  entry: entryWords[locale],
  queue: queueWords[locale],
  verified: { en: 'verified', fr: 'vérifiée' }[locale],
});

async function newDraft(list: string, seed: number): Promise<{ id: string; image: Uint8Array }> {
  const image = await photograph(seed);
  const answer = await on.client.as('analyst').call('POST', '/v1/entries', { body: entryForm(image, { list }) });
  return { id: expectOk(entrySchema, answer).id, image };
}

beforeAll(async () => {
  for (const locale of locales) {
    const verification = { people: 1, organisations: 1 };
    const list = { id: `review-${locale}`, title: `Review ${locale}`, class: 'ncii_adult', action: 'remove', verification };
    await on.client.createList({ ...list, organisation: 'tests' });
    await on.client.as('operator').json('PUT', `/v1/lists/review-${locale}/grants/others`, { rights: ['read', 'verify'] });
  }
});

const row = (page: Page, id: string) => page.getByRole('row').filter({ has: page.locator(`a[href="/console/entries/${id}"]`) });

describeWithBrowser.each(locales)('in %s, a hotline and a second organisation', (locale) => {
  const words = wordsOf(locale);
  const list = `review-${locale}`;
  let analyst: Person;
  let police: Person;
  const images: Uint8Array[] = [];
  const entries: string[] = [];
  beforeAll(async () => {
    analyst = await personAs(chromium, on.service.url, 'analyst', { locale });
    police = await personAs(chromium, on.service.url, 'reviewer', { locale, organisation: 'others' });
    images.push(await photograph(locale === 'en' ? 811 : 821), await photograph(locale === 'en' ? 812 : 822));
  });
  afterAll(async () => {
    expect([analyst.faults, police.faults]).toEqual([[], []]);
    await analyst.close();
    await police.close();
  });

  it('enrol two images, one hashed in the browser and one on the server', async () => {
    const page = await analyst.go('/console/enrol');
    const requests: Request[] = [];
    page.on('request', (request) => request.method() === 'POST' && requests.push(request));
    await page.getByLabel(words.enrol.list, { exact: true }).selectOption(list);
    for (const [at, place] of [words.enrol.here, words.enrol.there].entries()) {
      const file = { name: `${at}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(images[at] ?? []) };
      await page.getByLabel(words.enrol.files, { exact: true }).setInputFiles(file);
      await page.getByRole('radio', { name: place }).check();
      await page.getByRole('button', { name: words.enrol.enrol, exact: true }).click();
      const link = page.getByRole('row', { name: file.name }).getByRole('link');
      entries.push(await link.innerText());
    }
    const [hashed, uploaded, ...more] = requests.map((request) => [request.url(), request.headers()['content-type'] ?? '']);
    const url = `${on.service.url}/v1/entries`;
    expect(hashed).toEqual([url, 'application/json']);
    expect(uploaded).toEqual([url, expect.stringContaining('multipart/form-data')]);
    expect(more).toEqual([]);
    expect(Object.keys(requests[0]?.postDataJSON().hashes)).toEqual(['pdq', 'blockhash', 'sha256']);
    expect((await on.client.match(images[0] ?? new Uint8Array())).matches).toMatchObject([{ entry: entries[0] }]);
  });

  it('see their own work greyed in the queue, with the reason', async () => {
    const page = await analyst.go(`/console/queue?list=${list}`);
    const own = row(page, entries[0] ?? '');
    await own.getByText(words.queue.why.own_work).waitFor();
    expect(await own.getAttribute('class')).toContain('dimmed');
    expect(await own.getByRole('button').count()).toBe(0);
  });

  it('confirm an entry of the other organisation, after a look at what it would hit', async () => {
    const [id = ''] = entries;
    const page = await police.go(`/console/queue?kind=waiting_for_me&list=${list}`);
    await page.getByRole('button', { name: words.queue.takeAbout(id) }).click();
    await page.waitForURL(`**/console/entries/${id}`);
    await page.getByRole('button', { name: words.entry.giveBack }).waitFor();
    await page.getByRole('button', { name: words.entry.act.confirm, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(words.entry.queriesUnknown).waitFor();
    await dialog.getByLabel(words.entry.remark).press('Control+Enter');
    await page.getByText(words.entry.done, { exact: true }).waitFor();
    await page.getByRole('banner').or(page.locator('main header')).getByText(words.verified, { exact: true }).waitFor();
    await page.getByText(words.entry.enough).waitFor();
    expect(await on.client.match(images[0] ?? new Uint8Array())).toMatchObject({ verdict: 'remove', matches: [{ list }] });
  });

  it('withdraw an entry with a reason, and restore it', async () => {
    const [id = ''] = entries;
    const page = await analyst.go(`/console/entries/${id}`);
    for (const [act, verdict] of [
      ['withdraw', 'no_known_match'],
      ['restore', 'remove'],
    ] as const) {
      await page.getByRole('button', { name: words.entry.act[act], exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(words.entry.reason, { exact: true }).fill(`${act} it`);
      await dialog.getByRole('button', { name: words.entry.act[act] }).click();
      await page.getByText(`${act} it`).waitFor();
      expect((await on.client.match(images[0] ?? new Uint8Array())).verdict).toBe(verdict);
    }
  });

  it('dispute an entry with a reason', async () => {
    const [id = ''] = entries;
    const page = await police.go(`/console/entries/${id}`);
    await page.getByRole('button', { name: words.entry.act.dispute, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(words.entry.reason, { exact: true }).fill('a film poster');
    await dialog.getByRole('button', { name: words.entry.act.dispute }).click();
    await page.getByRole('listitem').filter({ hasText: 'a film poster' }).waitFor();
    expect((await on.client.match(images[0] ?? new Uint8Array())).verdict).toBe('hold_for_review');
  });
});

describeWithBrowser('two reviewers', () => {
  let reviewer: Person;
  beforeAll(async () => {
    reviewer = await personAs(chromium, on.service.url, 'reviewer');
  });
  afterAll(() => reviewer.close());
  const police = () => on.client.as('reviewer', 'others');

  it('never work on the same entry: the second sees who has it', async () => {
    const { id } = await newDraft('review-en', 831);
    await police().call('PUT', `/v1/entries/${id}/lease`);
    const page = await reviewer.go('/console/queue?list=review-en');
    await row(page, id)
      .getByText(/person \d+ of others has it until/)
      .waitFor();
    expect(await row(page, id).getByRole('button').count()).toBe(0);
  });

  it('see the state and who was first when both decide', async () => {
    const { id } = await newDraft('review-en', 832);
    const page = await reviewer.go(`/console/entries/${id}`);
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('not what it says');
    expect((await police().json('POST', `/v1/entries/${id}/confirm`, {})).status).toBe(200);
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.getByText(/The entry is now verified\. person \d+ of others was first/).waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('not what it says');
    // The page behind shows the new state too.
    await page.locator('main header').getByText('verified', { exact: true }).waitFor();
  });

  it('do not take one entry for another when they follow a link between two', async () => {
    const [one, other] = [await newDraft('review-en', 833), await newDraft('review-en', 834)];
    const page = await reviewer.go(`/console/entries/${one.id}`);
    await page.getByRole('button', { name: 'Take this entry' }).click();
    await page.getByText(/You have this entry until/).waitFor();
    // As a link of the page does it, without a new document.
    await page.evaluate((path) => {
      const link = Object.assign(document.createElement('a'), { href: path, textContent: 'other' });
      document.querySelector('main')?.append(link);
      link.click();
    }, `/console/entries/${other.id}`);
    await page.getByRole('heading', { level: 1, name: other.id.slice(-8) }).waitFor();
    await settled(page);
    expect(await page.getByText(/You have this entry until/).count()).toBe(0);
  });
});
