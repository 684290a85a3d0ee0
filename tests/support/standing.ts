import { standingOf } from '../../src/domain/standing.js';

export const verified = standingOf('verified', 1, 1);
export const draft = standingOf('draft', 0, 0);
