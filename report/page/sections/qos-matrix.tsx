import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function QosMatrix({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="qos.matrix" command="./lab verify --only qos.matrix" />;
}
