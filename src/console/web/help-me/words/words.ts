import { useWords } from '../../language/language.ts';
import { en, type HelpWords } from './en.ts';
import { fr } from './fr.ts';

const words: { readonly en: HelpWords; readonly fr: HelpWords } = { en, fr };

export const useHelpWords = (): HelpWords => useWords(words);
