import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';

export function Authorisation({ results }: SectionProps) {
  return <NotMeasured results={results} prefix="acl" command="./lab verify --only acl" />;
}
