/** `npm run bench:report` */
import { writeReport } from './files.js';

await writeReport();
