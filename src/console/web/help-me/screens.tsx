/** One thing per screen. What was entered stays while the person goes back and forth, and only in memory. */
import { useState } from 'preact/hooks';
import type { CaseKey, CaseStatus, OpenedCase } from './cases.ts';
import { useChosenFiles } from './chosen-files.ts';
import { useLeaveWarning } from './leaving.ts';
import { AboutStep, type Statements } from './steps/about-step.tsx';
import { FilesStep } from './steps/files-step.tsx';
import { NumberStep } from './steps/number-step.tsx';
import { PinStep } from './steps/pin-step.tsx';
import { ReturnStep } from './steps/return-step.tsx';
import { StatusStep } from './steps/status-step.tsx';
import { WelcomeStep } from './steps/welcome-step.tsx';
import { YoungStep } from './steps/young-step.tsx';
import type { Texts } from './texts.ts';

type Screen =
  | { readonly at: 'welcome' | 'young' | 'files' | 'about' | 'pin' }
  | { readonly at: 'return'; readonly caseNumber: string }
  | { readonly at: 'number'; readonly opened: OpenedCase }
  | { readonly at: 'status'; readonly key: CaseKey; readonly status: CaseStatus };

const noStatements: Statements = { adult: false, depicted: false, noConsent: false, appearedAt: '' };

export function Screens({ texts }: { readonly texts: Texts }) {
  const [screen, setScreen] = useState<Screen>({ at: 'welcome' });
  const [statements, setStatements] = useState(noStatements);
  const chosen = useChosenFiles();
  const go = (at: 'welcome' | 'young' | 'files' | 'about' | 'pin') => () => setScreen({ at });
  const goToCase = (caseNumber = '') => setScreen({ at: 'return', caseNumber });
  useLeaveWarning(screen.at === 'number' || (chosen.files.length > 0 && screen.at !== 'status'));
  switch (screen.at) {
    case 'welcome':
      return <WelcomeStep texts={texts} onAdult={go('files')} onYoung={go('young')} onCase={() => goToCase()} />;
    case 'young':
      return <YoungStep texts={texts} onBack={go('welcome')} onAdult={go('files')} />;
    case 'files':
      return <FilesStep chosen={chosen} onBack={go('welcome')} onNext={go('about')} />;
    case 'about':
      return <AboutStep texts={texts} statements={statements} onChange={setStatements} onBack={go('files')} onNext={go('pin')} />;
    case 'pin':
      return (
        <PinStep
          hashes={chosen.hashes}
          appearedAt={statements.appearedAt}
          onBack={go('about')}
          onOpened={(opened) => {
            chosen.forget();
            setStatements(noStatements);
            setScreen({ at: 'number', opened });
          }}
        />
      );
    case 'number':
      return <NumberStep opened={screen.opened} onDone={() => goToCase(screen.opened.caseNumber)} />;
    case 'return':
      return (
        <ReturnStep
          caseNumber={screen.caseNumber}
          onBack={go('welcome')}
          onFound={(key, status) => setScreen({ at: 'status', key, status })}
        />
      );
    case 'status':
      return (
        <StatusStep
          caseKey={screen.key}
          status={screen.status}
          onStatus={(status) => setScreen({ ...screen, status })}
          onBack={go('welcome')}
        />
      );
  }
}
