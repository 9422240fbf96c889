// Hands a text to the user as a file: the browser's download, which Electron turns into its save dialog.

export function saveText(name: string, text: string): void {
  save(name, new Blob([text], { type: 'application/json' }));
}

/** The same for bytes that came from the machine in base64. */
export function saveBase64(name: string, base64: string): void {
  save(name, new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'application/octet-stream' }));
}

function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
