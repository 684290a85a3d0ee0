import { render } from 'preact';
import '../ui/style.css';
import './help-me.css';
import { HelpPage } from './help-page.tsx';
import { textsOf } from './texts.ts';

const page = document.getElementById('page');
if (page) render(<HelpPage texts={textsOf(document)} />, page);
