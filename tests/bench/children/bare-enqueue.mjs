// What a competent user would write to put a sync on a queue: Fastify, and BullMQ's add.
import { createPostgresBackend, Queue } from 'bullmq';
import fastify from 'fastify';
import { serve } from './serve.mjs';

serve({
  async start({ databaseUrl, schema }) {
    const connection = { connectionString: databaseUrl, schema, max: 8 };
    const queue = new Queue('syncs', { connection }, createPostgresBackend);
    await queue.waitUntilReady();
    const app = fastify();
    app.post('/tasks/:task/runs', async (request, reply) => {
      const { id } = await queue.add('sync', { task: request.params.task });
      return reply.code(202).send({ id });
    });
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }) };
  },
});
