import { InvalidArgumentError, Option } from 'commander';

export const keyOption = () => new Option('--key <key>', 'API key to act with (default: VIGIE_KEY)');

export const jsonOption = () => new Option('--json', 'print the result as one JSON document');

export const jsonLinesOption = () => new Option('--json', 'print one JSON document per file');

export const idOption = (name: string) => new Option('--id <id>', `${name}: ${idRule}`).makeOptionMandatory().argParser(idOf);

export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices([...values]).makeOptionMandatory();
}

const idRule = '1 to 63 of the characters a-z, 0-9 and -';

function idOf(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError(`Expected ${idRule}, and no - at the start.`);
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export function futureDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('Expected a date such as 2027-01-31.');
  if (date.getTime() <= Date.now()) throw new InvalidArgumentError('The date is in the past.');
  return date;
}
