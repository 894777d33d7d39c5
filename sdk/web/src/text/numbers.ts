// Times, sizes and counts as people read them.

export function thousands(n: number): string {
  return n.toLocaleString("en-US");
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = n;
  let unit = "B";
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `42 s`, `3 m 05 s`, `2 h 10 m`, `3 d`. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, "0")} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} m`;
  return `${Math.floor(s / 86_400)} d`;
}

/** As `duration`, in the one unit that matters: for ages that are seen out of the corner of the eye. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** `14:03`. */
export function hourMinute(time: string | number): string {
  return clockSeconds(time).slice(0, 5);
}

/** Today the clock, else the day too. */
export function clock(time: string | number, now = Date.now()): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "?";
  const hm = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date(now).toDateString() ? hm : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${hm}`;
}

export function clockSeconds(time: string | number): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? "?" : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.000_05) return "< $0.0001";
  return `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}
