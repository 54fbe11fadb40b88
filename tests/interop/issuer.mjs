// For the tests `interop` and `browser`: oidc-provider, an issuer of other authors, on a port of loopback (0 is a free one).
// Prints its URL. A line `keys a b` on stdin makes it sign with key `a` and publish `b` too; it prints `keys a b` then.
// With `TLS_PEM`, a file with a certificate and its key, the token endpoint is also at an alias with TLS (RFC 8705 section 5),
// which takes any certificate of clients.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , modules, port, ...first] = process.argv;
const require = createRequire(`${modules}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const keys = new Map();
function key(kid) {
  if (!keys.has(kid)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keys.set(kid, { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' });
  }
  return keys.get(kid);
}

// A user who grants what is requested, but of requests with `notes:write` only `notes:read`.
async function interact(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'carol', clientId: params.client_id });
  const requested = params.scope.split(' ');
  const granted = requested.includes('notes:write') ? ['notes:read'] : requested;
  const refused = requested.filter((scope) => !granted.includes(scope));
  // They are scopes of the issuer too, because clients register for them.
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(params.resource, granted.join(' '));
  if (refused.length > 0) grant.rejectResourceScope(params.resource, refused.join(' '));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId: 'carol' }, consent });
}

function provider(url, kids, tlsUrl) {
  const client = (client_id, client_secret, grant_types) => ({
    client_id,
    client_secret,
    grant_types,
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
  });
  const scopes = ['me', 'items', 'items:write', 'notes:read', 'notes:write', 'notes:delete'];
  const provider = new Provider(url, {
    clients: [
      client('app', 'app-secret', ['client_credentials']),
      client('api', 'a secret: 100%', ['client_credentials']),
      {
        ...client('shop', 'shop-secret', ['client_credentials']),
        tls_client_certificate_bound_access_tokens: true,
      },
      {
        client_id: 'docs',
        token_endpoint_auth_method: 'none',
        // A native client may use any port of loopback (RFC 8252 section 7.3).
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/docs/oauth2-redirect.html'],
      },
    ],
    jwks: { keys: kids.map(key) },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'],
    },
    scopes,
    // rmcp's client registers for refresh tokens.
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    discovery: tlsUrl && { mtls_endpoint_aliases: { token_endpoint: `${tlsUrl}/token` } },
    // Pages of other origins request tokens too.
    clientBasedCORS: () => true,
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: (context) => context.socket.getPeerX509Certificate?.(),
      },
      registration: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        // For clients that cannot name the resource.
        defaultResource: (_, __, resource) => resource ?? 'http://demo.example',
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: resource.endsWith('/opaque') ? 'opaque' : 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const callback = provider.callback();
  return (request, response) =>
    request.url.startsWith('/interaction/') ? interact(provider, request, response) : callback(request, response);
}

// Returns the address of a server, once it listens.
function listening(server, port) {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(`127.0.0.1:${server.address().port}`));
  });
}

let answer;
const respond = (request, response) => answer(request, response);
let tlsUrl;
if (process.env.TLS_PEM) {
  const pem = readFileSync(process.env.TLS_PEM);
  const options = { cert: pem, key: pem, requestCert: true, rejectUnauthorized: false };
  tlsUrl = `https://${await listening(createTlsServer(options, respond), 0)}`;
}
const url = `http://${await listening(createServer(respond), Number(port))}`;
answer = provider(url, first, tlsUrl);
createInterface({ input: process.stdin }).on('line', (line) => {
  answer = provider(url, line.split(' ').slice(1), tlsUrl);
  console.log(line);
});
console.log(url);
process.stdin.on('end', () => process.exit());
