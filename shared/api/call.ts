// What a call is declared with.
import type { z } from 'zod';

/** Declares a call. The output is a type only; it is never looked at while the program runs. */
export function call<Input extends z.ZodType>(input: Input) {
  return { returns: <Output>() => ({ input }) as { input: Input; output?: Output } };
}
