type Numbers = Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows by half when written past its end. New cells are 0. */
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

  /** All cells, those past the last one written too; the next growth makes it stale. */
  get all(): Array {
    return this.array;
  }

  /** The cells from `from` to `to`, as a view that the next growth makes stale. */
  view(from: number, to: number): Array {
    this.reserve(to);
    // subarray of a typed array is of its own kind; the union type does not say so.
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

/** Gives each distinct text a small number, and the text back. For values of which there are few: lists, classes, variants. */
export class Names<Text extends string> {
  private readonly numbers = new Map<Text, number>();
  private readonly texts: Text[] = [];

  /** Past `most` names the others share `overflow`: numbers must fit their cells, and names come from outside. */
  constructor(
    private readonly most: number,
    overflow: Text,
  ) {
    this.numberOf(overflow);
  }

  numberOf(text: Text): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.texts.length >= this.most) return 0;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** All texts so far, each at the place of its number. */
  all(): Text[] {
    return [...this.texts];
  }

  textOf(number: number): Text {
    const text = this.texts[number];
    if (text === undefined) throw new RangeError(`no name has number ${number}`);
    return text;
  }
}
