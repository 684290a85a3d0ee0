import { algorithms, registry } from '../domain/algorithms/registry.js';

const namesIn = (column: 'bits' | 'digest') =>
  algorithms.flatMap((name) => (registry[name].column === column ? [`'${name}'`] : [])).join(', ');

/** SQL of columns `bits` and `digest`, from columns `algorithm` and `hex` of `row`. */
export function columnsFromHex(row: string): string {
  // `varbit`, because a cast to bit(256) would silently pad a wrong length.
  return `
      case when ${row}.algorithm in (${namesIn('bits')}) then ('x' || ${row}.hex)::varbit end,
      case when ${row}.algorithm in (${namesIn('digest')}) then decode(${row}.hex, 'hex') end`;
}

/** SQL of the value as bytea. The binary form of bit(256) begins with its length in four bytes. */
export function bytesOf(row: string): string {
  return `coalesce(${row}.digest, substring(bit_send(${row}.bits) from 5))`;
}
