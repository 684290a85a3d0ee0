import { useRef, useState } from 'preact/hooks';
import { type FileRefusal, Hasher } from '../../hashing/hasher.ts';
import { type Description, type Enrolled, enrolFile, type Place } from './enrolment.ts';

export interface FileState {
  readonly id: string;
  readonly file: File;
  readonly place: Place;
  readonly description: Description;
  readonly state: 'waiting' | 'working' | 'failed' | 'refused' | 'done';
  readonly enrolled?: Enrolled['answer'];
  readonly refused?: FileRefusal;
  readonly error?: unknown;
}

export interface Enrolments {
  readonly files: readonly FileState[];
  readonly isBusy: boolean;
  enrol(files: readonly File[], place: Place, description: Description): Promise<void>;
  retry(): Promise<void>;
}

/** Enrols files one after the other, two at a time, and keeps the state of each. */
export function useEnrolments(): Enrolments {
  const [files, setFiles] = useState<readonly FileState[]>([]);
  const hasher = useRef<Hasher>(null);
  const change = (id: string, changed: Partial<FileState>) =>
    setFiles((all) => all.map((one) => (one.id === id ? { ...one, ...changed } : one)));
  const work = async (todo: readonly FileState[]) => {
    hasher.current ??= new Hasher();
    const waiting = [...todo];
    const next = async (): Promise<void> => {
      const one = waiting.shift();
      if (!one || !hasher.current) return;
      change(one.id, { state: 'working' });
      change(one.id, await outcomeOf(one, hasher.current));
      return next();
    };
    await Promise.all([next(), next()]);
    hasher.current.rest();
  };
  return {
    files,
    isBusy: files.some(({ state }) => state === 'working' || state === 'waiting'),
    async enrol(chosen, place, description) {
      const added = chosen.map((file): FileState => ({ id: crypto.randomUUID(), file, place, description, state: 'waiting' }));
      setFiles((all) => [...added, ...all]);
      await work(added);
    },
    async retry() {
      await work(files.filter(({ state }) => state === 'failed'));
    },
  };
}

async function outcomeOf({ id, file, place, description }: FileState, hasher: Hasher): Promise<Partial<FileState>> {
  try {
    const outcome = await enrolFile(file, place, description, hasher, id);
    return 'refused' in outcome ? { state: 'refused', refused: outcome.refused } : { state: 'done', enrolled: outcome.answer };
  } catch (error) {
    return { state: 'failed', error };
  }
}
