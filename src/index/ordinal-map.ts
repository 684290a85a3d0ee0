/** Each grows by itself: at ten million hashes that takes milliseconds, not seconds. */
const partBits = 8;
const parts = 2 ** partBits;
const smallestPart = 16;
/** Eight neighbours share a cache line, because most are used one after the other. */
const lineBits = 3;
/** Knuth's multiplicative hash. */
const multiplier = 0x9e3779b1;
/** At 0.75 a search takes 70 steps: lines that meet push each other on by eight places. */
const maxLoad = 0.6;

/**
 * A map from ordinals to numbers: 8 bytes per place. Its size follows the ordinals it holds, not the highest one.
 *
 * Open addressing with linear probing. A removal closes its gap, so there are no tombstones.
 */
export class OrdinalMap {
  private readonly parts = Array.from({ length: parts }, () => new Part());

  /** -1 when there is none. 0 is not an ordinal. */
  get(ordinal: number): number {
    return this.part(ordinal).get(ordinal);
  }

  /** The ordinal must have no number yet. */
  add(ordinal: number, number: number): void {
    this.part(ordinal).add(ordinal, number);
  }

  /** -1 when there was none. */
  remove(ordinal: number): number {
    return this.part(ordinal).remove(ordinal);
  }

  private part(ordinal: number): Part {
    const part = this.parts[(ordinal >>> lineBits) & (parts - 1)];
    if (!part) throw new RangeError(`${ordinal} is not an ordinal`);
    return part;
  }
}

class Part {
  /** Ordinal and number of each place, side by side; ordinal 0: free. */
  private places = new Int32Array(smallestPart * 2);
  private mask = smallestPart - 1;
  private used = 0;

  get(ordinal: number): number {
    if (ordinal === 0) return -1;
    const place = this.find(ordinal);
    return this.ordinalIn(place) === ordinal ? this.numberIn(place) : -1;
  }

  add(ordinal: number, number: number): void {
    if (this.used + 1 > (this.mask + 1) * maxLoad) this.grow();
    this.put(this.find(ordinal), ordinal, number);
    this.used++;
  }

  remove(ordinal: number): number {
    const place = this.find(ordinal);
    if (ordinal === 0 || this.ordinalIn(place) !== ordinal) return -1;
    const number = this.numberIn(place);
    this.used--;
    this.closeGap(place);
    return number;
  }

  /** Or the free place where the ordinal belongs. */
  private find(ordinal: number): number {
    let place = this.home(ordinal);
    for (;;) {
      const content = this.places[place * 2];
      if (content === ordinal || content === 0) return place;
      place = (place + 1) & this.mask;
    }
  }

  private closeGap(from: number): void {
    let gap = from;
    for (let place = (gap + 1) & this.mask; this.ordinalIn(place) !== 0; place = (place + 1) & this.mask) {
      const ordinal = this.ordinalIn(place);
      const fromHome = (place - this.home(ordinal)) & this.mask;
      if (fromHome < ((place - gap) & this.mask)) continue;
      this.put(gap, ordinal, this.numberIn(place));
      gap = place;
    }
    this.put(gap, 0, 0);
  }

  private grow(): void {
    const old = this.places;
    this.places = new Int32Array(old.length * 2);
    this.mask = old.length - 1;
    for (let at = 0; at < old.length; at += 2) {
      const ordinal = old[at] ?? 0;
      if (ordinal !== 0) this.put(this.find(ordinal), ordinal, old[at + 1] ?? 0);
    }
  }

  private home(ordinal: number): number {
    // Without the bits that chose the part.
    const line = Math.imul(ordinal >>> (lineBits + partBits), multiplier) >>> 8;
    return ((line << lineBits) | (ordinal & (2 ** lineBits - 1))) & this.mask;
  }

  private ordinalIn(place: number): number {
    return this.places[place * 2] ?? 0;
  }

  private numberIn(place: number): number {
    return this.places[place * 2 + 1] ?? 0;
  }

  private put(place: number, ordinal: number, number: number): void {
    this.places[place * 2] = ordinal;
    this.places[place * 2 + 1] = number;
  }
}
