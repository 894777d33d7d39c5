// What the broker shows on the dashboard: the operator's inbox, and all messages with a field to write.
import type { PanelModule } from "@hive/web";
import { followMessages } from "@hive/web";
import { followLimits } from "./compose.ts";
import { flowPanel } from "./flow.tsx";
import { inboxPanel } from "./inbox.tsx";

export const panels: PanelModule["panels"] = [inboxPanel, flowPanel];
export const start: PanelModule["start"] = () => {
  followMessages();
  followLimits();
};
