//! Cookies of other programs on the same domain.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};

/// Removes cookies with bytes that are not ASCII, such as a name in GBK. The libraries that read cookies ignore the
/// whole header otherwise, so that this site's own cookies would be lost.
pub(in crate::web) async fn remove_unreadable_cookies(mut request: Request) -> Request {
    remove_unreadable(request.headers_mut());
    request
}

fn remove_unreadable(headers: &mut HeaderMap) {
    let lines = headers.get_all(header::COOKIE);
    if lines.iter().all(|line| line.as_bytes().is_ascii()) {
        return;
    }
    let readable: Vec<HeaderValue> = lines.iter().filter_map(readable_cookies).collect();
    headers.remove(header::COOKIE);
    for line in readable {
        headers.append(header::COOKIE, line);
    }
}

/// No encoding that browsers use has the byte of a semicolon within a character.
fn readable_cookies(line: &HeaderValue) -> Option<HeaderValue> {
    let cookies: Vec<&[u8]> = line.as_bytes().split(|byte| *byte == b';').filter(|cookie| cookie.is_ascii()).collect();
    HeaderValue::from_bytes(&cookies.join(&b';')).ok()
}

#[cfg(test)]
mod tests {
    use axum_extra::extract::CookieJar;

    use super::*;

    #[test]
    fn unreadable_cookie_does_not_hide_the_others() {
        let names: [&[u8]; 4] = ["小明".as_bytes(), b"\xd0\xa1\xc3\xf7", b"Ren\xe9", b"\xff\x80="];
        for name in names {
            for line in [[b"nick=", name, b"; a=1"].concat(), [b"a=1;", name, b"=x"].concat()] {
                let mut headers = HeaderMap::new();
                headers.append(header::COOKIE, HeaderValue::from_bytes(&line).expect("a header"));
                headers.append(header::COOKIE, HeaderValue::from_static("b=2; c=3"));
                remove_unreadable(&mut headers);
                let jar = CookieJar::from_headers(&headers);
                let value = |name| jar.get(name).map(|cookie| cookie.value().to_owned());
                assert_eq!(["a", "b", "c"].map(value), ["1", "2", "3"].map(|value| Some(value.to_owned())), "{line:?}");
                assert_eq!(jar.iter().count(), 3, "{line:?}");
            }
        }
    }
}
