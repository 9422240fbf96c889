// What a person chooses about the program on this computer, as far as a host has an icon beside the clock and a login to start at.
import { z } from 'zod';

/** `keepRunning`: with live flows it goes on when its window closes; null: nobody has been asked yet. `language`: that of the window. */
export const desktopChoicesSchema = z.strictObject({
  keepRunning: z.boolean().nullable(),
  asksBeforeQuit: z.boolean(),
  atLogin: z.boolean(),
  language: z.string().max(20).nullable(),
});
export type DesktopChoices = z.infer<typeof desktopChoicesSchema>;

/**
 * What holds now, and what there is to choose on this computer. `withoutWindow`: whether the program can go on without one; on
 * macOS it always does, and where no icon would be seen it never does. `atLogin`: whether it can start with the computer.
 */
export type DesktopState = DesktopChoices & { can: { withoutWindow: 'choice' | 'always' | 'never'; atLogin: boolean } };
