/** `so`: measured as the theory says; `not so`: otherwise; `open`: not enough was measured to say. */
export type Outcome = 'so' | 'not so' | 'open';

/** What the page says of a measurement, chosen by what was measured. */
export type Sentence = { readonly text: string; readonly says: Outcome };
