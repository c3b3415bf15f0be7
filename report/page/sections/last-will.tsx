import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function LastWill({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="will" command="./lab verify --only will" />;
}
