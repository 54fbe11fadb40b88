use utoipa::openapi::security::{
    AuthorizationCode, ClientCredentials, DeviceAuthorization, Flow, Implicit, Password, Scopes,
};

/// The URLs of an OAuth2 flow.
#[derive(Clone, Debug)]
pub(super) enum Endpoints {
    AuthorizationCode { authorization: String, token: String },
    ClientCredentials { token: String },
    DeviceAuthorization { device_authorization: String, token: String },
    Implicit { authorization: String },
    Password { token: String },
}

impl Endpoints {
    /// Returns utoipa's flow. Flows without refresh tokens ignore `refresh_url`.
    pub(super) fn flow(&self, refresh_url: Option<String>, scopes: Scopes) -> Flow {
        match self {
            Self::AuthorizationCode { authorization, token } => {
                let mut flow = AuthorizationCode::new(authorization, token, scopes);
                flow.refresh_url = refresh_url;
                Flow::AuthorizationCode(flow)
            }
            Self::ClientCredentials { token } => {
                Flow::ClientCredentials(ClientCredentials::new(token, scopes))
            }
            Self::DeviceAuthorization { device_authorization, token } => {
                let mut flow = DeviceAuthorization::new(device_authorization, token, scopes);
                flow.refresh_url = refresh_url;
                Flow::DeviceAuthorization(flow)
            }
            Self::Implicit { authorization } => Flow::Implicit(Implicit::new(authorization, scopes)),
            Self::Password { token } => {
                let mut flow = Password::new(token, scopes);
                flow.refresh_url = refresh_url;
                Flow::Password(flow)
            }
        }
    }
}
