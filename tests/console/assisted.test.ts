import { expect, it } from 'vitest';
import { giveKey, useChromium } from '../support/console.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();

describeWithBrowser('the page on which a helpline opens a case with a person', () => {
  it('hashes the picture here, shows the number, and a match of the picture holds', async () => {
    const picture = await photograph(811);
    const { page, faults, close } = await chromium.visit();
    await page.goto(`${on.service.url}/console`);
    await giveKey(page, keyOf('flagger'));
    await page.getByRole('link', { name: 'Help a person' }).click();
    const bodies: (string | null)[] = [];
    page.on('request', (request) => bodies.push(request.postData()));
    await page.getByLabel('Pictures', { exact: true }).setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: picture });
    for (const said of ['I am 18 or older.', 'I am in these pictures.', 'I have not agreed that they are shared.']) {
      await page.getByLabel(said).check();
    }
    await page.getByLabel('PIN of the person').fill('correct horse');
    await page.getByRole('button', { name: 'Open the case' }).click();
    const number = page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-\S$/);
    await number.waitFor();
    expect(faults).toEqual([]);
    expect(bodies.filter((body) => body !== null && body.length > 4_000)).toEqual([]);
    expect((await on.client.match(picture)).verdict).toBe('hold_for_review');
    await close();
  });
});
