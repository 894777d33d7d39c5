/** One event of the stream. A frame without an id is a control frame. */
export interface Frame {
  id: string;
  event: string;
  data: string;
}

/** Longest line that is kept; the host bounds a frame far below. */
const maxLineLength = 8 * 1024 * 1024;

/**
 * Splits a `text/event-stream` into frames. `onComment` hears the heartbeats, which an EventSource
 * would hide: they are how a dead connection is told from a quiet one.
 */
export class FrameReader {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];

  constructor(
    private readonly onFrame: (frame: Frame) => void,
    private readonly onComment: () => void = () => undefined,
  ) {}

  push(chunk: string): void {
    // A CR at the end may be the first half of a CR LF.
    const text = this.rest + chunk;
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? "") + text.slice(whole.length);
    if (this.rest.length > maxLineLength)
      throw new Error(`The stream has a line of more than ${maxLineLength} characters; it is read anew.`);
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return this.onComment();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
  }

  private dispatch(): void {
    const { id, event, data } = this;
    this.id = this.event = "";
    this.data = [];
    if (data.length > 0) this.onFrame({ id, event: event || "message", data: data.join("\n") });
  }
}
