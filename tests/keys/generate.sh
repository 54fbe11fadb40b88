#!/bin/sh
# Makes the keys of the tests anew. They protect nothing.
set -eu
cd "$(dirname "$0")"

public() { openssl pkey -in "$1.pem" -pubout -out "$1-public.pem"; }
ec() { openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" -out "$2.pem"; }

openssl genrsa -traditional -out rsa.pem 2048
public rsa
openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa-pkcs1-public.pem
openssl req -x509 -key rsa.pem -subj /CN=test -days 36500 -out certificate.pem
ec P-256 p256
public p256
ec P-256 p256-other
openssl ec -in p256.pem -pubout -conv_form compressed -out p256-compressed-public.pem
openssl ecparam -name P-256 -genkey -out p256-with-parameters.pem
ec P-384 p384
public p384
openssl genpkey -algorithm ED25519 -out ed25519.pem
public ed25519

# What is refused needs no private key.
refused() { openssl pkey -pubout -out "$1-public.pem"; }
openssl genrsa 1024 | refused rsa1024
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 | refused secp256k1
openssl genpkey -algorithm ED448 | refused ed448
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 | refused rsa-pss
