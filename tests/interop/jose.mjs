// For the test `interop`: jose, a library of other authors, makes keys and DPoP proofs of every algorithm. Prints the thumbprint of
// each key as JSON, reads a token for each from standard input, and prints a proof for each.

import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , modules, htu, ...algorithms] = process.argv;
const require = createRequire(`${modules}/`);
const jose = await import(pathToFileURL(require.resolve('jose')));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const keys = {};
const thumbprints = {};
for (const alg of algorithms) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(publicKey);
  keys[alg] = { jwk, privateKey };
  thumbprints[alg] = await jose.calculateJwkThumbprint(jwk);
}
console.log(JSON.stringify(thumbprints));

const tokens = JSON.parse((await lines.next()).value);
const proofs = {};
for (const [alg, { jwk, privateKey }] of Object.entries(keys)) {
  const ath = createHash('sha256').update(tokens[alg]).digest('base64url');
  const claims = { jti: randomUUID(), htm: 'GET', htu, ath };
  const proof = new jose.SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk }).setIssuedAt();
  proofs[alg] = await proof.sign(privateKey);
}
console.log(JSON.stringify(proofs));
process.exit();
