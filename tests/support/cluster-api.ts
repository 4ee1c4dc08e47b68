import type { Capability } from '@passerelle/roster';
import { createTestApi, type TestApi, type TestApiOptions } from './api.js';
import type { TestBackend } from './backends.js';
import { type ClusterOptions, createCluster, type TestCluster } from './cluster.js';

/** A cluster, the API beside it, and a token to ask it with. */
export interface ClusterApi {
  cluster: TestCluster;
  api: TestApi;
  token: string;
  /** Ends all of it. */
  dispose(): Promise<void>;
}

/**
 * Brings one up on a queue backend.
 *
 * @param capabilities what the token may do, everywhere
 */
export async function createClusterApi(
  backend: TestBackend,
  capabilities: readonly Capability[],
  options: ClusterOptions & Pick<TestApiOptions, 'deps'> = {},
): Promise<ClusterApi> {
  const { deps = {}, ...ofCluster } = options;
  const cluster = await createCluster(backend, ofCluster);
  const api = await createTestApi({ cluster, deps });
  return {
    ...{ cluster, api, token: await api.token(capabilities) },
    dispose: async () => {
      await api.dispose();
      await cluster.dispose();
    },
  };
}
