import { beforeAll, expect, it } from 'vitest';
import { importWords } from '../../src/console/web/console/imports/words.js';
import { useChromium } from '../support/console.js';
import { locales, personAs } from '../support/console-people.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { hashNamed, vigieFile } from '../support/import-files.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();

beforeAll(async () => {
  const list = { title: 'Imported', class: 'ncii_adult', action: 'remove', organisation: 'tests' };
  for (const locale of locales) await on.client.createList({ ...list, id: `imported-${locale}` });
});

describeWithBrowser.each(locales)('a file of hashes, in %s', (locale) => {
  const words = importWords[locale];

  it('is checked, then imported, and platforms match it', async () => {
    const { page, go, faults, close } = await personAs(chromium, on.service.url, 'analyst', { locale });
    await go('/console/imports');
    await page.getByLabel(words.list, { exact: true }).selectOption(`imported-${locale}`);
    await page.getByLabel(words.source).fill(`partner-${locale}`);
    const buffer = Buffer.from(vigieFile([{ id: `one-${locale}` }, { id: `two-${locale}` }]));
    await page.getByLabel(words.file).setInputFiles({ name: 'monday.ndjson', mimeType: 'application/x-ndjson', buffer });
    await page.getByRole('button', { name: words.check }).click();
    await page.getByRole('status').getByText(`${words.states.checked} (${words.dryRun})`).waitFor();
    await page.getByText(words.counts.new, { exact: true }).locator('xpath=..').getByText('2', { exact: true }).waitFor();
    const match = () => on.client.matchHashes({ sha256: hashNamed('sha256', `one-${locale}`) });
    expect((await match()).verdict).toBe('no_known_match');

    await page.getByRole('button', { name: words.promote }).click();
    await page.getByRole('status').getByText(words.states.promoted, { exact: true }).waitFor();
    expect((await match()).matches).toMatchObject([{ list: `imported-${locale}` }]);
    expect(faults).toEqual([]);
    await close();
  });

  it('must be chosen again when the page of its check was loaded again', async () => {
    const { page, go, close } = await personAs(chromium, on.service.url, 'analyst', { locale });
    await go('/console/imports');
    await page.getByRole('row').filter({ hasText: words.states.checked }).getByRole('link').first().click();
    await page.getByText(words.chooseAgain).waitFor();
    await page.getByRole('link', { name: words.toUpload }).click();
    await page.getByLabel(words.file).waitFor();
    await close();
  });
});
