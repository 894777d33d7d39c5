import type { LeftOut } from "../types.ts";

/** What a list lacks that was put together of pages: `known` of those before, `more` of the one that came. */
export function alsoLacking(known: LeftOut, more: LeftOut): LeftOut {
  const fresh = more?.filter((row) => !known?.some(({ id }) => id === row.id)) ?? [];
  return fresh.length === 0 ? known : [...(known ?? []), ...fresh];
}
