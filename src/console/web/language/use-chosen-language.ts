import { useEffect, useState } from 'preact/hooks';
import { isLanguage, type Language, preferredLanguage } from './language.ts';

const place = 'vigie-language';

/** The language that the reader chose on this device, or else the browser's. */
export function useChosenLanguage(): [Language, (language: string) => void] {
  const [language, setLanguage] = useState<Language>(() => {
    const stored = localStorage.getItem(place);
    return isLanguage(stored) ? stored : preferredLanguage();
  });
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return [
    language,
    (chosen) => {
      if (!isLanguage(chosen)) return;
      localStorage.setItem(place, chosen);
      setLanguage(chosen);
    },
  ];
}
