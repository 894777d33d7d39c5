import type { ReadonlySignal } from "@preact/signals";
import { post, Problem, wordsOf } from "../api.ts";

/** A page that came by plain HTTP has no randomUUID. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Nothing to send. What is not blank is sent as it was typed, with every indent and line end. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/**
 * Sends what is typed into one field, each message once: while nobody knows whether it arrived, the same message
 * goes out under the same key, by which the host knows it again. An emptied field begins another message, even
 * one of the same words.
 */
export class Outgoing {
  private open: { message: string; key: string } | undefined;

  constructor(draft: ReadonlySignal<string>) {
    draft.subscribe((text) => {
      if (isBlank(text)) this.open = undefined;
    });
  }

  async send(path: string, body: object): Promise<void> {
    const message = JSON.stringify([path, body]);
    if (this.open?.message !== message) this.open = { message, key: freshKey() };
    const { key } = this.open;
    try {
      await post(path, { ...body, key });
    } catch (error) {
      if (error instanceof Problem && error.isRefusal) throw error;
      throw new Error(`${wordsOf(error)} What you typed stays here; send it again once the page is live, it arrives once.`, { cause: error });
    }
    this.answered(key);
  }

  private answered(key: string): void {
    if (this.open?.key === key) this.open = undefined;
  }
}
