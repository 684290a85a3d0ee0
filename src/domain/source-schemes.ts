/**
 * What the codes of other classification schemes mean here. A code that is not in this table has no class: its entry is held for
 * review, never removes content and is never known-good.
 *
 * Sources:
 * - VICS, US: the category names of Autopsy's Project VIC module: 0 Non-Pertinent, 1 Child Abuse Material, 2 Child Exploitive
 *   (Non-CAM) / Age Difficult, 3 CGI/Animation, 4 Comparison Images. Nothing here maps 0 to known-good: other schemes use it for
 *   material that nobody has looked at. 3 includes drawings, so it is not `csam_synthetic`.
 * - VICS, Default: only 1, which means illegal abuse material in the US scheme and the worst category in the UK's.
 * - VICS, UK: no public source gives the meaning of its numbers, so none has a class. The same holds for CUSTOM, 1.2 and 1.3.
 * - UK grades A, B, C: Sentencing Council, indecent images of children. All three are illegal.
 * - NCMEC A1, A2, B1, B2: the industry classification system of the hash sharing platform.
 * - INTERPOL baseline: the ICSE column `Baseline` and the IWF subset of that name. Images outside of it are not harmless.
 * - StopNCII takes hashes of adults only.
 * - NSRL lists the files of known software. With a special code (malicious, hacking tool) they have no class.
 */
import type { SourceCode } from './entry.js';
import type { ContentClass } from './list.js';

type Codes = Readonly<Record<string, ContentClass>>;

const ukGrades: Codes = { A: 'csam_illegal', B: 'csam_illegal', C: 'csam_illegal' };

const schemes = {
  'vics-us-2': { '1': 'csam_illegal', '2': 'cse_borderline' },
  'vics-default-2': { '1': 'csam_illegal' },
  'vics-uk-2': {},
  'vics-custom-2': {},
  'vics-1.3': {},
  'vics-1.2': {},
  'uk-grade': ukGrades,
  ncmec: { A1: 'csam_a1', A2: 'csam_a2', B1: 'csam_b1', B2: 'csam_b2' },
  'interpol-baseline': { '1': 'csam_baseline' },
  stopncii: { Active: 'ncii_adult', Received: 'ncii_adult' },
  nsrl: { known: 'known_good' },
  iped: {},
} as const satisfies Record<string, Codes>;

export type SourceScheme = keyof typeof schemes;
export const sourceSchemes = Object.keys(schemes) as SourceScheme[];

export function isSourceScheme(name: string): name is SourceScheme {
  return Object.hasOwn(schemes, name);
}

/** Null: nobody said what this code means. */
export function classOfCode({ scheme, code }: SourceCode): ContentClass | null {
  if (!isSourceScheme(scheme)) return null;
  const codes: Codes = schemes[scheme];
  return Object.hasOwn(codes, code) ? (codes[code] ?? null) : null;
}

/** Of several codes, the class of the first that has one. */
export function classOfCodes(codes: readonly SourceCode[]): ContentClass | null {
  for (const code of codes) {
    const found = classOfCode(code);
    if (found) return found;
  }
  return null;
}
