import type { SectionProps } from '../parts/section.tsx';

export function Deviations({ results }: SectionProps) {
  return <p>{results.counts.deviation}</p>;
}
