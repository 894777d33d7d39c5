// Files that agents speak of, in the form that /api/state-file takes.
const token = /(?<![\w/.-])(?:\/agents\/[a-z][a-z0-9-]{0,30}\/state|\/shared)\/[\w.@%+=:,~/-]*[\w@%+=~/-]/g;

export interface Piece {
  text: string;
  isPath: boolean;
}

/** Splits a text at the paths in it. */
export function splitPaths(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isPath: false });
    pieces.push({ text: match[0], isPath: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isPath: false });
  return pieces;
}
