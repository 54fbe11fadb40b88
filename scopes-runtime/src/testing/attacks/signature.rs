//! Signatures of other messages or by other keys.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::attack::AttackList;
use crate::testing::token::base64url;

const VALIDATION: &str = "RFC 7515 section 5.2";
const COMPACT: &str = "RFC 7515 section 7.1";
const ES256: &str = "RFC 7518 section 3.4";
const RANGE: &str = "RFC 8725 section 3.4";
const SPELLING: &str = "RFC 7515 section 2";

/// Of the curve P-256 (SEC 2 section 2.4.2): one more than the last number that a signature may have.
const ORDER: [u8; 32] =
    *b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\
    \x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

pub(super) fn add(attacks: &mut AttackList) {
    let token = attacks.good.sign();
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    other_signatures(attacks, message, signature);
    psychic(attacks, message);
    parts(attacks, &token);
    spellings(attacks, &token);
}

fn other_signatures(attacks: &mut AttackList, message: &str, signature: &str) {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let (r, s) = bytes.split_at(32);
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let cases = [
        ("a bit of the first byte changed", changed(0)),
        ("a bit of the last byte changed", changed(63)),
        ("its halves swapped", [s, r].concat()),
        ("its first half alone", r.to_vec()),
        ("one byte", vec![r[0]]),
        ("its last byte missing", bytes[..63].to_vec()),
        ("its first byte missing", bytes[1..].to_vec()),
        ("a zero byte after it", [&bytes[..], &[0]].concat()),
        ("a zero byte before it", [&[0], &bytes[..]].concat()),
        ("zero bytes before its halves", [&[0], r, &[0], s].concat()),
        ("twice", [&bytes[..], &bytes].concat()),
        ("in DER", der(r, s)),
        ("of 64 KiB bits", vec![1; 8 * 1024]),
    ];
    for (name, signature) in cases {
        let token = format!("{message}.{}", base64url(signature));
        attacks.invalid(ES256, format!("the signature, {name}"), token);
    }

    let forged = attacks.good.clone().forged();
    attacks.invalid(VALIDATION, "a signature of another key of that kid", forged.sign());
    let forged = forged.without_header("kid").sign();
    attacks.invalid(VALIDATION, "a signature of another key, without a kid", forged);
    let other = attacks.good.clone().subject("bob").sign();
    let (_, signature_of_other) = other.rsplit_once('.').expect("a dot");
    let token = format!("{message}.{signature_of_other}");
    attacks.invalid(VALIDATION, "the signature of another token", token);

    let (header, payload) = message.split_once('.').expect("a dot");
    let admin = base64url(attacks.good.clone().scopes(["admin"]).claims_text());
    attacks.invalid(VALIDATION, "other claims", format!("{header}.{admin}.{signature}"));
    let spaced = base64url(attacks.good.header_text().replace(',', ", "));
    attacks.invalid(VALIDATION, "a space more in the header", format!("{spaced}.{payload}.{signature}"));
    let nameless = base64url(attacks.good.clone().without_header("kid").header_text());
    attacks.invalid(VALIDATION, "the kid removed", format!("{nameless}.{payload}.{signature}"));
    attacks.invalid(VALIDATION, "header and payload swapped", format!("{payload}.{header}.{signature}"));
    let token = format!("{message}.{}", base64url(message));
    attacks.invalid(VALIDATION, "the message as its signature", token);
}

/// CVE-2022-21449: numbers that satisfy the equation of ECDSA for every message, if a server does not check their range.
fn psychic(attacks: &mut AttackList, message: &str) {
    let (zero, mut one) = ([0; 32], [0; 32]);
    one[31] = 1;
    let cases = [
        ("r and s zero", zero, zero),
        ("r zero", zero, one),
        ("s zero", one, zero),
        ("r and s one", one, one),
        ("r and s the order", ORDER, ORDER),
        ("r the order, s zero", ORDER, zero),
        ("r the order, s one", ORDER, one),
        ("r one, s the order", one, ORDER),
        ("r and s the greatest numbers", [0xff; 32], [0xff; 32]),
    ];
    for (name, r, s) in cases {
        let token = format!("{message}.{}", base64url([r, s].concat()));
        attacks.invalid(RANGE, format!("a psychic signature, {name}"), token);
    }
    let token = format!("{message}.{}", base64url(der(&[0], &[0])));
    attacks.invalid(RANGE, "a psychic signature, in DER", token);
}

/// An `ECDSA-Sig-Value` (RFC 3279 section 2.2.3) of two numbers.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count().min(number.len() - 1);
        let number = &number[zeros..];
        let sign: &[u8] = if number[0] < 0x80 { &[] } else { &[0] };
        let length = u8::try_from(sign.len() + number.len()).expect("a short number");
        [&[2, length], sign, number].concat()
    };
    let numbers = [integer(r), integer(s)].concat();
    let length = u8::try_from(numbers.len()).expect("two short numbers");
    [&[0x30, length], &numbers[..]].concat()
}

fn parts(attacks: &mut AttackList, token: &str) {
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let (header, payload) = message.split_once('.').expect("a dot");
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature }).to_string();
    let cases = [
        ("no signature", format!("{message}.")),
        ("no signature and no dot", message.to_owned()),
        ("no payload, which is detached", format!("{header}..{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        ("the header alone", header.to_owned()),
        ("dots alone", "..".to_owned()),
        ("one dot", ".".to_owned()),
        ("one letter", "a".to_owned()),
        ("a fourth part", format!("{token}.{signature}")),
        ("an empty fourth part", format!("{token}.")),
        ("an empty part before", format!(".{token}")),
        ("two payloads", format!("{header}.{payload}.{payload}.{signature}")),
        ("five parts, as a JWE", format!("{header}.AA.AA.{payload}.{signature}")),
        ("two tokens with a dot", format!("{token}.{token}")),
        ("a JWS in JSON, in base64url", base64url(flattened)),
        ("a token in base64url", base64url(token)),
    ];
    for (name, token) in cases {
        attacks.invalid(COMPACT, name, token);
    }
}

/// Other encodings of the same parts.
fn spellings(attacks: &mut AttackList, token: &str) {
    let (message, signature) = token.rsplit_once('.').expect("a dot");
    let good = &attacks.good;
    // 64 bytes leave four bits of the last character unused, and zero: of sixteen spellings one counts.
    let last = signature.chars().last().expect("a character");
    let next = char::from(last as u8 + 1);
    let respelt = format!("{message}.{}{next}", &signature[..signature.len() - 1]);
    // Wherever these stand, three of them make a `_`.
    let (header, claims) = (good.header_text(), good.clone().claim("x", "?????").claims_text());
    let standard = base64url(claims).replace('-', "+").replace('_', "/");
    let standard = good.sign_message(&format!("{}.{standard}", base64url(header)));
    attacks.invalid(SPELLING, "another spelling of the signature", respelt);
    attacks.invalid(SPELLING, "a padded signature", format!("{token}=="));
    attacks.invalid(SPELLING, "the alphabet of plain base64", standard);
    attacks.invalid(SPELLING, "a tilde in the signature", format!("{message}.~{signature}"));
}
