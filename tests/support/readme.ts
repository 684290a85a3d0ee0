/** The commands of a Markdown file, and the output that the file shows for each. */

export interface Step {
  readonly command: string;
  /** The output; `…` stands for any text within a line. */
  readonly answer: string;
}

/** Every `$ command` of the `console` blocks. A command continues on the next line after `\` or inside single quotes. */
export function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) => {
    const steps: { command: string; answer: string[] }[] = [];
    for (const line of block.trimEnd().split('\n')) {
      const last = steps.at(-1);
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), answer: [] });
      else if (last && isOpen(last.command)) last.command += `\n${line}`;
      else last?.answer.push(line);
    }
    return steps.map(({ command, answer }) => ({ command, answer: answer.join('\n') }));
  });
}

export function fenceLanguages(markdown: string): string[] {
  return [...markdown.matchAll(/^```(\w+)\n/gm)].map(([, language]) => language ?? '');
}

function isOpen(command: string): boolean {
  const quotes = command.match(/'/g)?.length ?? 0;
  return quotes % 2 === 1 || command.endsWith('\\');
}

export function patternOf(answer: string): RegExp {
  const escaped = answer.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
