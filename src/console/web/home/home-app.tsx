import { LocationProvider, Route, Router } from 'preact-iso';
import { Shell } from '../console/shell/shell.tsx';
import { SignInAgain } from '../console/shell/sign-in.tsx';
import { useResumedSession, useSession } from '../console/shell/use-session.ts';
import { LanguageContext } from '../language/language.ts';
import { useChosenLanguage } from '../language/use-chosen-language.ts';
import { AboutPage } from './about-page.tsx';
import { TryPage } from './try-page.tsx';

export function HomeApp() {
  const [language, setLanguage] = useChosenLanguage();
  const { isExpired } = useSession();
  useResumedSession();
  return (
    <LanguageContext.Provider value={language}>
      {/* Other addresses are pages of their own. */}
      <LocationProvider scope={/^\/(try)?$/}>
        <Shell session={undefined} onLanguage={setLanguage}>
          <Router>
            <Route path="/" component={AboutPage} />
            <Route path="/try" component={TryPage} />
          </Router>
          <SignInAgain isOpen={isExpired} />
        </Shell>
      </LocationProvider>
    </LanguageContext.Provider>
  );
}
