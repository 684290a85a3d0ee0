/** SQL for the value of a hash, which lies in one of two columns by its algorithm. The names come from the registry, never from input. */
import { algorithms, registry } from '../domain/algorithms/registry.js';

const namesIn = (column: 'bits' | 'digest') =>
  algorithms.flatMap((name) => (registry[name].column === column ? [`'${name}'`] : [])).join(', ');

/** The values for columns `bits` and `digest`, from columns `algorithm` and `hex` of `row`. */
export function columnsFromHex(row: string): string {
  // The assignment of a varbit to bit(256) refuses a wrong length, where a cast to bit(256) would pad it silently.
  return `
      case when ${row}.algorithm in (${namesIn('bits')}) then ('x' || ${row}.hex)::varbit end,
      case when ${row}.algorithm in (${namesIn('digest')}) then decode(${row}.hex, 'hex') end`;
}

/** The value of hash `row` as bytea. The binary form of bit(256) begins with a length of four bytes. */
export function bytesOf(row: string): string {
  return `coalesce(${row}.digest, substring(bit_send(${row}.bits) from 5))`;
}
