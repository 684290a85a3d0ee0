import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountWords } from '../../src/console/web/console/accounts/words.js';
import { changeWords } from '../../src/console/web/console/changes/words.js';
import { shellWords } from '../../src/console/web/console/shell/words.js';
import { listsSchema } from '../../src/http/schemas/list.js';
import { expectOk } from '../support/client.js';
import { useChromium } from '../support/console.js';
import { locales, type Person, personAs, personWith } from '../support/console-people.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { createKey } from '../support/keys.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const chromium = useChromium();
let secondKey = '';

beforeAll(async () => {
  const list = { title: 'Watched', class: 'ncii_adult', action: 'remove' };
  for (const locale of locales) await on.client.createList({ ...list, id: `watched-${locale}` });
  const { key } = await createKey(on.service.database, { organisation: 'others', role: 'operator', person: 'Second' });
  secondKey = key;
  const second = on.client.withKey(key);
  await until('the key is accepted', 5_000, async () => (await second.call('GET', '/v1/organisation')).status === 200);
});

describeWithBrowser.each(locales)('two operators, in %s', (locale) => {
  const words = accountWords[locale];
  let first: Person;
  let second: Person;
  let newKey = '';
  const newId = () => newKey.split('_')[1] ?? '';
  beforeAll(async () => {
    first = await personAs(chromium, on.service.url, 'operator', { locale });
    second = await personWith(chromium, on.service.url, secondKey, locale);
  });
  afterAll(async () => {
    expect([first.faults, second.faults]).toEqual([[], []]);
    await first.close();
    await second.close();
  });

  it('one creates an organisation, and the other confirms it', async () => {
    const page = await first.go('/console/accounts');
    await page.getByRole('button', { name: words.newOrganisation }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(words.name, { exact: true }).fill(`Helpline ${locale}`);
    await dialog.getByLabel(words.id, { exact: true }).fill(`helpline-${locale}`);
    await dialog.getByLabel(words.kind).selectOption('helpline');
    await dialog.getByRole('button', { name: words.create }).click();
    const name = `${words.confirm} helpline-${locale}`;
    await page.getByRole('button', { name }).click();
    await page
      .getByRole('row', { name: `Helpline ${locale}` })
      .getByRole('alert')
      .waitFor();
    const theirs = await second.go('/console/accounts');
    await theirs.getByRole('button', { name }).click();
    await theirs
      .getByRole('row', { name: `Helpline ${locale}` })
      .getByText(words.confirmed, { exact: true })
      .waitFor();
  });

  it('one creates a key for a third operator, sees it once and cannot confirm it', async () => {
    const page = await first.go('/console/accounts');
    await page.getByRole('button', { name: words.newKey }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(words.organisation).selectOption('tests');
    await dialog.getByLabel(words.role).selectOption('operator');
    await dialog.getByLabel(words.person).fill(`Third ${locale}`);
    await dialog.getByRole('button', { name: words.create }).click();
    newKey = await dialog.getByText(/^vig_/).innerText();
    await dialog.getByText(words.waitsNote).waitFor();
    await dialog.getByRole('button', { name: words.done }).click();
    await page.getByRole('row', { name: newId() }).getByText(words.ownWork).waitFor();
    expect(await page.content()).not.toContain(newKey);
    expect(await page.getByRole('button', { name: `${words.confirm} ${newId()}` }).count()).toBe(0);
  });

  it('the other confirms the key, and its holder signs in', async () => {
    const page = await second.go('/console/accounts');
    await page.getByRole('button', { name: `${words.confirm} ${newId()}` }).click();
    await page.getByRole('row', { name: newId() }).getByText(words.usable, { exact: true }).waitFor();
    const third = on.client.withKey(newKey);
    await until('the key is accepted', 5_000, async () => (await third.call('GET', '/v1/organisation')).status === 200);
    const holder = await personWith(chromium, on.service.url, newKey, locale);
    await holder.page.getByText(`Third ${locale}`).waitFor();
    await holder.close();
  });

  it('a key that is revoked ends its session: the page asks to sign in again', async () => {
    const holder = await personWith(chromium, on.service.url, newKey, locale);
    await holder.go('/console/accounts');
    const page = await first.go('/console/accounts');
    await page.getByRole('button', { name: `${words.revoke} ${newId()}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: words.revoke }).click();
    await page.getByRole('row', { name: newId() }).waitFor({ state: 'detached' });
    await until('the key is refused', 5_000, async () => {
      return (await on.client.withKey(newKey).call('GET', '/v1/organisation')).status === 401;
    });
    await holder.page.getByRole('link', { name: shellWords[locale].changes }).click();
    await holder.page.getByRole('dialog', { name: shellWords[locale].expired }).waitFor();
    await holder.close();
  });

  it('a change that weakens a list waits with its difference, until the other confirms it', async () => {
    const id = `watched-${locale}`;
    const weaker = { limits: { withdrawalsAnHour: 100_000, disputesAfter: 3, floodAnHour: 1_000 } };
    expect((await on.client.as('operator').json('PATCH', `/v1/lists/${id}`, weaker)).status).toBe(202);
    const confirmOn = (person: Person) =>
      person.page
        .locator('section.card', { has: person.page.getByRole('heading', { name: id }) })
        .getByRole('button', { name: changeWords[locale].confirm });
    await first.go('/console/changes');
    await confirmOn(first).click();
    await first.page.getByRole('alert').waitFor();
    const page = await second.go('/console/changes');
    await page.getByRole('row', { name: 'limits.withdrawalsAnHour' }).getByText('100000', { exact: true }).waitFor();
    await confirmOn(second).click();
    await page.getByRole('heading', { name: id }).waitFor({ state: 'detached' });
    const { items } = expectOk(listsSchema, await on.client.as('operator').call('GET', '/v1/lists'));
    expect(items.find((list) => list.id === id)).toMatchObject(weaker);
  });

  it('see that the node is ready', async () => {
    const page = await first.go('/console/operations');
    await page.getByText({ en: 'ready', fr: 'prêt' }[locale], { exact: true }).waitFor();
  });
});
