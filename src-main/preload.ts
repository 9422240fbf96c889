// The bridge between the sandboxed window and Electron's main process: one channel, typed functions, nothing else of Node or
// Electron. It never changes when a call is added.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Answer, Bridge, DesktopChoices, DesktopState, MachineEvent } from '../shared/api.ts';
import type { FileQuestion, WindowRequest } from './desktop/requests.ts';

const CHANNEL = 'kanal';
const ask = (request: WindowRequest): Promise<unknown> => ipcRenderer.invoke(CHANNEL, request);

const bridge = {
  call: (method: string, input: unknown) => ask({ kind: 'call', method, input }) as Promise<Answer>,
  on(listener: (event: MachineEvent) => void) {
    const hear = (_event: unknown, machineEvent: MachineEvent) => listener(machineEvent);
    ipcRenderer.on(CHANNEL, hear);
    return () => void ipcRenderer.removeListener(CHANNEL, hear);
  },
  pathOf: (file: File) => webUtils.getPathForFile(file),
  desktop: (change: Partial<DesktopChoices>) => ask({ kind: 'desktop', change }) as Promise<DesktopState>,
  chooseFile: (question: FileQuestion) => ask({ kind: 'chooseFile', question }) as Promise<string | null>,
} satisfies Bridge & Record<string, unknown>;

contextBridge.exposeInMainWorld('kanal', bridge);
