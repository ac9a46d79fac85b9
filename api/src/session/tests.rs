use super::*;

fn headers(given: &[(header::HeaderName, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        headers.append(name, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn the_cookie_is_found_among_others_and_the_one_under_tls_goes_first() {
    let found =
        |cookies: &'static str| cookie(&headers(&[(header::COOKIE, cookies)])).map(|cookie| cookie.key.to_owned());
    assert_eq!(found("theme=dark; bindery=abc; other=1").as_deref(), Some("abc"));
    assert_eq!(found("bindery=planted; __Host-bindery=abc").as_deref(), Some("abc"));
    assert_eq!((found("xbindery=abc"), found("bindery"), found("")), (None, None, None));
    let divided = headers(&[(header::COOKIE, "a=b"), (header::COOKIE, "bindery=abc")]);
    assert_eq!(cookie(&divided), Some(Cookie { name: PLAIN, key: "abc" }));
}

#[test]
fn scripts_never_read_the_cookie_and_other_sites_never_send_it() {
    assert_eq!(set_cookie(PLAIN, "abc"), "bindery=abc; Path=/; HttpOnly; SameSite=Strict");
    assert_eq!(set_cookie(SECURE, "abc"), "__Host-bindery=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
}

#[test]
fn only_the_page_of_this_host_changes_something_by_a_cookie() {
    let may = |name, origin: &'static str| {
        let sent = headers(&[(header::HOST, "books.example:8080"), (header::ORIGIN, origin)]);
        check_page(Cookie { name, key: "abc" }, &sent).is_ok()
    };
    assert!(may(PLAIN, "http://books.example:8080"));
    assert!(may(SECURE, "https://books.example:8080"));
    for other in ["null", "http://evil.example", "http://books.example", "http://books.example:8080.evil.example"] {
        assert!(!may(PLAIN, other) && !may(SECURE, other), "{other}");
    }
    assert!(!may(SECURE, "http://books.example:8080"), "whoever is on the way can make a page without TLS");
    let without = headers(&[(header::HOST, "books.example:8080")]);
    assert!(check_page(Cookie { name: PLAIN, key: "abc" }, &without).is_err());
}
