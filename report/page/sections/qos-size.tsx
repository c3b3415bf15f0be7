import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function QosSize({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="qos.size" command="./lab verify --only qos.size" />;
}
