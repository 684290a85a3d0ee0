/** `npm run bench:report`: writes BENCH.md, and README's figures where README has a place for them. */
import { writeReport } from './files.js';

await writeReport();
