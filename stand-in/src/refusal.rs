//! Why a call is not answered. Each dialect has its own form for it.

/// Why a call is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) message: String,
    /// The wrong parameter, which one of the dialects names.
    pub(crate) parameter: Option<&'static str>,
}

/// The kinds of refusal that both dialects know.
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

    /// Refuses a request because of a wrong parameter.
    pub(crate) fn invalid(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Invalid, message: message.into(), parameter: Some(parameter) }
    }

    /// Refuses a request that lacks a parameter.
    pub(crate) fn missing(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Missing, message: message.into(), parameter: Some(parameter) }
    }
}
