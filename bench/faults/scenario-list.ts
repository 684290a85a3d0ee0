import type { FaultScenario } from './scenario.js';
import { crashedDatabase } from './scenarios/crashed-database.js';
import { diskFull } from './scenarios/disk-full.js';
import { hostileCallers } from './scenarios/hostile-callers.js';
import { killedExchange } from './scenarios/killed-exchange.js';
import { killedNode } from './scenarios/killed-node.js';
import { movedClock } from './scenarios/moved-clock.js';
import { overload } from './scenarios/overload.js';
import { readOnlyDatabase } from './scenarios/read-only-database.js';
import { swallowedPackets } from './scenarios/swallowed-packets.js';
import { threeNodes } from './scenarios/three-nodes.js';

/** In the order of the run. */
export const scenarios: readonly FaultScenario[] = [
  overload,
  hostileCallers,
  killedNode,
  killedExchange,
  crashedDatabase,
  readOnlyDatabase,
  diskFull,
  swallowedPackets,
  movedClock,
  threeNodes,
];
