/** Child process: stores hashes in the database of a running service and prints some of them. Arguments: data directory, count, seed. */

import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { storeHashes } from './service.js';

const [dataDir = '', count = '0', seed = '1'] = process.argv.slice(2);
const log = { info() {}, warn() {} };
const database = await openDatabase({ databaseUrl: undefined, dataDir, command: 'bench import', exclusive: false, log });
const some = await storeHashes(openStores(database).entries, Number(count), Number(seed));
await database.close();
console.log(JSON.stringify(some));
