import { useRef, useState } from 'preact/hooks';
import { useFormat } from '../../language/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { type CaseKey, type CaseStatus, caseStatus, type FileState, withdrawFiles } from '../cases.ts';
import { Problem, Screen } from '../screen.tsx';
import { useHelpWords } from '../words/words.ts';

type File = CaseStatus['files'][number];

interface StatusProps {
  readonly caseKey: CaseKey;
  readonly status: CaseStatus;
  readonly onStatus: (status: CaseStatus) => void;
  readonly onBack: () => void;
}

const kinds: Readonly<Record<FileState, string>> = {
  checking: 'good',
  active: 'good',
  refused: 'warn',
  same: 'grey',
  withdrawn: 'grey',
};
const isOpen = ({ state }: File): boolean => state === 'checking' || state === 'active';

export function StatusStep({ caseKey, status, onStatus, onBack }: StatusProps) {
  const words = useHelpWords();
  const format = useFormat();
  const [selected, setSelected] = useState<readonly number[]>([]);
  const [asked, setAsked] = useState<readonly number[]>();
  const [isDone, setDone] = useState(false);
  const call = useCaseCall(onStatus);
  const open = status.files.filter(isOpen).map(({ file }) => file);
  const chosen = selected.filter((file) => open.includes(file));

  async function withdraw(files: readonly number[]): Promise<void> {
    setAsked(undefined);
    setDone(await call.run(() => withdrawFiles(caseKey, files)));
  }

  return (
    <Screen
      heading={words.status.heading}
      lead={
        status.closedAt
          ? words.status.closed(format.moment(status.closedAt))
          : words.status.opened(format.moment(status.openedAt))
      }
    >
      <section class="stack" aria-labelledby="pictures">
        <div class="row spread">
          <h2 id="pictures">{words.status.files}</h2>
          <button type="button" class="plain" onClick={() => void call.run(() => caseStatus(caseKey))}>
            {words.status.refresh}
          </button>
        </div>
        <ul class="files">
          {status.files.map((file) => (
            <Row
              key={file.file}
              file={file}
              isSelected={chosen.includes(file.file)}
              onSelect={
                open.length > 1 && isOpen(file)
                  ? (on) => setSelected(on ? [...chosen, file.file] : chosen.filter((one) => one !== file.file))
                  : undefined
              }
            />
          ))}
        </ul>
      </section>
      <Problem error={call.error} />
      <div role="status">{isDone && <Notice kind="good">{words.status.done}</Notice>}</div>
      {open.length > 0 && (
        <section class="card stack" aria-labelledby="withdraw">
          <h2 id="withdraw">{words.status.withdraw}</h2>
          <p class="soft">{words.status.withdrawLead}</p>
          <div class="row">
            <button
              type="button"
              class="danger"
              aria-disabled={call.isBusy}
              onClick={() => setAsked(chosen.length > 0 ? chosen : open)}
            >
              {chosen.length > 0 ? words.status.withdrawSome(chosen.length) : words.status.withdrawAll}
            </button>
          </div>
        </section>
      )}
      <div>
        <button type="button" onClick={onBack}>
          {words.home}
        </button>
      </div>
      <Dialog title={words.status.confirmHeading} isOpen={asked !== undefined} onClose={() => setAsked(undefined)}>
        <p>{words.status.confirm(asked?.length ?? 0)}</p>
        <div class="row">
          <button type="button" class="danger" onClick={() => void withdraw(asked ?? [])}>
            {words.status.yes}
          </button>
          <button type="button" onClick={() => setAsked(undefined)}>
            {words.status.no}
          </button>
        </div>
      </Dialog>
    </Screen>
  );
}

interface RowProps {
  readonly file: File;
  readonly isSelected: boolean;
  readonly onSelect: ((isSelected: boolean) => void) | undefined;
}

function Row({ file: { file, state, platforms }, isSelected, onSelect }: RowProps) {
  const { status: words } = useHelpWords();
  const wasListed = state !== 'refused' && state !== 'same';
  return (
    <li class="file">
      <div class="stack tight">
        <span class="row">
          <strong>{words.file(file)}</strong> <span class={`badge ${kinds[state]}`}>{words.state[state]}</span>
        </span>
        <span class="small soft">{words.about[state]}</span>
        {wasListed && <span class="small">{words.found(platforms.held, platforms.removed)}</span>}
      </div>
      {onSelect && (
        <input
          type="checkbox"
          aria-label={words.select(file)}
          checked={isSelected}
          onChange={(event) => onSelect(event.currentTarget.checked)}
        />
      )}
    </li>
  );
}

/** One call at a time. */
function useCaseCall(onStatus: (status: CaseStatus) => void) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const busy = useRef(false);
  return {
    isBusy,
    error,
    async run(act: () => Promise<CaseStatus>): Promise<boolean> {
      if (busy.current) return false;
      busy.current = true;
      setBusy(true);
      setError(undefined);
      try {
        onStatus(await act());
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      } finally {
        busy.current = false;
        setBusy(false);
      }
    },
  };
}
