/**
 * The machine without downloads: a Pulumi engine, a Kubernetes cluster and real nodes of one's own, from package registries
 * alone. What commands and benches need of it; they import nothing else of this folder (biome.json).
 */

export { envoyGateway, networkPolicyPrograms, versitygw } from "./binaries/catalogue.ts";
export { ensureBinaries } from "./binaries/index.ts";
export {
  clusterBinaries,
  clusterStatus,
  embeddedContext,
  kubectlFolder,
  kubectlVariables,
  removeCluster,
  startCluster,
} from "./cluster/index.ts";
export { kubectl, type Place, placeOf } from "./cluster/place.ts";
export { bundle } from "./engine/bundle.ts";
export { terraformCacheVariable, userPulumiHome } from "./engine/find.ts";
export {
  type Engine,
  type EngineKind,
  type EngineOptions,
  engineKinds,
  engineVariable,
  ensureCli,
  ensureEngine,
  planEngine,
} from "./engine/index.ts";
export { type OfficialPart, officialInventory } from "./engine/inventory.ts";
export { mirrorOf, mirrorVariable, overridesVariable, pluginOverrides } from "./engine/mirror.ts";
export { pluginsOnCluster } from "./engine/parts.ts";
export { platformOf } from "./engine/platform.ts";
export { ensureOpenClawImage, openclawVersion, writeContext } from "./images/openclaw.ts";
export { assertRealNodePossible } from "./node/host.ts";
export { localStorageClass } from "./node/objects.ts";
export { ensureNodeParts, type NodeParts } from "./node/parts.ts";
export { nodeName } from "./node/place.ts";
export { readNodeRecord } from "./node/record.ts";
