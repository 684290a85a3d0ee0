import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../src/imaging/protocol.js';

const hash = '0123456789abcdef'.repeat(4);
const eight = Array(8).fill(hash);
const full = { variant: 'full', quality: 100, hashes: eight };
const hashes = {
  pdq: [full],
  blockhash: eight,
  width: 640,
  height: 480,
  format: 'jpeg',
  frames: { looked: 1, of: 2 },
  truncated: false,
};

describe('parseAnswer', () => {
  it('reads every variant', () => {
    const result = { ...hashes, pdq: [full, { ...full, variant: 'deborder', quality: 3 }] };
    expect(parseAnswer({ id: 1, result })).toEqual({ id: 1, result });
  });

  it('reads hashes, flat images, refusals and readiness', () => {
    expect(parseAnswer({ ready: true })).toEqual({ ready: true });
    expect(parseAnswer({ started: 7 })).toEqual({ started: 7 });
    expect(parseAnswer({ id: 1, result: hashes })).toEqual({ id: 1, result: hashes });
    const flat = { ...hashes, pdq: [{ ...full, quality: 12 }], unscannable: 'flat' };
    expect(parseAnswer({ id: 2, result: flat })).toEqual({ id: 2, result: flat });
    expect(parseAnswer({ id: 3, result: { unscannable: 'truncated' } })).toEqual({ id: 3, result: { unscannable: 'truncated' } });
  });

  it('reads an image without a blockhash', () => {
    expect(parseAnswer({ id: 1, result: { ...hashes, blockhash: [] } })).toEqual({ id: 1, result: { ...hashes, blockhash: [] } });
  });

  it('drops unknown fields', () => {
    expect(parseAnswer({ id: 1, result: { ...hashes, more: 'x' }, more: 'y' })).toEqual({ id: 1, result: hashes });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'ready'],
    ['no id', { result: hashes }],
    ['a negative id', { id: -1, result: hashes }],
    ['no result', { id: 1 }],
    ['no variant', { id: 1, result: { ...hashes, pdq: [] } }],
    ['an invalid second variant', { id: 1, result: { ...hashes, pdq: [full, { ...full, variant: 'a b' }] } }],
    ['too many variants', { id: 1, result: { ...hashes, pdq: Array(257).fill(full) } }],
    ['seven hashes', { id: 1, result: { ...hashes, pdq: [{ ...full, hashes: eight.slice(1) }] } }],
    ['one blockhash', { id: 1, result: { ...hashes, blockhash: hash } }],
    ['a hash in capitals', { id: 1, result: { ...hashes, blockhash: [hash.toUpperCase(), ...eight.slice(1)] } }],
    ['a hash that is too long', { id: 1, result: { ...hashes, pdq: [{ ...full, hashes: Array(8).fill(`${hash}0`) }] } }],
    ['a quality over 100', { id: 1, result: { ...hashes, pdq: [{ ...full, quality: 101 }] } }],
    ['a width that is not a number', { id: 1, result: { ...hashes, width: '640' } }],
    ['a format we do not decode', { id: 1, result: { ...hashes, format: 'svg' } }],
    ['no frames', { id: 1, result: { ...hashes, frames: undefined } }],
    ['more frames looked at than there are', { id: 1, result: { ...hashes, frames: { looked: 3, of: 2 } } }],
    ['truncated as text', { id: 1, result: { ...hashes, truncated: 'yes' } }],
    ['a reason that only the parent may give', { id: 1, result: { unscannable: 'timeout' } }],
    ['flat without hashes', { id: 1, result: { unscannable: 'flat' } }],
  ])('refuses %s', (_, message) => {
    expect(parseAnswer(message)).toBeUndefined();
  });
});
