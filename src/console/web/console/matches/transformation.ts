import type { Answer } from '../../api/call.ts';
import { useWords } from '../../language/language.ts';
import { matchWords } from './words.ts';

type Transformation = Answer<'GET /v1/matches/{requestId}'>['matches'][number]['transformation'];

const sides = ['left', 'top', 'right', 'bottom'] as const;

/** Says in words and numbers how an image was made of an entry's picture. Empty if nothing was changed. */
export function useTransformation(): (transformation: Transformation) => string {
  const words = useWords(matchWords);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return (transformation) => {
    if (!transformation) return '';
    const { tilt, crop, frame, agreeing } = transformation;
    const shares = (edges: typeof crop) =>
      sides.flatMap((side) => (edges && edges[side] >= 0.005 ? [`${words.sides[side]} ${percent(edges[side])}`] : []));
    const [cut, around] = [shares(crop), shares(frame)];
    const parts = [
      Math.abs(tilt) >= 0.1 && words.tilted(tilt),
      cut.length > 0 && words.cut(cut.join(', ')),
      around.length > 0 && words.around(around.join(', ')),
      agreeing < 0.995 && words.agreeing(percent(agreeing)),
    ];
    return parts.filter(Boolean).join('; ');
  };
}
