// Everything that the window may ask of the process that shows it, as far as it goes beyond the machine.
import { z } from 'zod';
import { desktopChoicesSchema } from '../../shared/api.ts';

/** Asks for a file with the system's own dialog. */
const fileQuestionSchema = z.strictObject({
  kind: z.enum(['open', 'save']),
  name: z.string().max(255).optional(),
  extensions: z.array(z.string().regex(/^\w{1,20}$/)).max(20),
});
export type FileQuestion = z.infer<typeof fileQuestionSchema>;

/** Everything that the window may ask of this process. */
export const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), method: z.unknown(), input: z.unknown() }),
  z.strictObject({ kind: z.literal('chooseFile'), question: fileQuestionSchema }),
  z.strictObject({ kind: z.literal('desktop'), change: desktopChoicesSchema.partial() }),
]);
export type WindowRequest = z.infer<typeof requestSchema>;
