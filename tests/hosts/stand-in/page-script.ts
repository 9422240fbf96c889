// What a page gets before its own scripts: the built preload script, and a `require` that knows only 'electron'.
import { readFileSync } from 'node:fs';

/** The text of the script; `preload` is the path of the built preload script. Runs in every frame, as Electron's would at most. */
export function pageScript(preload: string): string {
  return `{
    const listeners = new Map();
    globalThis.standInDeliver = (channel, message) => { for (const listener of listeners.get(channel) ?? []) listener({}, message); };
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => { globalThis[name] = Object.freeze(api); } },
      ipcRenderer: {
        invoke: (channel, ...args) => globalThis.standInInvoke(channel, args),
        on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
        removeListener: (channel, listener) => { listeners.set(channel, (listeners.get(channel) ?? []).filter((each) => each !== listener)); },
      },
      webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
    };
    const require = (name) => { if (name !== 'electron') throw new Error('A sandboxed preload may not require ' + name); return electron; };
    const module = { exports: {} };
    ((exports) => { ${readFileSync(preload, 'utf8')} })(module.exports);
  }`;
}
