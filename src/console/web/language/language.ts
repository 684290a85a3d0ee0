/** The language of a page: French or English. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export type Language = 'en' | 'fr';
export const languages: readonly Language[] = ['en', 'fr'];
export const nameOf: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

/** The first of the browser's languages that we speak. */
export function preferredLanguage(preferred: readonly string[] = navigator.languages): Language {
  return preferred.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

export function isLanguage(text: string | null): text is Language {
  return text === 'en' || text === 'fr';
}

export const LanguageContext = createContext<Language>('en');

export const useLanguage = (): Language => useContext(LanguageContext);

/** The words of the page's language. */
export function useWords<Words>(words: Readonly<Record<Language, Words>>): Words {
  return words[useLanguage()];
}
