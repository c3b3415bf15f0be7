import type { SectionProps } from '../parts/section.tsx';

export function Failures({ results }: SectionProps) {
  return <p>{results.counts.fail}</p>;
}
