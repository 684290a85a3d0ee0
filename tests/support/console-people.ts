/** People who use the console in a story, each with a browser of their own. */
import type { Page } from 'playwright-core';
import type { Role } from '../../src/domain/key.js';
import { type Look, settled, signInWith, type useChromium, wideEnglish } from './console.js';
import { keyOf } from './seed.js';

export type Locale = Look['locale'];
export const locales: readonly Locale[] = ['en', 'fr'];

export interface Person {
  readonly page: Page;
  readonly faults: readonly string[];
  /** Opens an address of the console and waits until it is complete. */
  go(path: string): Promise<Page>;
  close(): Promise<void>;
}

export interface PersonOptions {
  readonly locale?: Locale;
  readonly organisation?: 'others';
}

/** Somebody who has signed in with the key of a role, or with `key`. */
export async function personWith(
  chromium: ReturnType<typeof useChromium>,
  url: string,
  key: string,
  locale: Locale = 'en',
): Promise<Person> {
  const { page, faults, close } = await chromium.visit({ ...wideEnglish, locale });
  await signInWith(page, url, key);
  return {
    page,
    faults,
    close,
    async go(path) {
      await page.goto(`${url}${path}`);
      await settled(page);
      return page;
    },
  };
}

export function personAs(
  chromium: ReturnType<typeof useChromium>,
  url: string,
  role: Role,
  { locale = 'en', organisation }: PersonOptions = {},
): Promise<Person> {
  return personWith(chromium, url, keyOf(role, organisation), locale);
}
