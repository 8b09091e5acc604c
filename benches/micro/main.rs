//! Parts of a request, each by itself: parsing QQ's responses, encryption, pages.

#![forbid(unsafe_code)]

mod sessions;
mod site;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use qq_login::qq::internals;
use qq_login::random;
use qq_login::sealing::{Sealer, SecretKey};

use site::Site;

const APP_ID: &str = "100000001";

/// QQ's responses in the formats that the site asks for and those it gets anyway.
const TOKEN_JSON: &[u8] = br#"{"access_token":"A24C37E1C89544EB8B42BC0A47C8DA7F","expires_in":"7776000","refresh_token":"77B4F2FE6D9D4CFB9B6D0B9B27F4C2A1"}"#;
const TOKEN_FORM: &[u8] =
    b"access_token=A24C37E1C89544EB8B42BC0A47C8DA7F&expires_in=7776000&refresh_token=77B4F2FE6D9D4CFB9B6D0B9B27F4C2A1";
const ME_JSONP: &[u8] = br#"callback( {"client_id":"100000001","openid":"B08D412EEC4000FFC37CAABBDC1234CC"} );
"#;
const USER_INFO: &[u8] = r#"{"ret":0,"msg":"","is_lost":0,"nickname":"小明 🐧","gender":"男","gender_type":1,"province":"广东","city":"深圳","year":"1990","constellation":"","figureurl":"http://qzapp.qlogo.cn/qzapp/100000001/B08D412EEC4000FFC37CAABBDC1234CC/30","figureurl_1":"http://qzapp.qlogo.cn/qzapp/100000001/B08D412EEC4000FFC37CAABBDC1234CC/50","figureurl_2":"http://qzapp.qlogo.cn/qzapp/100000001/B08D412EEC4000FFC37CAABBDC1234CC/100","figureurl_qq_1":"http://thirdqq.qlogo.cn/ek_qqapp/AQGa/40","figureurl_qq_2":"http://thirdqq.qlogo.cn/ek_qqapp/AQGa/100","figureurl_qq":"http://thirdqq.qlogo.cn/ek_qqapp/AQGa/640","is_yellow_vip":"0","vip":"0","yellow_vip_level":"0","level":"0","is_yellow_year_vip":"0"}"#.as_bytes();

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.bench_function("token, JSON", |bencher| bencher.iter(|| internals::token(black_box(TOKEN_JSON)).unwrap()));
    group.bench_function("token, form", |bencher| bencher.iter(|| internals::token(black_box(TOKEN_FORM)).unwrap()));
    group.bench_function("me, JSONP", |bencher| bencher.iter(|| internals::me(black_box(ME_JSONP), APP_ID).unwrap()));
    group.bench_function("get_user_info", |bencher| {
        bencher.iter(|| internals::user_info(black_box(USER_INFO)).unwrap());
    });
}

fn sealing(criterion: &mut Criterion) {
    let key = SecretKey::from_bytes(vec![7; SecretKey::BYTES]).unwrap();
    let sealer = Sealer::new(&key.into(), "bench", random::system());
    // As long as a session.
    let message = [7; 400];
    let sealed = sealer.seal(b"context", &message).unwrap();
    let mut group = criterion.benchmark_group("encryption");
    group.bench_function("seal", |bencher| bencher.iter(|| sealer.seal(b"context", black_box(&message)).unwrap()));
    group.bench_function("open", |bencher| bencher.iter(|| sealer.open(b"context", black_box(&sealed)).unwrap()));
}

/// Each page through the whole router, with its middleware and database queries.
fn pages(criterion: &mut Criterion) {
    let site = Site::start();
    let mut group = criterion.benchmark_group("GET");
    for (path, cookies) in [
        ("/", ""),
        ("/login", ""),
        ("/privacy", ""),
        ("/unknown", ""),
        ("/login/qq", ""),
        ("/register", site.pending.as_str()),
        ("/account", site.signed_in.as_str()),
        ("/account/sessions", site.signed_in.as_str()),
        ("/account/delete", site.signed_in.as_str()),
    ] {
        group.bench_function(path, |bencher| {
            bencher.to_async(&site.runtime).iter(|| site.get(path, cookies));
        });
    }
}

criterion_group!(benches, parsing, sealing, sessions::sessions, pages);
criterion_main!(benches);
