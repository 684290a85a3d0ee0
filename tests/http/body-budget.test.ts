import { describe, expect, it } from 'vitest';
import { BodyBudget } from '../../src/http/hooks/body-budget.js';

describe('BodyBudget', () => {
  it('gives back what a body held when it ends', () => {
    const budget = new BodyBudget(1_000);
    for (let round = 0; round < 10; round++) {
      const body = budget.admit('key', 'address', 400);
      body.arrived(400);
      body.end();
    }
  });

  it('does not count bytes that arrive after the end', () => {
    const budget = new BodyBudget(1_000);
    const refused = budget.admit('key', 'address', 0);
    refused.end();
    refused.arrived(5_000);
    expect(() => budget.admit('key', 'address', 0).arrived(500)).not.toThrow();
  });
});
