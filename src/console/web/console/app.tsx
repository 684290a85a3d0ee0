import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import type { Session } from '../api/session.ts';
import { LanguageContext, useWords } from '../language/language.ts';
import { useChosenLanguage } from '../language/use-chosen-language.ts';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { useTerms } from '../ui/terms.ts';
import { Waiting } from '../ui/waiting.tsx';
import { AccountsPage } from './accounts/accounts-page.tsx';
import { AssistedPage } from './assisted/assisted-page.tsx';
import { ChangesPage } from './changes/changes-page.tsx';
import { EnrolPage } from './enrol/enrol-page.tsx';
import { EntryPage } from './entry/entry-page.tsx';
import { ImportPage } from './imports/import-page.tsx';
import { ImportsPage } from './imports/imports-page.tsx';
import { LegalPage } from './legal/legal-page.tsx';
import { ListPage } from './lists/list-page.tsx';
import { ListsPage } from './lists/lists-page.tsx';
import { MatchPage } from './matches/match-page.tsx';
import { MatchesPage } from './matches/matches-page.tsx';
import { OperationsPage } from './operations/operations-page.tsx';
import { QueuePage } from './queue/queue-page.tsx';
import { SeriesListPage } from './series/series-list-page.tsx';
import { SeriesPage } from './series/series-page.tsx';
import { isFor, type Section, sectionsOf } from './shell/sections.ts';
import { Shell } from './shell/shell.tsx';
import { SignInAgain, SignInPage } from './shell/sign-in.tsx';
import { useResumedSession, useRole, useSession } from './shell/use-session.ts';
import { shellWords } from './shell/words.ts';

const pages: readonly (readonly [path: string, section: Section, page: ComponentType])[] = [
  ['/console/queue', 'queue', QueuePage],
  ['/console/entries/:id', 'queue', EntryPage],
  ['/console/enrol', 'enrol', EnrolPage],
  ['/console/imports', 'imports', ImportsPage],
  ['/console/imports/:id', 'imports', ImportPage],
  ['/console/assisted', 'assisted', AssistedPage],
  ['/console/series', 'series', SeriesListPage],
  ['/console/series/:name', 'series', SeriesPage],
  ['/console/lists', 'lists', ListsPage],
  ['/console/lists/:id', 'lists', ListPage],
  ['/console/matches', 'matches', MatchesPage],
  ['/console/matches/:id', 'matches', MatchPage],
  ['/console/orders', 'orders', () => <LegalPage kind="orders" />],
  ['/console/notices', 'notices', () => <LegalPage kind="notices" />],
  ['/console/operations', 'operations', OperationsPage],
  ['/console/accounts', 'accounts', AccountsPage],
  ['/console/changes', 'changes', ChangesPage],
];

export function App() {
  const [language, setLanguage] = useChosenLanguage();
  const { signedIn, isExpired } = useSession();
  const error = useResumedSession();
  const session = typeof signedIn === 'object' ? signedIn : undefined;
  return (
    <LanguageContext.Provider value={language}>
      <LocationProvider scope="/console">
        <Shell session={session} onLanguage={setLanguage}>
          <Failure error={error} retry={() => location.reload()} />
          {signedIn === 'nobody' && <SignInPage />}
          {signedIn === undefined && error === undefined && <Waiting />}
          {session && <Pages session={session} />}
          <SignInAgain isOpen={isExpired} />
        </Shell>
      </LocationProvider>
    </LanguageContext.Provider>
  );
}

function Pages({ session }: { readonly session: Session }) {
  const { role } = session.caller;
  const { path } = useLocation();
  return (
    // A page keeps nothing of another one: no lease of one entry is shown on the next.
    <Router key={path}>
      {pages.map(([path, section, page]) => (
        <Route key={path} path={path} component={isFor(section, role) ? page : NotForRole} />
      ))}
      <Route path="/console" component={() => <Start section={sectionsOf(role)[0]} />} />
      <Route default component={NotFound} />
    </Router>
  );
}

function Start({ section }: { readonly section: Section | undefined }) {
  const { route } = useLocation();
  useEffect(() => {
    if (section) route(`/console/${section}`, true);
  }, [section, route]);
  return null;
}

function NotForRole() {
  const words = useWords(shellWords);
  const term = useTerms();
  const role = useRole();
  return (
    <Page title={words.notFound}>
      <Notice>{words.notForRole(role ? term('role', role) : '')}</Notice>
    </Page>
  );
}

function NotFound() {
  const words = useWords(shellWords);
  return (
    <Page title={words.notFound}>
      <p>
        <a href="/console">{words.back}</a>
      </p>
    </Page>
  );
}
