/** The first page of a service, and the page to try a match. */
import { render } from 'preact';
import '../ui/style.css';
import './home.css';
import { HomeApp } from './home-app.tsx';

const page = document.getElementById('page');
if (page) render(<HomeApp />, page);
