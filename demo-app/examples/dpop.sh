#!/usr/bin/env bash
# Calls the demo app with a token that is bound to a DPoP key (RFC 9449). Needs curl and OpenSSL 3.
#
#     cargo run -p demo-app -- --dpop accepted
#     demo-app/examples/dpop.sh [http://127.0.0.1:8000]
set -euo pipefail

api=${1:-http://127.0.0.1:8000}
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# The key of the client. The last 32 bytes of the public key in DER are the key itself.
openssl genpkey -algorithm ED25519 -out "$directory/key.pem"
x=$(openssl pkey -in "$directory/key.pem" -pubout -outform DER | tail -c 32 | base64url)

# proof METHOD URL [TOKEN]
proof() {
  local header claims ath=
  if [ -n "${3:-}" ]; then
    ath=',"ath":"'$(printf %s "$3" | openssl dgst -sha256 -binary | base64url)'"'
  fi
  header=$(printf '{"typ":"dpop+jwt","alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"%s"}}' "$x" | base64url)
  claims=$(printf '{"jti":"%s","htm":"%s","htu":"%s","iat":%s%s}' \
    "$(openssl rand -hex 16)" "$1" "$2" "$(date +%s)" "$ath" | base64url)
  printf %s "$header.$claims" >"$directory/message"
  printf %s "$header.$claims.$(openssl pkeyutl -sign -rawin -inkey "$directory/key.pem" -in "$directory/message" | base64url)"
}

# Prints the status and the body of the items, requested with this scheme and this proof.
items() {
  printf '%s: ' "$1"
  curl -s -o "$directory/body" -w '%{http_code} ' "$api/users/me/items/" \
    -H "Authorization: $2 $token" ${3:+-H "DPoP: $3"}
  sed 's/.*"error":\("[^"]*"\).*/\1/' "$directory/body"
  echo
}

response=$(curl -s "$api/token" -H "DPoP: $(proof POST "$api/token")" \
  -d grant_type=password -d username=johndoe -d password=secret -d 'scope=me items')
token=$(sed 's/.*"access_token":"\([^"]*\)".*/\1/' <<<"$response")
echo "token_type: $(sed 's/.*"token_type":"\([^"]*\)".*/\1/' <<<"$response")"

used=$(proof GET "$api/users/me/items/" "$token")
items 'with a proof' DPoP "$used"
items 'with the same proof again' DPoP "$used"
items 'without a proof' DPoP
items 'as a bearer token' Bearer
