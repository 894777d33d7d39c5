import { signal, type Signal } from "@preact/signals";
import { keepTheme, texts } from "../keep.ts";

/** A choice of this browser that outlives the page. What cannot be kept is still true until the page goes. */
export function kept<T>(name: string, preset: T, isValid: (value: unknown) => value is T): Signal<T> {
  const read = (): T => {
    try {
      const text = texts.read(name);
      const value: unknown = text === undefined ? preset : JSON.parse(text);
      return isValid(value) ? value : preset;
    } catch {
      return preset;
    }
  };
  const choice = signal(read());
  choice.subscribe((value) => {
    try {
      const text = JSON.stringify(value);
      texts.write(name, text === JSON.stringify(preset) ? undefined : text);
    } catch (error) {
      console.warn(`The choice ${name} cannot be kept: ${String(error)}`);
    }
  });
  texts.onChange(name, () => (choice.value = read()));
  return choice;
}

export const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
export const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === "number");
export const isString = (value: unknown): value is string => typeof value === "string";
export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

/** Ids of folded panels. */
export const folded = kept<string[]>("folded", [], isStrings);

export type Theme = "auto" | "light" | "dark";
const themes: readonly Theme[] = ["auto", "light", "dark"];

/** The host sets it from the cookie that keeps it, so that a page never flashes. */
export const theme = signal<Theme>(themes.find((t) => t === document.documentElement.dataset["theme"]) ?? "auto");

export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? "auto";
  theme.value = next;
  document.documentElement.dataset["theme"] = next;
  keepTheme(next);
}
