// For the test `interop`: the client of `@modelcontextprotocol/sdk` starts from the URL of an MCP server, registers itself, and logs
// in again where a tool needs more. Prints what it got as JSON.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , modules, server] = process.argv;
const require = createRequire(`${modules}/`);
const load = (name) => import(pathToFileURL(require.resolve(`@modelcontextprotocol/sdk/client/${name}.js`)));
const { Client } = await load('index');
const { StreamableHTTPClientTransport } = await load('streamableHttp');
const { UnauthorizedError } = await load('auth');
const { ToolListChangedNotificationSchema } = await import(
  pathToFileURL(require.resolve('@modelcontextprotocol/sdk/types.js'))
);

const redirectUrl = 'http://127.0.0.1:9/callback';
const requested = [];
const saved = {};
const provider = {
  redirectUrl,
  clientMetadata: {
    client_name: 'test',
    redirect_uris: [redirectUrl],
    application_type: 'native',
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none',
  },
  clientInformation: () => saved.client,
  saveClientInformation: (client) => (saved.client = client),
  tokens: () => saved.tokens,
  saveTokens: (tokens) => (saved.tokens = tokens),
  codeVerifier: () => saved.verifier,
  saveCodeVerifier: (verifier) => (saved.verifier = verifier),
  redirectToAuthorization: async (url) => {
    requested.push(url.searchParams.get('scope'));
    saved.code = await authorize(url);
  },
};

// Follows the redirects of the issuer as a browser without a session does. Returns the code.
async function authorize(url) {
  const cookies = new Map();
  for (let next = new URL(url); ; ) {
    if (next.href.startsWith(redirectUrl)) {
      const code = next.searchParams.get('code');
      if (!code) throw new Error(next.href);
      return code;
    }
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    if (!response.headers.has('location')) throw new Error(await response.text());
    next = new URL(response.headers.get('location'), next);
  }
}

// Runs the action again after a login.
async function withLogin(transport, action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(saved.code);
    return undefined;
  }
}

const connect = async () => {
  const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider: provider });
  const client = new Client({ name: 'test', version: '1' });
  await withLogin(transport, () => client.connect(transport));
  return { transport, client };
};

await connect();
const { transport, client } = await connect();
const session = transport.sessionId;
// The client opens the stream of the session by itself.
let notifications = 0;
const notified = new Promise((resolve) => {
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve((notifications += 1)));
  setTimeout(resolve, 10_000);
});
const names = async () => (await client.listTools()).tools.map((tool) => tool.name).sort();
const call = async (name) => (await client.callTool({ name, arguments: {} })).content[0].text;

const result = { registered: saved.client.scope, tools: await names(), read: await call('read') };
result.refused = (await withLogin(transport, () => call('delete'))) ?? 'login';
result.deleted = await call('delete');
await notified;
result.toolsAfterwards = await names();
result.notifications = notifications;
// The user does not grant it, so that the call is refused again.
result.neverGranted = await withLogin(transport, () => call('write'));
try {
  result.neverGranted = await call('write');
} catch (error) {
  result.neverGranted = error.code ?? error.message;
}
result.sameSession = session !== undefined && session === transport.sessionId;
result.requested = requested;
console.log(JSON.stringify(result));
process.exit();
