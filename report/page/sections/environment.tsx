import type { SectionProps } from '../parts/section.tsx';

export function EnvironmentTable({ results }: SectionProps) {
  return <p>{results.environment?.lab}</p>;
}
