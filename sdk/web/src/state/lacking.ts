import type { LeftOut } from "../types.ts";

/** Rows that are named at most; an agent writes its own history, and may leave out rows without end. */
const most = 64;

/** What a list lacks that was put together of pages: `known` of those before, `more` of the one that came. */
export function alsoLacking(known: LeftOut, more: LeftOut): LeftOut {
  const fresh = more?.filter((row) => !known?.some(({ id }) => id === row.id)) ?? [];
  return fresh.length === 0 ? known : [...(known ?? []), ...fresh].slice(0, most);
}
