/** The path of Chromium, Chrome or Edge; `null` where there is none. KANAL_BROWSER names another one. */
export function findBrowser(): string | null;
/** What every start of the browser needs here: Chromium's sandbox refuses to work for root. */
export function browserSwitches(): string[];
/** Whether a window can be shown at all. */
export function hasScreen(): boolean;
