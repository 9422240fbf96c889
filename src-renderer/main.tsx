// Where the window begins.
import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '@mantine/dropzone/styles.css';
import '@mantine/tiptap/styles.css';
import './app/window.css';
import './app/screens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import i18next from 'i18next';
import { z } from 'zod';
import { App } from './app/App.tsx';
import { ErrorBoundary } from './app/ErrorBoundary.tsx';
import { currentLanguage, startLanguages } from './app/i18n.ts';
import { Root } from './app/Root.tsx';
import { desktopHost } from './backend.ts';

// The Content-Security-Policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

await startLanguages();
// What the program itself says (its icon beside the clock, questions at closing) it says in the language of the window.
const tellLanguage = () => void desktopHost()?.({ language: currentLanguage() });
tellLanguage();
i18next.on('languageChanged', tellLanguage);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Root>
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </Root>
  </StrictMode>,
);
