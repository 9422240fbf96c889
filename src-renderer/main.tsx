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
import { z } from 'zod';
import { App } from './app/App.tsx';
import { ErrorBoundary } from './app/ErrorBoundary.tsx';
import { startLanguages } from './app/i18n.ts';
import { Root } from './app/Root.tsx';

// The Content-Security-Policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

await startLanguages();
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
