// For the test `interop`: oauth4webapi, a client of other authors, gets tokens that are bound to DPoP keys of several types,
// and uses them with and without proofs. Prints the statuses of the API's responses as JSON.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , modules, api, issuerUrl] = process.argv;
const require = createRequire(`${modules}/`);
const oauth = await import(pathToFileURL(require.resolve('oauth4webapi')));
const insecure = { [oauth.allowInsecureRequests]: true };

const issuer = new URL(issuerUrl);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const client = { client_id: 'app' };
const authentication = oauth.ClientSecretBasic('app-secret');

// Repeats a request whose proof needs a nonce.
async function withNonce(request) {
  try {
    return await request();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return request();
  }
}

function token(DPoP) {
  const parameters = new URLSearchParams({ scope: 'me', resource: api });
  return withNonce(async () => {
    const options = { ...insecure, DPoP };
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options);
    return oauth.processClientCredentialsResponse(server, client, response);
  });
}

// Returns the status and the error of each response.
async function call(accessToken, DPoP) {
  const responses = [];
  const recorded = async (...request) => {
    const response = await fetch(...request);
    responses.push(response.status);
    return response;
  };
  const url = new URL(`${api}/me?page=1`);
  const options = { ...insecure, DPoP, [oauth.customFetch]: recorded };
  try {
    await withNonce(() => oauth.protectedResourceRequest(accessToken, 'GET', url, undefined, undefined, options));
    return { responses };
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    const challenges = error.cause.map(({ scheme, parameters }) => [scheme, parameters.error ?? null]);
    return { responses, challenges };
  }
}

const results = {};
for (const algorithm of ['ES256', 'Ed25519', 'PS256', 'RS256']) {
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));
  const { access_token, token_type } = await token(DPoP);
  const other = oauth.DPoP(client, await oauth.generateKeyPair(algorithm));
  results[algorithm] = {
    token_type,
    first: await call(access_token, DPoP),
    second: await call(access_token, DPoP),
    without_proof: await call(access_token, undefined),
    other_key: await call(access_token, other),
  };
}
console.log(JSON.stringify(results));
