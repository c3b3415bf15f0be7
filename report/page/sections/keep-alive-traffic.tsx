import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function KeepAliveTraffic({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="keepalive.traffic" command="./lab report --only keepalive.traffic" />;
}
