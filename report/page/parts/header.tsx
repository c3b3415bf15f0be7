import type { Results } from '../../json.ts';
import { SECTIONS } from '../sections.ts';
import { Text } from './text.tsx';

/** What was verified, with which result, and the navigation. */
export function Header({ results }: { readonly results: Results }) {
  const { environment, verdict } = results;
  return (
    <header>
      <h1>
        <Text>{environment?.lab ?? 'lab'}</Text>
      </h1>
      <p>{verdict}</p>
      <nav aria-label="Questions">
        <ul>
          {SECTIONS.map(({ id, short }) => (
            <li>
              <a href={`#${id}`}>{short}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
