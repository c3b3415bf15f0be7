import { lookOf } from '../plot.ts';

type Props = {
  /** One name a series, in the order of `lookOf`. */
  readonly names: readonly string[];
  /** The names that the figure shows. @default all */
  readonly shown?: readonly string[];
  /** `line`: dash and colour; `area`: a filled box. */
  readonly kind?: 'line' | 'area';
};

/** Which line or area is which. */
export function Legend({ names, shown = names, kind = 'line' }: Props) {
  return (
    <ul class="legend">
      {names.map((name, index) =>
        shown.includes(name) ? (
          <li>
            <svg width="34" height="12" aria-hidden="true">
              <Swatch kind={kind} index={index} />
            </svg>{' '}
            {name}
          </li>
        ) : null,
      )}
    </ul>
  );
}

function Swatch({ kind, index }: { readonly kind: 'line' | 'area'; readonly index: number }) {
  const { stroke, strokeDasharray } = lookOf(index);
  return kind === 'area' ? (
    <rect width="34" height="12" fill={stroke} />
  ) : (
    <path d="M0,6H34" stroke={stroke} stroke-dasharray={strokeDasharray} stroke-width="2.5" />
  );
}
