import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function QosSequence({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="qos.sequence" command="./lab verify --only qos.sequence" />;
}
