// How calls and events travel: over Electron's bridge, or over HTTP and a WebSocket to the Node host. Only backend.ts uses it.
import type { Answer, Bridge, DesktopChoices, DesktopState, MachineEvent, Topic } from '../shared/api.ts';

/** What a host may offer besides calls and events. */
export type WindowBridge = Bridge & {
  /** The path of a file that was dropped or chosen; only where the window may know it (Electron). */
  pathOf?(file: File): string;
  /** The system's own dialog; `null` when the user thinks better of it. */
  chooseFile?(question: { kind: 'open' | 'save'; name?: string; extensions: string[] }): Promise<string | null>;
  /** Takes over what a person chooses about the program on this computer; answers what holds then. */
  desktop?(change: Partial<DesktopChoices>): Promise<DesktopState>;
};

/** Whether the machine answers: `refused` means that it is there but does not know this window's key. */
export type Connection = 'connecting' | 'open' | 'lost' | 'refused';

/** A host: calls, events, the state of the line, and how a file of the user's reaches the machine. */
export type Transport = {
  call(method: string, input: unknown): Promise<Answer>;
  on(listener: (event: MachineEvent) => void): () => void;
  connection(): Connection;
  onConnection(listener: () => void): () => void;
  /** Makes a file readable for the machine and answers its path there. */
  bring(file: File): Promise<string>;
  chooseFile: WindowBridge['chooseFile'] | null;
  desktop: WindowBridge['desktop'] | null;
};

/** Thrown when the machine could not be reached at all. */
export class UnreachableError extends Error {
  constructor(cause?: unknown) {
    super('The machine does not answer', { cause });
    this.name = 'UnreachableError';
  }
}

const EVERYTHING: Topic[] = ['workspace', 'contacts', 'attributes', 'imports', 'flows', 'counts', 'messages', 'settings', 'runner', 'tasks'];
const LONGEST_PAUSE = 10_000;
const TOKEN_KEY = 'kanal.token';

/** Electron: the preload script has put the bridge on the window. */
export function electronTransport(bridge: WindowBridge): Transport {
  return {
    call: (method, input) => bridge.call(method, input),
    on: (listener) => bridge.on(listener),
    connection: () => 'open',
    onConnection: () => () => {},
    bring: (file) => Promise.resolve(bridge.pathOf?.(file) ?? file.name),
    chooseFile: bridge.chooseFile ?? null,
    desktop: bridge.desktop ?? null,
  };
}

/** Takes the token out of the address (`#token=...`), so that it is neither copied with it nor kept in the history. */
export function takeToken(): string {
  const match = /^#token=([A-Za-z0-9._~-]+)(.*)$/.exec(location.hash);
  if (match !== null) {
    sessionStorage.setItem(TOKEN_KEY, match[1]!);
    history.replaceState(null, '', location.pathname + location.search + (match[2] === '' ? '' : `#${match[2]!.replace(/^&/, '')}`));
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

/** The Node host: POST /call and /upload with a bearer token, events over a WebSocket that reconnects by itself. */
export function nodeTransport(token: string): Transport {
  const listeners = new Set<(event: MachineEvent) => void>();
  const watchers = new Set<() => void>();
  let connection: Connection = 'connecting';
  let pause = 250;
  let wasOpen = false;

  function become(next: Connection) {
    if (next === connection) return;
    connection = next;
    for (const watcher of watchers) watcher();
  }

  function hear(event: MachineEvent) {
    for (const listener of listeners) listener(event);
  }

  function connect() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/events`, [`kanal.${token}`]);
    socket.addEventListener('open', () => {
      pause = 250;
      become('open');
      // What happened meanwhile was not heard: every screen reads again (FAULTS F50).
      if (wasOpen) hear({ type: 'changed', topics: EVERYTHING });
      wasOpen = true;
    });
    let heard: number | null = null;
    socket.addEventListener('message', (message) => {
      const { seq, ...event } = JSON.parse(String(message.data)) as MachineEvent & { seq?: number };
      // A gap in the numbers: something was not heard.
      if (seq !== undefined && heard !== null && seq !== heard + 1) hear({ type: 'changed', topics: EVERYTHING });
      heard = seq ?? null;
      hear(event);
    });
    socket.addEventListener('close', () => {
      if (connection === 'refused') return;
      become('lost');
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }
  connect();

  async function post(path: string, body: BodyInit, contentType: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': contentType }, body });
    } catch (error) {
      throw new UnreachableError(error);
    }
    if (response.status === 401 || response.status === 403) {
      become('refused');
      throw new UnreachableError();
    }
    if (!response.headers.get('content-type')?.includes('json')) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }

  return {
    call: async (method, input) => (await post('/call', JSON.stringify({ method, input }), 'application/json')) as Answer,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connection: () => connection,
    onConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    bring: async (file) => {
      const answer = (await post(`/upload?name=${encodeURIComponent(file.name)}`, file, 'application/octet-stream')) as { file?: string };
      if (answer.file === undefined) throw new Error('The upload was not taken');
      return answer.file;
    },
    chooseFile: null,
    desktop: null,
  };
}
