/** The console: signs in, then shows the page that the address names. */
import { render } from 'preact';
import '../ui/style.css';
import { App } from './app.tsx';

const page = document.getElementById('page');
if (page) render(<App />, page);
