import { describe, expect, it } from 'vitest';
import { Shares } from '../../src/domain/shares.js';
import { BodyBudget } from '../../src/http/hooks/body-budget.js';

describe('Shares', () => {
  it('give a lone holder its share and no more', () => {
    const shares = new Shares(100, 1 / 2);
    expect(shares.take('one', 50)).toBe(true);
    expect(shares.take('one', 1)).toBe(false);
  });

  it('leave room for a new holder however many others are greedy', () => {
    const shares = new Shares(1_000, 1 / 2);
    for (const holder of ['a', 'b', 'c', 'd']) while (shares.take(holder, 1));
    expect(shares.limitOf('new')).toBeGreaterThan(25);
  });

  it('take nothing when they refuse', () => {
    const shares = new Shares(100, 1 / 2);
    shares.take('one', 60);
    expect(shares.heldBy('one')).toBe(0);
  });

  it('can be used again when they are given back', () => {
    const shares = new Shares(100, 1 / 2);
    shares.take('one', 50);
    shares.give('one', 50);
    expect(shares.take('other', 50)).toBe(true);
  });
});

describe('BodyBudget', () => {
  it('does not count announced bytes of one key against another', () => {
    const budget = new BodyBudget(1_000);
    budget.admit('hostile', 'here', 500);
    const body = budget.admit('honest', 'there', 500);
    expect(() => body.arrived(500)).not.toThrow();
  });

  it('refuses a key that announces more than its share', () => {
    const budget = new BodyBudget(1_000);
    budget.admit('hostile', 'here', 400);
    expect(() => budget.admit('hostile', 'here', 200)).toThrow('500 bytes, its share of 1000');
  });

  it('refuses a chunked body when more than the share has arrived', () => {
    const body = new BodyBudget(1_000).admit('hostile', 'here', 0);
    body.arrived(500);
    expect(() => body.arrived(1)).toThrow('this key');
  });

  it('leaves room for other addresses when several keys of one address fill theirs', () => {
    const budget = new BodyBudget(1_000);
    const fill = (key: string) => {
      const body = budget.admit(key, 'here', 0);
      for (;;) body.arrived(1);
    };
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(() => fill(key)).toThrow('its share');
    expect(() => budget.admit('honest', 'there', 0).arrived(100)).not.toThrow();
  });

  it('gives back what a body held when its request ends', () => {
    const budget = new BodyBudget(1_000);
    const body = budget.admit('one', 'here', 500);
    body.arrived(500);
    body.end();
    expect(() => budget.admit('one', 'here', 500).arrived(500)).not.toThrow();
  });
});
