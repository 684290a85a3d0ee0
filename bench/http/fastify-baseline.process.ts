/**
 * Child process: a minimal Fastify server as a baseline. It parses the JSON and answers a constant of the size of a verdict (GET /,
 * POST /) or of a batch of verdicts (POST /batch).
 */
import { fastify } from 'fastify';
import { batchItems } from './hash-requests.js';

const verdict = {
  requestId: `req_${'0'.repeat(32)}`,
  verdict: 'no_known_match',
  reason: null,
  matches: [],
  removal: null,
  hashes: { pdq: '0'.repeat(64), quality: 100, blockhash: '0'.repeat(64) },
  index: { version: '1000000', ageMs: 100 },
};
const batch = { results: Array.from({ length: batchItems }, (_, at) => ({ id: String(at), ...verdict })) };

const app = fastify({ bodyLimit: 8 * 1024 * 1024 });
app.get('/', async () => verdict);
app.post('/', async () => verdict);
app.post('/batch', async () => batch);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ msg: 'listening', url }));
