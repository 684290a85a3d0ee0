import type { Page, Request } from 'playwright-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { shellWords } from '../../src/console/web/console/shell/words.js';
import { uiWords } from '../../src/console/web/ui/words.js';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { entryForm, expectOk } from '../support/client.js';
import { giveKey, settled, signInWith, useChromium } from '../support/console.js';
import { locales, type Person, personAs } from '../support/console-people.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { type Furnished, furnish } from '../support/furnish.js';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();
let furnished: Furnished;
let seed = 900;
const people: Person[] = [];

beforeAll(async () => {
  furnished = await furnish(on.client);
});
afterEach(async () => {
  for (const { close } of people.splice(0)) await close();
});

async function newDraft(): Promise<string> {
  const body = entryForm(await photograph(seed++), { list: 'review', series: `case-${seed}` });
  return expectOk(entrySchema, await on.client.as('analyst').call('POST', '/v1/entries', { body })).id;
}

async function reviewer(locale: 'en' | 'fr' = 'en'): Promise<Person> {
  const person = await personAs(chromium, on.service.url, 'reviewer', { locale, organisation: 'others' });
  people.push(person);
  return person;
}

/** The history tells how often something was done, whatever the page says. */
async function confirmationsOf(id: string): Promise<number> {
  const history = z.object({ items: z.array(z.object({ event: z.string() })) });
  const { items } = expectOk(history, await on.client.as('reviewer').call('GET', `/v1/entries/${id}/history`));
  return items.filter(({ event }) => event === 'confirm').length;
}

const actsIn = (page: Page): Request[] => {
  const acts: Request[] = [];
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/confirm') && acts.push(request));
  return acts;
};

async function openConfirm(page: Page, remark: string, name = 'Confirm') {
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog', { name, exact: true });
  await dialog.getByRole('textbox').fill(remark);
  return dialog;
}

describeWithBrowser('an expired session', () => {
  it.each(locales)('asks for the key over the page, keeps the form and goes on once (%s)', async (locale) => {
    const name = { en: 'Confirm', fr: 'Confirmer' }[locale];
    const id = await newDraft();
    const { page, go } = await reviewer(locale);
    await go(`/console/entries/${id}`);
    const dialog = await openConfirm(page, 'I have seen the file', name);
    await page.context().clearCookies();
    await dialog.getByRole('button', { name }).click();
    await page.getByRole('dialog', { name: shellWords[locale].expired }).waitFor();
    expect(await dialog.getByRole('textbox', { includeHidden: true }).inputValue()).toBe('I have seen the file');
    await giveKey(page, keyOf('reviewer', 'others'));
    await page.getByRole('listitem').filter({ hasText: 'I have seen the file' }).waitFor();
    expect(await confirmationsOf(id)).toBe(1);
  });

  it('keeps what was pasted on /try', async () => {
    const { page, go } = await personAs(chromium, on.service.url, 'platform');
    await go('/try');
    await page.getByLabel('Hashes as JSON').fill(`{"sha256": "${'ab'.repeat(32)}"}`);
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Match' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await giveKey(page, keyOf('platform'));
    await page.getByText('no known match', { exact: true }).waitFor();
    expect(await page.getByLabel('Hashes as JSON').inputValue()).toContain('abab');
    await page.context().close();
  });
});

describeWithBrowser('an act', () => {
  it('is sent once by a double click', async () => {
    const id = await newDraft();
    const { page, go } = await reviewer();
    await go(`/console/entries/${id}`);
    const acts = actsIn(page);
    const dialog = await openConfirm(page, 'twice');
    await dialog.getByRole('button', { name: 'Confirm' }).dblclick();
    await page.getByRole('listitem').filter({ hasText: 'twice' }).waitFor();
    expect([acts.length, await confirmationsOf(id)]).toEqual([1, 1]);
  });

  it.each(locales)('whose answer is lost keeps the form, and a second try does nothing twice (%s)', async (locale) => {
    const name = { en: 'Confirm', fr: 'Confirmer' }[locale];
    const id = await newDraft();
    const { page, go } = await reviewer(locale);
    await go(`/console/entries/${id}`);
    const acts = actsIn(page);
    const dialog = await openConfirm(page, 'lost and found', name);
    await page.route('**/confirm', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await dialog.getByRole('button', { name }).click();
    await dialog.getByText(uiWords[locale].offline).waitFor();
    expect(await dialog.getByRole('textbox').inputValue()).toBe('lost and found');
    expect(await confirmationsOf(id)).toBe(1);
    await page.unroute('**/confirm');
    await dialog.getByRole('button', { name }).click();
    await page.getByRole('listitem').filter({ hasText: 'lost and found' }).waitFor();
    const keys = acts.map((request) => request.headers()['idempotency-key']);
    expect([keys.length, new Set(keys).size, await confirmationsOf(id)]).toEqual([2, 1, 1]);
  });

  it('without a network keeps the form and works when the network is back', async () => {
    const id = await newDraft();
    const { page, go } = await reviewer();
    await go(`/console/entries/${id}`);
    const dialog = await openConfirm(page, 'from a train');
    await page.context().setOffline(true);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByText(uiWords.en.offline).waitFor();
    await page.context().setOffline(false);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('listitem').filter({ hasText: 'from a train' }).waitFor();
    expect(await confirmationsOf(id)).toBe(1);
  });

  it('of one tab is never done as the person who signed in in another', async () => {
    const id = await newDraft();
    const { page, go } = await reviewer();
    await go(`/console/entries/${id}`);
    const dialog = await openConfirm(page, 'who am I');
    const other = await page.context().newPage();
    await other.goto(`${on.service.url}/console`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    // Its answer deletes the cookie, so it must not come after the next one.
    await other.locator('input[type=password]').waitFor();
    await signInWith(other, on.service.url, keyOf('reviewer'));
    const loaded = page.waitForEvent('load');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await loaded;
    await settled(page);
    await page.getByRole('banner').getByText('Tests', { exact: true }).waitFor();
    expect(await confirmationsOf(id)).toBe(0);
  });
});

describeWithBrowser('an address', () => {
  it('keeps the filters for the back button', async () => {
    const { page, go } = await reviewer();
    await go('/console/queue');
    await page.getByLabel('Show').selectOption('draft');
    await page.getByLabel('Series').fill('case-17');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/series=case-17/);
    await settled(page);
    await page.getByRole('row').getByRole('link').first().click();
    await page.waitForURL('**/console/entries/*');
    await page.goBack();
    await page.waitForURL(/series=case-17/);
    await page.getByRole('row').getByRole('link').first().waitFor();
    expect([await page.getByLabel('Show').inputValue(), await page.getByLabel('Series').inputValue()]).toEqual([
      'draft',
      'case-17',
    ]);
    await page.goBack();
    await page.waitForURL(/kind=draft$/);
    await expect.poll(() => page.getByLabel('Series').inputValue()).toBe('');
  });

  it('of an entry can be loaded again', async () => {
    const { page, go } = await reviewer();
    await go(`/console/entries/${furnished.entry}`);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: furnished.entry.slice(-8) }).waitFor();
  });
});

describeWithBrowser('hostile text', () => {
  const visited = [
    ['reviewer', () => '/console/queue'],
    ['reviewer', () => `/console/entries/${furnished.entry}`],
    ['reviewer', () => `/console/series/${encodeURIComponent(furnished.series)}`],
    ['platform', () => '/console/orders'],
    ['operator', () => '/console/accounts'],
  ] as const;

  it.each(visited)('runs no script on the page of a %s (%s)', async (role, path) => {
    const person = await personAs(chromium, on.service.url, role);
    people.push(person);
    const page = await person.go(path());
    expect(await page.locator('main').innerText()).toContain('<img src=x onerror=');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toMatch(/^[^\u202E]+ · Vigie$/);
    // A change of direction ends with its element.
    expect(await page.locator('bdi, h1', { hasText: '\u202E' }).count()).toBeGreaterThan(0);
    expect(person.faults).toEqual([]);
  });

  it('of 10 000 characters is refused by name, and stays in the form', async () => {
    const id = await newDraft();
    const { page, go } = await reviewer();
    await go(`/console/entries/${id}`);
    const dialog = await openConfirm(page, 'short');
    await dialog.getByRole('textbox').evaluate((area: HTMLTextAreaElement) => {
      area.removeAttribute('maxlength');
      area.value = 'x'.repeat(10_000);
      area.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/reason.*500/)
      .waitFor();
    expect((await dialog.getByRole('textbox').inputValue()).length).toBe(10_000);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
});

it.each(['/', '/try', '/console', '/console/enrol', '/console/entries/01'])(
  '%s allows no image and no foreign origin',
  async (path) => {
    const policy = (await fetch(on.service.url + path)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("img-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/);
  },
);
