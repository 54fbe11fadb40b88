// For the test `interop`: oauth4webapi, a client of other authors, gets a token starting from the API's URL, and
// reads the API's challenges. Prints them as JSON.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , modules, api] = process.argv;
const require = createRequire(`${modules}/`);
const oauth = await import(pathToFileURL(require.resolve('oauth4webapi')));
const insecure = { [oauth.allowInsecureRequests]: true };

const resource = new URL(api);
const metadata = await oauth.processResourceDiscoveryResponse(
  resource,
  await oauth.resourceDiscoveryRequest(resource, insecure),
);

const issuer = new URL(metadata.authorization_servers[0]);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

const client = { client_id: 'app' };
const authentication = oauth.ClientSecretBasic('app-secret');
async function token(scope) {
  const parameters = new URLSearchParams({ scope, resource: api });
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, insecure);
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
}

// Returns the status and the parsed challenges of the API's response.
async function call(path, accessToken, options = insecure) {
  try {
    const url = new URL(`${api}${path}`);
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', url, undefined, undefined, options);
    return { status: response.status };
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    return { status: error.status, challenges: error.cause };
  }
}

const anonymous = {
  ...insecure,
  [oauth.customFetch]: (url, options) => {
    const headers = new Headers(options.headers);
    headers.delete('authorization');
    return fetch(url, { ...options, headers });
  },
};

const some = await token('me items');
console.log(
  JSON.stringify({
    metadata,
    let_in: await call('/me', some),
    no_token: await call('/me', some, anonymous),
    bad_token: await call('/me', 'nonsense'),
    scope_missing: await call('/write', some),
    another_login: await call('/pay', some),
  }),
);
