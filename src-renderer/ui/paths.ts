// Paths of files as the machine writes them: "/home/..." or "C:\...".

function separatorOf(path: string): string {
  return path.includes('\\') && !path.includes('/') ? '\\' : '/';
}

/** The folder of a file; empty where the path names none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(separatorOf(path))));
}

/** The name of a file without its folder. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(separatorOf(path)) + 1);
}

/** A file in a folder. */
export function joinPath(folder: string, name: string): string {
  if (folder === '') return name;
  const separator = separatorOf(folder);
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** A name that every system takes as the name of a file. */
export function safeFileName(name: string): string {
  const safe = name.replace(/[<>:"/\\|?*\p{Cc}]/gu, ' ').replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
  return safe === '' ? 'kanal' : safe.slice(0, 120);
}
