// The client of openapi-fetch, with the types that openapi-typescript generates.

import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './openapi_typescript.js';

const baseUrl = process.argv[2];
const logIn = (password: string) =>
  createClient<paths>({ baseUrl }).POST('/token', {
    body: { grant_type: 'password', username: 'johndoe', password, scope: 'me' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const login = await logIn('secret');
assert(login.data, 'the login has a token');
const refused = await logIn('wrong');
assert(refused.error && 'error' in refused.error);
assert.equal(refused.error.error, 'invalid_grant');

const headers = { authorization: `Bearer ${login.data.access_token}` };
const client = createClient<paths>({ baseUrl, headers });
const user = await client.GET('/users/me');
assert.equal(user.data?.username, 'johndoe');

const items = await client.GET('/users/me/items');
assert.equal(items.response.status, 403);
assert(items.error && 'error' in items.error);
assert.equal(items.error.error, 'insufficient_scope');
assert.equal(items.error.scope, 'items me');
