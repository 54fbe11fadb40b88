use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;

use super::error::KeyError;
use super::material::Material;
use crate::token::jose::algorithm::parse_algorithm;
use crate::token::json::{self, Object, Value};

/// A JSON Web Key for verifying signatures (RFC 7517).
pub(super) struct Jwk {
    pub(super) material: Material,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) kid: Option<String>,
}

impl Jwk {
    pub(super) fn parse(text: &[u8]) -> Result<Self, KeyError> {
        Self::read(&json::object(text).map_err(|_| KeyError::NotJwk)?)
    }

    pub(super) fn read(members: &Object<'_>) -> Result<Self, KeyError> {
        if members.contains_key("keys") {
            return Err(KeyError::JwkSet);
        }
        let jwk = Members(members);
        let material = jwk.material()?;
        jwk.check_use()?;
        let named = jwk
            .optional("alg")?
            .map(|name| parse_algorithm(name).ok_or_else(|| KeyError::JwkAlgorithm(name.to_owned())));
        let kid = jwk.optional("kid")?.map(str::to_owned);
        Ok(Self { material, algorithm: named.transpose()?, kid })
    }
}

struct Members<'a>(&'a Object<'a>);

impl Members<'_> {
    /// Reads the key (RFC 7518 section 6, RFC 8037 section 2).
    fn material(&self) -> Result<Material, KeyError> {
        let kty = self.required("kty")?;
        if kty != "oct" && self.0.contains_key("d") {
            return Err(KeyError::PrivateJwk);
        }
        match kty {
            "oct" => Ok(Material::Secret(self.bytes("k")?)),
            "RSA" => Ok(Material::Rsa { modulus: self.bytes("n")?, exponent: self.bytes("e")? }),
            "EC" => match self.required("crv")? {
                "P-256" => Ok(Material::P256(self.point(32)?)),
                "P-384" => Ok(Material::P384(self.point(48)?)),
                curve => Err(KeyError::UnsupportedType(curve.to_owned())),
            },
            "OKP" => match self.required("crv")? {
                "Ed25519" => {
                    let key = self.bytes("x")?.try_into();
                    key.map(Material::Ed25519).map_err(|_| KeyError::JwkMember("x"))
                }
                curve => Err(KeyError::UnsupportedType(curve.to_owned())),
            },
            other => Err(KeyError::UnsupportedType(other.to_owned())),
        }
    }

    /// Checks that `use` and `key_ops` allow verifying signatures (RFC 7517 sections 4.2 and 4.3).
    fn check_use(&self) -> Result<(), KeyError> {
        if self.0.get("use").is_some_and(|usage| usage != "sig") {
            return Err(KeyError::JwkUse("use"));
        }
        let verifies = |operations: &Value<'_>| {
            operations
                .as_array()
                .is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
        };
        if self.0.get("key_ops").is_some_and(|operations| !verifies(operations)) {
            return Err(KeyError::JwkUse("key_ops"));
        }
        Ok(())
    }

    /// Returns an uncompressed point (SEC 1 section 2.3.3). Its coordinates must have their full length (RFC 7518 section
    /// 6.2.1).
    fn point(&self, coordinate_bytes: usize) -> Result<Vec<u8>, KeyError> {
        let mut point = vec![4];
        for name in ["x", "y"] {
            let coordinate = self.bytes(name)?;
            if coordinate.len() != coordinate_bytes {
                return Err(KeyError::JwkMember(name));
            }
            point.extend(coordinate);
        }
        Ok(point)
    }

    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, KeyError> {
        BASE64_URL_SAFE_NO_PAD.decode(self.required(name)?).map_err(|_| KeyError::JwkMember(name))
    }

    fn required(&self, name: &'static str) -> Result<&str, KeyError> {
        self.optional(name)?.ok_or(KeyError::JwkMember(name))
    }

    fn optional(&self, name: &'static str) -> Result<Option<&str>, KeyError> {
        self.0.get(name).map(|value| value.as_str().ok_or(KeyError::JwkMember(name))).transpose()
    }
}
