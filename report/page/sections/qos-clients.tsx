import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function QosClients({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="qos.host-to-pi" command="./lab verify --only qos" />;
}
