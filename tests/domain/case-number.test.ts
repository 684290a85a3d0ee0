import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseNumber, caseNumberOf, parseCaseNumber, shownCaseNumber } from '../../src/domain/case-number.js';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const numbers = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(caseNumberOf);
const place = fc.integer({ min: 0, max: 12 });

function withSymbol(number: CaseNumber, at: number, symbol: string): string {
  return number.slice(0, at) + symbol + number.slice(at + 1);
}

describe('a case number', () => {
  it('is read back from how it is shown, and from how people type it', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const shown = shownCaseNumber(number);
        expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]$/);
        const sloppy = ` ${shown.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o')} `;
        expect([parseCaseNumber(shown), parseCaseNumber(sloppy)]).toEqual([number, number]);
      }),
    );
  });

  it('has 60 bits that decide it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }), fc.integer({ min: 0, max: 59 }), (bits, at) => {
        const of = (value: bigint) => caseNumberOf(Buffer.from(value.toString(16).padStart(16, '0'), 'hex'));
        expect(of(bits)).not.toBe(of(bits ^ (1n << BigInt(at))));
      }),
    );
  });

  it('is refused with any one wrong symbol', () => {
    fc.assert(
      fc.property(numbers, place, (number, at) => {
        for (const symbol of alphabet) {
          expect(parseCaseNumber(withSymbol(number, at, symbol))).toBe(symbol === number[at] ? number : undefined);
        }
      }),
    );
  });

  it('is refused with two different symbols swapped, however far apart', () => {
    fc.assert(
      fc.property(numbers, place, place, (number, one, other) => {
        fc.pre(number[one] !== number[other]);
        const swapped = withSymbol(number, one, number[other] ?? '') as CaseNumber;
        expect(parseCaseNumber(withSymbol(swapped, other, number[one] ?? ''))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'ABCD', '0'.repeat(12), '0'.repeat(14), 'U'.repeat(13), '0000-0000-0000-é'])('is not %j', (text) => {
    expect(parseCaseNumber(text)).toBeUndefined();
  });
});
