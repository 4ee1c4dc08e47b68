import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.dispose());

describe('the API', () => {
  it('tells anybody that it is there', async () => {
    const { status, json } = await api.ask('GET', '/health/live');

    expect({ status, json }).toEqual({ status: 200, json: { status: 'live' } });
  });

  it('answers whoever may', async () => {
    const token = await api.token(['auth/netypareo:viewruns']);
    const { status, json } = await api.ask('GET', '/api/v1/tasks', { token });

    expect(status).toBe(200);
    expect(json).toMatchObject({ items: { length: 7 }, nextCursor: null });
  });

  it('refuses whoever is not known, and whoever may not', async () => {
    const unknown = await api.ask('GET', '/api/v1/tasks');
    const wrong = await api.ask('GET', '/api/v1/tasks', { token: `psr_1_${'x'.repeat(43)}` });
    const other = await api.ask('GET', '/api/v1/tasks', {
      token: await api.token(['auth/netypareo:audit']),
    });

    expect([unknown.status, wrong.status, other.status]).toEqual([401, 401, 403]);
    expect(unknown.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(other.json).toMatchObject({
      type: 'urn:passerelle:problem:not-allowed',
      capability: 'auth/netypareo:viewruns',
    });
  });
});
