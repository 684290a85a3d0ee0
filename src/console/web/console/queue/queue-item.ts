import type { Answer } from '../../api/call.ts';

export type QueueItem = Answer<'GET /v1/queue'>['items'][number];
