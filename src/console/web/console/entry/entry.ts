import type { Answer } from '../../api/call.ts';

export type Entry = Answer<'GET /v1/entries/{id}'>;
