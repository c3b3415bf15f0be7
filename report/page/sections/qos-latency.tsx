import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function QosLatency({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="qos.latency" command="./lab report --only qos.latency" />;
}
