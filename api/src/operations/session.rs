//! What signs somebody in and out.

use super::*;
use crate::session::{self, SessionView, SignIn};

/// Returns what begins, shows and ends a session.
pub(super) fn of_session() -> Vec<Operation> {
    let path = "/v1/session";
    vec![
        Operation {
            method: "post",
            scope: None,
            body: Some(Body::json(schema::<SignIn>)),
            ..reading(
                path,
                "signIn",
                "Signs a page in: the key becomes a cookie that scripts cannot read. The session ends with its key.",
                Answer::json::<SessionView>(200, "Who is signed in.")
                    .with(&[("Set-Cookie", "The cookie of the session.")]),
                routing::post(session::begin),
            )
        },
        Operation {
            scope: None,
            ..reading(
                path,
                "getSession",
                "Says who calls.",
                Answer::json::<SessionView>(200, "Who calls."),
                routing::get(session::get),
            )
        },
        Operation {
            method: "delete",
            scope: None,
            ..reading(
                path,
                "signOut",
                "Signs a page out. The key itself goes on to count.",
                Answer::empty(204, "The cookie is gone."),
                routing::delete(session::end),
            )
        },
    ]
}
