import { addSlice, get, messageLog, Rows, type Entry, type Methods, type Slice } from "@hive/web";

/** All messages, for the flow. */
export const flow = messageLog(
  (before) => get<Methods["broker.recent"]["result"]>(`/dashboard/history${before ? `?before=${before}` : ""}`),
  () => true,
);

/** What agents wrote to the operator, newest first. */
export const inbox = new Rows<number, Entry>((row) => row.message.id, (a, b) => b.message.id - a.message.id);
const mostInInbox = 200;

const inboxSlice: Slice = {
  load: (snapshot) => inbox.replace((snapshot.operator_inbox ?? []).filter((row) => row.message.to === "operator")),
  on: {
    "broker.sent": ({ message }) => {
      if (message.to !== "operator") return;
      inbox.upsert({ message, state: "settled" });
      inbox.remove(...inbox.list.slice(mostInInbox).map((row) => row.message.id));
    },
  },
};

export function followMail(): void {
  addSlice(inboxSlice);
  addSlice(flow.slice);
}
