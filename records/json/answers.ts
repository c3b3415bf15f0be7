import * as z from 'zod';
import { passOrFail } from './results.ts';

const stepSchema = z.object({
  id: z.string().describe('Number of the question, such as `2.2b`.'),
  title: z.string(),
  holds: z
    .boolean()
    .describe('Whether the recorded packets prove it; for 2.3c also the length of the answer, not its content.'),
  isInLab: z.boolean().describe('Whether the lab can show it; a step that it cannot show does not count.'),
  proof: z.array(z.number()).readonly().describe('Numbers of the events that prove it.'),
  prediction: z
    .object({
      text: z.string(),
      isLate: z.boolean().describe('Whether it came after the packets that prove the step.'),
      isRight: z
        .boolean()
        .describe('Whether it is what came; absent where the proof does not show it.')
        .exactOptional(),
    })
    .exactOptional(),
  missing: z
    .array(z.enum(['prediction', 'answer']))
    .readonly()
    .describe('What the step asks for and the student did not give; absent where nothing is missing.')
    .exactOptional(),
  came: z.array(z.string()).readonly().describe('What happened, in words.'),
  answer: z.string().exactOptional(),
});

/** What `check-answers --json` prints. */
export const answersJsonSchema = z
  .object({
    verdict: passOrFail,
    student: z.string(),
    lab: z.string().describe('Name of the lab.'),
    saved: z.string().describe('Time of Save, as ISO 8601.'),
    steps: z.array(stepSchema).readonly(),
    contradictions: z.array(z.string()).readonly().describe('Where the transcript contradicts itself.'),
  })
  .meta({ id: 'answers', description: 'What check-answers --json prints. It is no proof against forgery.' });

export type AnswersJson = z.infer<typeof answersJsonSchema>;
