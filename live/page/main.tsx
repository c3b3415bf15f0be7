import { render } from 'preact';
import { App } from './app.tsx';
import { follow } from './connection.ts';
import { store } from './store.ts';

const place = document.querySelector('#app');
if (place !== null) render(<App />, place);
follow(store);
