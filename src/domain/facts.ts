/** What sources say about the people in a picture. Absent: they do not say. */
export interface Facts {
  readonly victimIdentified?: boolean;
  readonly offenderIdentified?: boolean;
  readonly distributed?: boolean;
  readonly submissions?: number;
}

const flags = ['victimIdentified', 'offenderIdentified', 'distributed'] as const;

/** Of several claims on one picture: one source that knows a person is enough, and the highest count of submissions counts. */
export function mergedFacts(all: readonly Facts[]): Facts {
  const said = flags.flatMap((flag) => {
    const answers = all.flatMap((facts) => facts[flag] ?? []);
    return answers.length > 0 ? [[flag, answers.includes(true)] as const] : [];
  });
  const counts = all.flatMap(({ submissions }) => submissions ?? []);
  return { ...Object.fromEntries(said), ...(counts.length > 0 && { submissions: Math.max(...counts) }) };
}
