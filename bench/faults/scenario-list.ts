import type { FaultScenario } from './scenario.js';
import { overload } from './scenarios/overload.js';
import { threeNodes } from './scenarios/three-nodes.js';

/** In the order of the run. */
export const scenarios: readonly FaultScenario[] = [overload, threeNodes];
