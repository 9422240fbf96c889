// Loaded before the built backend process: what Electron gives a utility process, over the channel of an ordinary child.
process.parentPort = {
  postMessage: (message) => void process.send(message),
  on: (_event, listener) => void process.on('message', (data) => listener({ data })),
};
