import type { Frame } from "./frames.ts";
import { browserWorld, Stream, type Link, type World } from "./stream.ts";

/** What a page tells the hub. `lock`: a Web Lock that the page holds as long as it lives. */
export type ToHub = { do: "join"; topics: string[]; lock?: string } | { do: "leave" } | { do: "retry" };

/** What the hub tells a page. `opened`: the stream has the page's topics; resumed: and no hole since. */
export type FromHub =
  | { is: "link"; link: Link }
  | { is: "opened"; resumed: boolean }
  | { is: "frame"; frame: Frame };

interface Client {
  tell: (message: FromHub) => void;
  topics: Set<string>;
  /** The stream that is open has the client's topics, and it was told so. */
  covered: boolean;
}

/** Frames of this name are for every client: something was missed. */
export const resyncEvent = "resync";

/**
 * One stream for all pages of a browser, which may have but six connections to a host. Runs in a shared
 * worker, or in the page where there are none.
 */
export class Hub {
  private readonly clients = new Set<Client>();
  private readonly stream: Stream;
  private topics = "";
  /** The host has accepted a stream with `topics`. */
  private isOpen = false;
  private link: Link = "connecting";

  constructor(world: World = browserWorld) {
    this.stream = new Stream(
      {
        opened: (resumed) => this.opened(resumed),
        frame: (frame) => this.frame(frame),
        link: (link) => this.tellLink(link),
      },
      world,
    );
  }

  /** Gives a function that takes what the client says. */
  connect(tell: (message: FromHub) => void): (message: ToHub) => void {
    const client: Client = { tell, topics: new Set(), covered: false };
    return (message) => {
      if (message.do === "join") this.join(client, message.topics);
      else if (message.do === "leave") this.leave(client);
      else this.stream.retry();
    };
  }

  private join(client: Client, topics: string[]): void {
    client.topics = new Set(topics);
    client.covered = false;
    this.clients.add(client);
    client.tell({ is: "link", link: this.link });
    if (this.reopen()) return;
    if (this.isOpen) this.cover(client, false);
    // Whoever opens another page may have signed in with it.
    else if (this.link === "signed-out") this.stream.retry();
  }

  private leave(client: Client): void {
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    this.stream.close();
    this.topics = "";
    this.isOpen = false;
    this.link = "connecting";
  }

  /** Opens the stream anew if it lacks a topic. Topics that nobody wants any more stay until then. */
  private reopen(): boolean {
    const wanted = [...new Set([...this.clients].flatMap((client) => [...client.topics]))].sort();
    const have = new Set(this.topics.split(","));
    if (this.topics !== "" && wanted.every((topic) => have.has(topic))) return false;
    this.topics = wanted.join(",");
    this.isOpen = false;
    this.stream.open(`/dashboard/stream?topics=${wanted.map(encodeURIComponent).join(",")}`);
    return true;
  }

  private opened(resumed: boolean): void {
    this.isOpen = true;
    // A client that was not covered has seen nothing: for it nothing is resumed.
    for (const client of this.clients) this.cover(client, resumed && client.covered);
  }

  private cover(client: Client, resumed: boolean): void {
    client.covered = true;
    client.tell({ is: "opened", resumed });
  }

  private frame(frame: Frame): void {
    for (const client of this.clients)
      if (frame.event === resyncEvent || client.topics.has(frame.event)) client.tell({ is: "frame", frame });
  }

  private tellLink(link: Link): void {
    this.link = link;
    if (link !== "live") this.isOpen = false;
    for (const client of this.clients) client.tell({ is: "link", link });
  }
}
