import type { FaultScenario } from './scenario.js';
import { hostileCallers } from './scenarios/hostile-callers.js';
import { overload } from './scenarios/overload.js';

/** In the order of the run. */
export const scenarios: readonly FaultScenario[] = [overload, hostileCallers];
