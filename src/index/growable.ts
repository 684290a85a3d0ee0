type Numbers = Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows by half when written past its end. */
export class Growable<Array extends Numbers> {
  constructor(
    private array: Array,
    private readonly make: (length: number) => Array,
  ) {}

  get(at: number): number {
    return this.array[at] ?? 0;
  }

  set(at: number, value: number): void {
    this.reserve(at + 1);
    this.array[at] = value;
  }

  /** Includes unused cells. Growth makes it stale. */
  get all(): Array {
    return this.array;
  }

  /** Growth makes it stale. */
  view(from: number, to: number): Array {
    this.reserve(to);
    // TypeScript loses the kind of array.
    return this.array.subarray(from, to) as Array;
  }

  private reserve(length: number): void {
    if (length <= this.array.length) return;
    const larger = this.make(Math.max(length, Math.ceil(this.array.length * 1.5), 1_024));
    larger.set(this.array);
    this.array = larger;
  }
}

export const int32s = () => new Growable(new Int32Array(0), (length) => new Int32Array(length));
export const uint16s = () => new Growable(new Uint16Array(0), (length) => new Uint16Array(length));
export const uint8s = () => new Growable(new Uint8Array(0), (length) => new Uint8Array(length));

export class Names<Text extends string> {
  private readonly numbers = new Map<Text, number>();
  private readonly texts: Text[] = [];

  /** Further names share `overflow`: names come from outside, numbers must fit their cells. */
  constructor(
    private readonly maxNames: number,
    overflow: Text,
  ) {
    this.numberOf(overflow);
  }

  numberOf(text: Text): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.texts.length >= this.maxNames) return 0;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  all(): Text[] {
    return [...this.texts];
  }

  textOf(number: number): Text {
    const text = this.texts[number];
    if (text === undefined) throw new RangeError(`no name has number ${number}`);
    return text;
  }
}
