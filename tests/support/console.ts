/** A real browser on the pages of a real service. */

import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { findBrowser } from '../../bench/browser/browser.js';
import type { Role } from '../../src/domain/key.js';
import { launchChromium } from './hashing-browser.js';
import { keyOf } from './seed.js';

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly locale: 'en' | 'fr';
}

export const wideEnglish: Look = { width: 1_440, colorScheme: 'light', locale: 'en' };
/** The narrowest screen of WCAG 2.2, 1.4.10. */
export const narrowFrench: Look = { width: 320, colorScheme: 'dark', locale: 'fr' };

/** A page of a browser of its own: no cookie of another test. */
export interface Visit {
  readonly page: Page;
  /** What the browser refused or reported as an error. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** One browser for all tests of the calling file. */
export function useChromium(): { visit(look?: Look, options?: BrowserContextOptions): Promise<Visit> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (findBrowser() !== undefined) browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async visit({ width, colorScheme, locale } = wideEnglish, options = {}) {
      if (!browser) throw new Error('the browser runs only inside tests and hooks');
      const viewport = { width, height: width < 600 ? 812 : 900 };
      const context = await browser.newContext({ viewport, colorScheme, locale, reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        // A refusal of the API is part of many stories.
        if (message.type() === 'error' && !message.text().includes('the server responded with a status of'))
          faults.push(message.text());
      });
      return { page, faults, close: () => context.close() };
    },
  };
}

/** With the key of a seeded person. */
export async function signInAs(page: Page, url: string, role: Role, organisation?: 'others'): Promise<void> {
  await signInWith(page, url, keyOf(role, organisation));
}

/** Without the form, which a few stories fill in: it would take a third of the time of all stories. */
export async function signInWith(page: Page, url: string, key: string): Promise<void> {
  const answer = await page.request.post(`${url}/v1/session`, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}: ${await answer.text()}`);
  await page.goto(`${url}/console`);
  await settled(page);
}

/** In the form, or in the dialog of an expired session. */
export async function giveKey(page: Page, key: string): Promise<void> {
  await page.locator('input[type=password]').fill(key);
  await page
    .locator('form', { has: page.locator('input[type=password]') })
    .locator('button[type=submit]')
    .click();
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
}

/** The page has its heading, and nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
}

/** WCAG 2.2 A and AA, as far as a program can check them. */
export async function expectAccessible(page: Page): Promise<void> {
  const violations = await page.evaluate(async (source) => {
    // The page's policy forbids inline scripts; the driver's own evaluation is exempt.
    new Function(source)();
    const { axe: engine } = globalThis as unknown as { axe: typeof axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations: found } = await engine.run(document, { runOnly: tags });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }, axe.source);
  expect(violations).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, window } = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: innerWidth }));
  expect(content).toBeLessThanOrEqual(window);
}
