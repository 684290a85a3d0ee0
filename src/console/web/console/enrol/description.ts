import { classes } from '../../ui/terms.ts';
import type { Description } from './enrolment.ts';

export interface Fields {
  readonly list: string;
  readonly class: string;
  readonly series: string;
  readonly unit: string;
  readonly reference: string;
  readonly legalBasis: string;
  readonly date: string;
  readonly synthetic: boolean;
}

export const emptyFields: Fields = {
  list: '',
  class: '',
  series: '',
  unit: '',
  reference: '',
  legalBasis: '',
  date: '',
  synthetic: false,
};

/** Leaves out what was not filled in. */
export function descriptionOf({ list, class: name, series, synthetic, ...sources }: Fields): Description {
  const provenance = Object.fromEntries(Object.entries(sources).filter(([, value]) => value !== ''));
  return {
    list,
    // One of the options of the form.
    ...(classes.includes(name) ? { class: name as NonNullable<Description['class']> } : {}),
    ...(series ? { series } : {}),
    ...(Object.keys(provenance).length > 0 ? { provenance } : {}),
    ...(synthetic ? { synthetic } : {}),
  };
}
