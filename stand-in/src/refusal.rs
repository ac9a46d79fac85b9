//! Why a call is not answered; each dialect has its own words for it.

/// Why a call is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) message: String,
    /// The parameter that is wrong, where the dialect names it.
    pub(crate) parameter: Option<&'static str>,
}

/// The classes of refusal both dialects know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    Invalid,
    Missing,
    BadKey,
    NotFound,
    TooLarge,
    RateLimited { retry_after: Option<u32> },
    OutOfMoney,
    ServerError,
    Overloaded,
}

impl Refusal {
    pub(crate) fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), parameter: None }
    }

    /// Refuses a request for one of its parameters.
    pub(crate) fn invalid(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Invalid, message: message.into(), parameter: Some(parameter) }
    }

    /// Refuses a request that lacks a parameter.
    pub(crate) fn missing(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Missing, message: message.into(), parameter: Some(parameter) }
    }
}
