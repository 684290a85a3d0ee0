import { useWords } from '../language/language.ts';
import { uiWords } from './words.ts';

/** Something is on its way. */
export function Waiting() {
  const words = useWords(uiWords);
  return (
    <p class="soft" aria-busy="true">
      {words.loading}
    </p>
  );
}
