// What lifecycle shows on the dashboard: every container with what can be done to it, and what is kept of
// those that were destroyed.
import type { PanelModule } from "@hive/web";
import { followContainers } from "@hive/web";
import { containersPanel } from "./containers.tsx";
import { followKept, keptPanel } from "./kept.tsx";
import { followTransients } from "./transients.ts";

export const panels: PanelModule["panels"] = [containersPanel, keptPanel];
export const start: PanelModule["start"] = () => {
  followContainers();
  followTransients();
  followKept();
};
