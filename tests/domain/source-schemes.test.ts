import { describe, expect, it } from 'vitest';
import { classOfCode, classOfCodes, sourceSchemes } from '../../src/domain/source-schemes.js';

describe('classOfCode', () => {
  it.each([
    ['vics-us-2', '1', 'csam_illegal'],
    ['vics-us-2', '2', 'cse_borderline'],
    ['vics-default-2', '1', 'csam_illegal'],
    ['uk-grade', 'A', 'csam_illegal'],
    ['ncmec', 'A1', 'csam_a1'],
    ['ncmec', 'B2', 'csam_b2'],
    ['interpol-baseline', '1', 'csam_baseline'],
    ['stopncii', 'Active', 'ncii_adult'],
    ['nsrl', 'known', 'known_good'],
  ])('of %s %s is %s', (scheme, code, expected) => {
    expect(classOfCode({ scheme, code })).toBe(expected);
  });

  it.each(sourceSchemes.filter((scheme) => scheme.startsWith('vics')))('of %s never makes 0 known-good', (scheme) => {
    expect(classOfCode({ scheme, code: '0' })).toBeNull();
  });

  it.each([
    ['vics-custom-2', '1'],
    ['vics-uk-2', '1'],
    ['vics-mars-2', '1'],
    ['interpol-baseline', '0'],
    ['ncmec', 'constructor'],
    ['toString', '1'],
    ['iped', 'known'],
  ])('of %s %s is unknown', (scheme, code) => {
    expect(classOfCode({ scheme, code })).toBeNull();
  });
});

it('classOfCodes takes the first code that has a class', () => {
  const codes = [
    { scheme: 'interpol-baseline', code: '0' },
    { scheme: 'uk-grade', code: 'B' },
    { scheme: 'ncmec', code: 'A1' },
  ];
  expect(classOfCodes(codes)).toBe('csam_illegal');
  expect(classOfCodes([])).toBeNull();
});
