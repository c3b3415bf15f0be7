import type { Fact, Facts, Query } from '../../provisioning/resources/facts.ts';

/** Facts as a host would have answered; a query without an answer here failed on the host. */
export function factsOf(answers: ReadonlyMap<string, string>): Facts {
  return {
    get: ({ id }: Query): Fact => {
      const output = answers.get(id);
      return output === undefined ? { code: 1, output: '' } : { code: 0, output };
    },
  };
}
