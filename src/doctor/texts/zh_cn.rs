use super::{Said, Texts};
use crate::config::ConfigError;
use crate::doctor::report::Subject;
use crate::qq::{AvatarError, MalformedResponse, QqError, TransportError};

const fn said(detail: &'static str, advice: &'static str) -> Said {
    Said { detail, advice }
}

const SOMETHING_BETWEEN: &str =
    "请检查是否有代理、防火墙或网络登录页代替 QQ 作答，以及 QQ_GRAPH_URL 是否正确（https://graph.qq.com）。";
const CUT: &str = "请检查防火墙或代理是否切断了到 QQ 的连接。";
const QQ_FAILS: &str = "这是 QQ 一方的故障：请稍后再运行一次。";
const TOO_SLOW: &str = "请检查本机能否连接 QQ（出站 443 端口、代理），以及 QQ_TIMEOUT_MS 是否过短（通常为 10000）。";

pub(super) static TEXTS: Texts = Texts {
    title: |subject| match subject {
        Subject::Configuration => "配置",
        Subject::Database => "数据库",
        Subject::SecretKey => "密钥",
        Subject::Clock => "时钟",
        Subject::DnsAndTls => "到 QQ 的连接",
        Subject::App => "App ID 和 App Key",
        Subject::Callback => "回调地址",
        Subject::Identity => "登录者身份",
        Subject::Profile => "昵称和头像",
        Subject::Renewal => "令牌续期",
        Subject::PublicUrl => "网站地址 PUBLIC_URL",
        Subject::Mail => "邮件",
    },
    line: |title, detail| format!("{title}：{detail}"),
    not_checked: |because| format!("未检查：{because}"),
    because_of_configuration: "需要先改正配置",
    because_unreachable: "无法连接 QQ",
    because_no_answer: "QQ 没有给出第一个回答",
    because_of_callback: "QQ 先拒绝了回调地址",
    because_nobody_signed_in: "没有人能完成登录",
    because_nobody_is_known: "QQ 没有说明登录者是谁",
    because_it_needs_a_person: "需要真人登录才能看到",
    because_sandbox_sleeps: |place| format!("内置沙盒（{place}）会随网站一起启动"),

    configuration_good: |origin, callback| format!("用户访问 {origin}；QQ 把用户送回 {callback}"),
    configuration_bad: |error| (format!("{} 的值不可用（{}）", error.variable, error.problem), remedy(error)),
    start_bad: said("无法读取：{words}", "请改正；这样网站无法启动。"),
    client_bad: said("QQ_GRAPH_URL 的值不可用（{words}）", "把 QQ_GRAPH_URL 设为 https://graph.qq.com，或不设置。"),

    database_good: said("{place} 可以连接，表是最新的，可以写入", ""),
    database_not_made: said("{place} 还不存在；第一次启动时会创建", ""),
    database_pending: said(
        "{place} 可以连接和写入；表落后 {words} 步",
        "无需操作：下次启动时会自动更新。更新前请先备份。",
    ),
    database_newer: said("{place} 是由本程序更新的版本创建的", "请重新使用更新的版本，或更换 DATABASE_URL。"),
    database_damaged: said(
        "{place} 中的表与本程序创建的不同，或只更新了一半",
        "请恢复最近一次备份，或更换 DATABASE_URL。",
    ),
    database_address: said(
        "无法理解 DATABASE_URL",
        "请使用 sqlite://path/to/file.db 或 postgres://user:password@host/name；密码中的特殊字符写成 %XX。",
    ),
    database_silent: said("{place} 没有及时回答", "请检查数据库是否过载，或中间是否有防火墙。"),
    database_unreachable: said(
        "无法打开 {place}：{words}",
        "请检查数据库是否在运行，以及 DATABASE_URL 中的主机、端口和路径是否正确。",
    ),
    database_login: said("{place} 拒绝了用户名或密码", "请改正 DATABASE_URL 中的用户名和密码。"),
    database_missing: said("{place}：没有这个名字的数据库", "请先创建它，或改正 DATABASE_URL 中的名字。"),
    database_other_file: said("{place} 不是数据库，或已损坏", "请改正 DATABASE_URL 中的路径，或恢复最近一次备份。"),
    database_locked: said(
        "{place} 被其他程序锁定",
        "请关闭占用它的程序，例如数据库浏览器、备份程序或卡住的另一个网站进程。",
    ),
    database_read_only: said(
        "{place} 无法写入：{words}",
        "请让运行网站的用户能写此文件及其文件夹（PostgreSQL 则是表的写权限），并从 DATABASE_URL 中去掉 mode=ro 和 immutable。",
    ),
    database_full: said("{place} 无法写入：{words}", "请腾出磁盘空间。"),
    database_other: said("{place} 出错：{words}", "请按数据库的提示处理；最常见的原因是磁盘已满。"),

    key_given: said("SECRET_KEY 有 32 字节", ""),
    key_in_file: said("{place} 有 32 字节，只有所有者能读取", ""),
    key_open: said("{place} 可用，但本机其他用户也能打开它", "请收回他们的权限：chmod 600 {place}"),
    key_not_made: said("{place} 还不存在；第一次启动时会创建", ""),
    key_unusable: said(
        "{place} 的内容不是 base64 编码的 32 字节",
        "请恢复此文件，或删除它以便生成新密钥（所有人需要重新登录）。",
    ),
    key_unreadable: said("无法读取 {place}：{words}", "请让运行网站的用户能读取它。"),
    folder_bad: said("{place} 还不存在，也无法创建：{words}", "请让运行网站的用户能写此文件夹，或改正 DATABASE_URL。"),

    clock_good: said("与 QQ 的时钟相差 {place} 秒", ""),
    clock_off: said(
        "与 QQ 的时钟相差 {place} 秒",
        "请用 NTP 校准本机时钟（timedatectl set-ntp true）：令牌的有效期由它计算。",
    ),
    clock_wrong: said(
        "与 QQ 的时钟相差 {place} 秒：令牌的有效期会算错",
        "请校准本机时钟，最好使用 NTP（timedatectl set-ntp true）。",
    ),
    clock_no_date: said("QQ 的回答中没有时间", "请自行核对本机时钟。"),

    reach_good: said("{place} 有回答", ""),
    reach_good_tls: said("{place} 有回答，证书有效", ""),
    reach_name: said(
        "{place}：找不到这个域名（{words}）",
        "请检查本机的域名解析（/etc/resolv.conf），以及 QQ_GRAPH_URL 是否正确。",
    ),
    reach_refused: said(
        "{place}：连接被拒绝（{words}）",
        "请检查防火墙、代理和 QQ_GRAPH_URL；使用沙盒时，沙盒必须正在运行。",
    ),
    reach_certificate: said(
        "{place}：证书无效（{words}）",
        "请检查中间是否有代理或杀毒软件拆解 TLS、QQ_GRAPH_URL 是否正确，以及本机时钟是否准确。",
    ),
    reach_timeout: said("{place}：没有及时回答", TOO_SLOW),
    reach_broken: said("{place}：连接中断（{words}）", CUT),
    reach_other: said("{place}：无法连接（{words}）", "请检查本机是否联网，以及是否允许连接 QQ。"),

    refused: |code, meaning| format!("QQ 返回 {code}：{meaning}"),
    refused_unknown: |code, words| format!("QQ 返回 {code}，没有公开说明（{words:?}）"),
    fresh_refused: said(
        "QQ 拒绝了它刚刚给出的东西：{words}",
        "请确认没有别的程序抢先使用授权码和令牌（例如重复发送请求的代理），并且沙盒中没有预设故障。",
    ),
    trouble: |error| (words_for(error), advice_for(error).to_owned()),

    app_good: said("QQ 认识它们：只拒绝了一个编造的授权码", ""),
    app_good_code: said("QQ 接受了它们，并用授权码换出了令牌", ""),
    app_impossible: said(
        "{place} 用编造的授权码也给出了令牌；那不是 QQ",
        "把 QQ_GRAPH_URL 设为 https://graph.qq.com。",
    ),

    callback_good: said("QQ 接受 {place}", ""),
    callback_signed_in: said("QQ 接受 {place}，并带着授权码和 state 回到了它", ""),
    callback_no_redirect: said("QQ 显示了一个网页，而没有把用户送往下一步", SOMETHING_BETWEEN),
    callback_elsewhere: said("QQ 跳转到的既不是它自己的页面，也不是回调地址", SOMETHING_BETWEEN),
    callback_state_lost: said(
        "QQ 返回时没有带回 state，网站必须拒绝这次登录",
        "无法在此修复：个别手机浏览器会丢失它，用户重新登录即可；若总是如此，请检查代理是否改动了地址。",
    ),
    callback_cancelled: said(
        "QQ 返回说用户取消了登录，但没有人取消",
        "请确认沙盒中没有预设故障（DELETE /sandbox/faults）。",
    ),

    identity_good: said("QQ 说明了令牌属于谁", ""),
    identity_good_made_up: said("QQ 拒绝了编造的令牌，理当如此", ""),
    identity_impossible: said("{place} 竟认识编造的令牌；那不是 QQ", "把 QQ_GRAPH_URL 设为 https://graph.qq.com。"),
    identity_second_try: said("QQ 第二次才回答；第一次：{words}", QQ_FAILS),

    profile_good: said("QQ 给出了昵称和头像", ""),
    profile_partial: said("QQ 说用户的部分资料丢失；页面上会没有昵称或头像", "无需操作：下次登录会重新获取。"),
    profile_no_avatar: said("QQ 没有给出头像；页面上会没有头像", "无需操作，除非人人如此。"),
    avatar_words,
    profile_avatar_lost: said(
        "头像未能取得（{words}）；页面上会没有头像",
        "检查本机能否连接腾讯的图片主机（*.qlogo.cn，出站端口 443）。头像直接获取，不经过代理。",
    ),
    profile_second_try: said("QQ 第二次才回答；第一次：{words}", QQ_FAILS),
    profile_goes_on: |detail| format!("{detail}；登录仍会继续，但没有昵称和头像"),

    renewal_good: said("QQ 用 refresh_token 换出了新令牌", ""),
    renewal_no_refresh_token: said("QQ 没有给出 refresh_token", "无需操作：令牌过期后，用户会再经过一次 QQ。"),

    url_good: said("{place} 符合 QQ 互联控制台的要求", ""),
    url_sandbox_only: said("{place} 可用于沙盒；真正的 QQ 要求 https、域名且不带端口", ""),
    url_not_a_domain: said(
        "{place} 不是公网域名，QQ 互联控制台不接受 localhost 和 IP 地址",
        "把 PUBLIC_URL 设为 https:// 加上已登记回调的域名（网站回调域）；在本机调试时，用 hosts 文件让该域名指向本机。",
    ),
    url_port: said(
        "{place} 带有端口，QQ 互联控制台不接受",
        "从 PUBLIC_URL 中去掉端口，用 443（或 80）端口提供服务，必要时使用反向代理。",
    ),
    url_http: said(
        "{place} 是 http，只适合在本机调试",
        "在他人登录之前，把 PUBLIC_URL 改为 https://，并重新登记回调地址（网站回调域）。",
    ),

    mail_none: said("不发送邮件，也没有任何功能依赖它（SMTP_URL 未设置）", ""),
};

/// The remedies of the configuration are in English; here is what each variable wants.
fn remedy(ConfigError { variable, .. }: &ConfigError) -> String {
    let wanted = match *variable {
        "PUBLIC_URL" => "使用类似 https://www.example.com 的地址，不带路径；http 只能用于指向本机的域名",
        "QQ_APP_ID" => {
            "使用 QQ 互联控制台“网站应用”中的 APP ID；要用沙盒，则 QQ_APP_ID 和 QQ_APP_KEY 都不设置，且 PUBLIC_URL 必须指向本机"
        }
        "QQ_APP_KEY" => "使用 QQ 互联控制台“网站应用”中的 APP Key；要用沙盒，则 QQ_APP_ID 和 QQ_APP_KEY 都不设置",
        "QQ_GRAPH_URL" => "使用 https://graph.qq.com，并同时设置 QQ_APP_ID 和 QQ_APP_KEY；http 只能用于本机",
        "QQ_SCOPE" => "使用以逗号分隔的接口名，例如 get_user_info",
        "DATABASE_URL" => "使用 sqlite://path/to/file.db 或 postgres://user:password@host/name",
        "SECRET_KEY" => "使用 base64 编码的 32 个随机字节，可用此命令生成：openssl rand -base64 32",
        "REGISTRATION" => "使用 form、auto 或 closed",
        "SANDBOX_CALLBACKS" => "使用完整的回调地址，以分号分隔",
        "SMTP_URL" | "MAIL_FROM" | "METRICS_ADDR" => "此版本尚不支持，请不要设置",
        "QQ_UNIONID" | "EMAIL_TRUST" | "RATE_LIMIT" => "使用 on 或 off",
        "LEPTOS_SITE_ADDR" | "SANDBOX_ADDR" => "使用类似 127.0.0.1:3000 的 IP 地址和端口；沙盒只能用本机地址",
        "TRUSTED_PROXIES" => "使用 0 到 16 的整数",
        "LOG_FORMAT" => "使用 text 或 json",
        _ => "使用大于 0 的整数",
    };
    format!("请改正 {variable}：{wanted}。")
}

fn words_for(error: &QqError) -> String {
    match error {
        QqError::MalformedResponse(malformed) => format!("无法理解 QQ 的回答：{}", malformed_words(*malformed)),
        QqError::Transport(TransportError::Status(status @ 300..=399)) => {
            format!("QQ 的回答是跳转（HTTP 状态 {status}）")
        }
        QqError::Transport(TransportError::Status(status)) => format!("QQ 的回答是 HTTP 状态 {status}"),
        QqError::Transport(TransportError::Timeout) => "没有及时收到完整的回答".to_owned(),
        QqError::Transport(TransportError::Connect(words)) => format!("无法连接（{words}）"),
        QqError::Transport(TransportError::Interrupted(words)) => format!("连接中断（{words}）"),
        QqError::ForeignToken => "令牌属于另一个应用".to_owned(),
        QqError::InvalidCall(_) => "不是 QQ 的接口".to_owned(),
        QqError::Api(refusal) => format!("QQ 返回 {}", refusal.code),
    }
}

fn malformed_words(malformed: MalformedResponse) -> String {
    match malformed {
        MalformedResponse::Empty => "内容为空".to_owned(),
        MalformedResponse::TooLarge => "内容过大".to_owned(),
        MalformedResponse::NotUtf8 => "不是 UTF-8 编码".to_owned(),
        MalformedResponse::Html => "是一个网页，而不是数据".to_owned(),
        MalformedResponse::Truncated => "内容不完整，中途断掉了".to_owned(),
        MalformedResponse::UnknownFormat => "既不是表单，也不是 JSON 或 JSONP".to_owned(),
        MalformedResponse::DuplicateField => "有字段重复出现".to_owned(),
        MalformedResponse::ErrorWithoutCode => "报告了错误，但没有返回码".to_owned(),
        MalformedResponse::UnexpectedSchema => "与文档不符".to_owned(),
        MalformedResponse::MissingField(field) => format!("缺少 {field}"),
        MalformedResponse::InvalidField(field) => format!("{field} 的值不可用"),
    }
}

fn avatar_words(error: &AvatarError) -> String {
    match error {
        AvatarError::UntrustedHost => "不在腾讯的图片主机上".to_owned(),
        AvatarError::Timeout => "没有及时收到".to_owned(),
        AvatarError::Transport(words) => format!("无法获取：{words}"),
        AvatarError::Status(status) => format!("HTTP 状态 {status}"),
        AvatarError::TooLarge => "文件过大".to_owned(),
        AvatarError::InvalidImage => "不是可以读取的图片".to_owned(),
    }
}

fn advice_for(error: &QqError) -> &'static str {
    match error {
        QqError::Transport(TransportError::Timeout) => TOO_SLOW,
        QqError::Transport(TransportError::Status(500..)) => QQ_FAILS,
        QqError::Transport(TransportError::Interrupted(_)) => CUT,
        QqError::ForeignToken => "绝不能接受这样的令牌。请检查 QQ_APP_ID 和 QQ_APP_KEY 是否属于同一个应用。",
        _ => SOMETHING_BETWEEN,
    }
}
