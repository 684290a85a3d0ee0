import type { Answer } from '../../api/call.ts';

/** An order or a notice. */
export type LegalRequest = Answer<'GET /v1/orders'>['items'][number];
