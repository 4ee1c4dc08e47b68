import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { createEarlyEnds } from './reporting-client.js';

const AUTHENTICATED = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** PostgreSQL's message that a connection is ended by an administrator. */
function terminated(): Buffer {
  const fields = Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

it('a connection ended in the packet that completes it ends no process', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, terminated()])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const heard: unknown[] = [];
  const ends = createEarlyEnds((error) => heard.push(error));
  const client = new ends.Client({ host: '127.0.0.1', port, user: 'nobody', ssl: false });
  await client.connect();
  expect(heard[0]).toMatchObject({ code: '57P01' });
  const later: unknown[] = [];
  client.on('error', (error) => later.push(error));
  expect(ends.repeat(client)).toMatchObject({ code: '57P01' });
  expect(later).toMatchObject([{ code: '57P01' }]);
  server.close();
});
