/** Helplines and the quick exit. The server writes them into the page, which may not fetch anything but cases. */
import type { Language } from '../language/language.ts';

type InBoth = Readonly<Record<Language, string>>;

export interface Helpline {
  readonly name: string;
  readonly about: InBoth;
  readonly phone?: string;
  readonly url?: string;
  readonly young: boolean;
}

export interface Texts {
  readonly exit: string;
  readonly countries: readonly { readonly name: InBoth; readonly helplines: readonly Helpline[] }[];
}

export function textsOf(page: Document): Texts {
  // Checked by src/console/help-texts.ts.
  return JSON.parse(page.getElementById('texts')?.textContent ?? '') as Texts;
}
