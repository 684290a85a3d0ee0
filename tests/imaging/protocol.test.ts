import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../src/imaging/protocol.js';

const hash = '0123456789abcdef'.repeat(4);
const hashes = { pdq: Array(8).fill(hash), quality: 100, blockhash: hash, width: 640, height: 480, format: 'jpeg' };

describe('parseAnswer', () => {
  it('reads hashes, flat images, refusals and readiness', () => {
    expect(parseAnswer({ ready: true })).toEqual({ ready: true });
    expect(parseAnswer({ id: 1, result: hashes })).toEqual({ id: 1, result: hashes });
    const flat = { ...hashes, quality: 12, unscannable: 'flat' };
    expect(parseAnswer({ id: 2, result: flat })).toEqual({ id: 2, result: flat });
    expect(parseAnswer({ id: 3, result: { unscannable: 'truncated' } })).toEqual({ id: 3, result: { unscannable: 'truncated' } });
  });

  it('drops what an answer does not have', () => {
    expect(parseAnswer({ id: 1, result: { ...hashes, more: 'x' }, more: 'y' })).toEqual({ id: 1, result: hashes });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'ready'],
    ['no id', { result: hashes }],
    ['a negative id', { id: -1, result: hashes }],
    ['no result', { id: 1 }],
    ['seven hashes', { id: 1, result: { ...hashes, pdq: hashes.pdq.slice(1) } }],
    ['a hash in capitals', { id: 1, result: { ...hashes, blockhash: hash.toUpperCase() } }],
    ['a hash that is long', { id: 1, result: { ...hashes, pdq: Array(8).fill(`${hash}0`) } }],
    ['a quality over 100', { id: 1, result: { ...hashes, quality: 101 } }],
    ['a width that is no number', { id: 1, result: { ...hashes, width: '640' } }],
    ['a format we do not decode', { id: 1, result: { ...hashes, format: 'svg' } }],
    ['a reason that only we may give', { id: 1, result: { unscannable: 'timeout' } }],
    ['flat without hashes', { id: 1, result: { unscannable: 'flat' } }],
  ])('refuses %s', (_, message) => {
    expect(parseAnswer(message)).toBeUndefined();
  });
});
