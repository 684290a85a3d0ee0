/** The files that a person chose, and their hashes. The files themselves are let go as soon as they are hashed. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type FileRefusal, Hasher, type Hashes } from '../hashing/hasher.ts';

export const maxFiles = 100;

export interface ChosenFile {
  readonly id: number;
  readonly name: string;
  /** Absent while the file is being hashed. */
  readonly result?: { readonly hashes: Hashes } | { readonly refused: FileRefusal } | { readonly sameAs: string };
}

export interface ChosenFiles {
  readonly files: readonly ChosenFile[];
  readonly hashes: readonly Hashes[];
  readonly isWorking: boolean;
  readonly isFull: boolean;
  add(files: Iterable<File>): void;
  remove(id: number): void;
  forget(): void;
}

export function useChosenFiles(): ChosenFiles {
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [isFull, setFull] = useState(false);
  const hasher = useRef<Hasher>(undefined);
  const count = useRef(0);
  const isWorking = files.some(({ result }) => !result);
  useEffect(() => {
    if (!isWorking) hasher.current?.rest();
  }, [isWorking]);

  function add(given: Iterable<File>): void {
    const room = maxFiles - files.length;
    const all = [...given];
    setFull(all.length > room);
    const added = all.slice(0, room).map((file) => ({ id: ++count.current, file }));
    setFiles((before) => [...before, ...added.map(({ id, file: { name } }) => ({ id, name }))]);
    const hashing = hasher.current ?? new Hasher();
    hasher.current = hashing;
    for (const { id, file } of added)
      void hashing.hash(file).then((result) => setFiles((before) => withResult(before, id, result)));
  }

  return {
    files,
    hashes: files.flatMap(({ result }) => (result && 'hashes' in result ? [result.hashes] : [])),
    isWorking,
    isFull,
    add,
    remove(id) {
      setFull(false);
      setFiles((before) => before.filter((file) => file.id !== id));
    },
    forget() {
      setFiles([]);
      setFull(false);
    },
  };
}

/** The same file twice counts once. */
function withResult(files: readonly ChosenFile[], id: number, result: NonNullable<ChosenFile['result']>): readonly ChosenFile[] {
  const first = files.find(
    (file) =>
      file.id !== id &&
      file.result &&
      'hashes' in file.result &&
      'hashes' in result &&
      file.result.hashes.sha256 === result.hashes.sha256,
  );
  return files.map((file) => (file.id === id ? { ...file, result: first ? { sameAs: first.name } : result } : file));
}
