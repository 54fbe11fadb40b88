// The client that @hey-api/openapi-ts generates.

import assert from 'node:assert/strict';
import { getUsersMe, getUsersMeItems, postToken } from './hey_api_client/index.js';
import { client } from './hey_api_client/client.gen.js';

client.setConfig({ baseUrl: process.argv[2] });
const logIn = (password: string) =>
  postToken({ body: { grant_type: 'password', username: 'johndoe', password, scope: 'me' } });
const login = await logIn('secret');
assert(login.data, 'the login has a token');
const refused = await logIn('wrong');
assert(refused.error && 'error' in refused.error);
assert.equal(refused.error.error, 'invalid_grant');

client.setConfig({ auth: login.data.access_token });
const user = await getUsersMe();
assert.equal(user.data?.username, 'johndoe');

const items = await getUsersMeItems();
assert.equal(items.response?.status, 403);
assert(items.error && 'error' in items.error);
assert.equal(items.error.error, 'insufficient_scope');
assert.equal(items.error.scope, 'items me');
