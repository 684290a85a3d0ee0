/** A column or member as a message may show it. A file without a header begins with a hash, which no message may repeat. */
export function shownName(name: string): string {
  return /[0-9a-f]{16}/i.test(name) || name.length > 60 ? `(${name.length} characters)` : name;
}

const quote = 0x22;
const colon = 0x3a;
/** Longer names are not searched for. */
const maxName = 100;

/** The name of the JSON member whose value begins at `at`. */
export function memberNameBefore(json: Buffer, at: number): string | undefined {
  const separator = lastVisible(json, at - 1);
  if (json[separator] !== colon) return undefined;
  const end = lastVisible(json, separator - 1);
  if (json[end] !== quote) return undefined;
  const begin = json.lastIndexOf(quote, end - 1);
  return begin < 0 || end - begin > maxName ? undefined : json.toString('latin1', begin + 1, end);
}

/** The index of the last byte up to `at` that is no white space. */
function lastVisible(json: Buffer, at: number): number {
  let index = at;
  while (index >= 0 && (json[index] ?? 0) <= 0x20) index--;
  return index;
}
