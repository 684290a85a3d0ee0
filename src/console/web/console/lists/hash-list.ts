import type { Answer } from '../../api/call.ts';

export type HashList = Answer<'GET /v1/lists'>['items'][number];
