import type { ComponentChildren } from 'preact';
import type { Results } from '../../../records/results.ts';

/** What a section's component gets. */
export type SectionProps = { readonly results: Results };

type Props = {
  readonly id: string;
  readonly title: string;
  /** What the checkpoint asks, in its words. */
  readonly question?: string | undefined;
  readonly children: ComponentChildren;
};

/** A part of the page with a link in the navigation. */
export function Section({ id, title, question, children }: Props) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {title} <Permalink to={id} name={title} />
      </h2>
      {question === undefined ? null : <p class="question">{question}</p>}
      {children}
    </section>
  );
}

/** A link to its own place, to copy. */
export function Permalink({ to, name }: { readonly to: string; readonly name: string }) {
  return (
    <a class="permalink" href={`#${encodeURIComponent(to)}`} aria-label={`link to ${name}`}>
      #
    </a>
  );
}
