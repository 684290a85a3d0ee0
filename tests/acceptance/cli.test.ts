import { describeCommands } from './commands.js';

describeCommands({ serverRuns: true });
