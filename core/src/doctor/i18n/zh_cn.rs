use super::messages::{Messages, message};
use crate::config::ConfigError;
use crate::doctor::report::CheckName;
use crate::qq::{AvatarError, MalformedResponse, QqError, TransportError};

const CHECK_INTERCEPTION: &str =
    "请检查是否有代理、防火墙或上网认证页冒充 QQ 应答，以及 QQ_GRAPH_URL 是否正确（https://graph.qq.com）。";
const CHECK_CONNECTION: &str = "请检查防火墙或代理是否中断了到 QQ 的连接。";
const CHECK_TIMEOUT: &str = "请检查本机能否连接 QQ（出站 443 端口、代理），以及 QQ_TIMEOUT_MS 是否过小（默认 10000）。";
const QQ_FAILED: &str = "QQ 侧故障，请稍后重试。";

pub(super) static MESSAGES: Messages = Messages {
    title: |name| match name {
        CheckName::Configuration => "配置",
        CheckName::Database => "数据库",
        CheckName::SecretKey => "密钥",
        CheckName::Clock => "时钟",
        CheckName::DnsAndTls => "QQ 连接",
        CheckName::App => "App ID 和 App Key",
        CheckName::Callback => "回调地址",
        CheckName::Identity => "用户身份",
        CheckName::Profile => "昵称和头像",
        CheckName::Renewal => "令牌刷新",
        CheckName::PublicUrl => "网站地址 PUBLIC_URL",
        CheckName::Mail => "邮件",
    },
    colon: "：",
    semicolon: "；",
    space: "",
    choose: |texts| texts.zh,

    skipped_configuration_invalid: message("未检查：请先修正配置", ""),
    skipped_unreachable: message("未检查：无法连接 QQ", ""),
    skipped_callback_rejected: message("未检查：QQ 已先拒绝回调地址", ""),
    skipped_sign_in_failed: message("未检查：测试登录失败", ""),
    skipped_needs_user: message("未检查：需要真实用户登录", ""),
    skipped_sandbox_not_running: message("未检查：内置沙盒（{0}）会随网站一起启动", ""),

    configuration_ok: message("网站 {0}，回调 {1}", ""),
    configuration_error: |error| (format!("{} 无效（{}）", error.variable, error.problem), remedy(error)),
    startup_error: message("无法启动：{0}", "修正后网站才能启动。"),

    file_not_created_yet: message("{0} 尚不存在，首次启动时自动创建", ""),
    file_not_creatable: message("无法创建 {0}：{1}", "请为运行网站的用户授予该目录的写权限，或修改 DATABASE_URL。"),

    database_ok: message("{0} 连接正常，表结构最新，可写入", ""),
    database_newer: message(
        "{0} 已由更高版本的程序升级",
        "如果只高一个版本，可以继续使用；否则请改用该版本运行，或恢复备份。",
    ),
    database_damaged: message("{0} 的迁移记录不一致或未完成", "请恢复备份，或更换 DATABASE_URL。"),
    database_timeout: message("{0} 响应超时", "请检查数据库负载，以及中间是否有防火墙。"),
    database_login_rejected: message("{0} 的用户名或密码错误", "请修改 DATABASE_URL 中的用户名和密码。"),
    database_not_found: message("{0}：数据库不存在", "请创建该数据库，或修改 DATABASE_URL 中的库名。"),
    database_pooler: message(
        "{0} 前的连接池会丢失预处理语句",
        "请将连接池改为会话模式（session），或按 docs/scale.md 的说明设置。",
    ),
    database_not_a_database: message("{0} 不是数据库文件，或已损坏", "请修改 DATABASE_URL 中的路径，或恢复备份。"),
    database_locked: message(
        "{0} 被其他程序锁定",
        "请关闭占用它的程序，例如数据库管理工具、备份任务或卡死的网站进程。",
    ),
    database_pending: message("{0} 可写入，有 {1} 个迁移待执行", "下次启动时自动执行，请先备份数据库。"),
    database_foreign: message("{0} 属于其他程序，其中已有表 {1}", "请为网站新建一个空数据库，或修改 DATABASE_URL。"),
    database_unreachable: message(
        "无法连接 {0}：{1}",
        "请检查数据库是否在运行，以及 DATABASE_URL 中的主机、端口和路径。",
    ),
    database_read_only: message(
        "{0} 无法写入：{1}",
        "请为运行网站的用户授予该文件及所在目录（PostgreSQL 则为表）的写权限，并去掉 DATABASE_URL 中的 mode=ro 和 immutable。",
    ),
    database_full: message("{0} 无法写入：{1}", "请清理磁盘空间。"),
    database_other: message("{0}：{1}", "请按数据库的报错处理，最常见的原因是磁盘已满。"),

    database_settings: message("网站所需的设置未生效（{0}）", "连接池会重置这些设置，请为网站的数据库用户设置：{1}"),
    database_not_durable: message(
        "数据库服务器崩溃时可能丢失已保存的数据（{0} = off）",
        "请在 postgresql.conf 中开启这些设置。",
    ),
    database_few_connections: message(
        "最多允许 {0} 个连接，而每个网站实例最多使用 {1} 个",
        "请调高 max_connections，或用户、数据库的 CONNECTION LIMIT。",
    ),
    database_old_version: message("未在 PostgreSQL {0} 上测试过", "请升级到 PostgreSQL 15 或更高版本。"),
    database_encoding: message("编码 {0} 无法存储所有昵称", "请以 ENCODING 'UTF8' 重新建库，如有数据请一并迁移。"),

    key_in_variable: message("SECRET_KEY 为 32 字节", ""),
    key_private: message("{0} 为 32 字节，仅所有者可读", ""),
    key_readable_by_others: message("本机其他用户可读取 {0}", "请执行：chmod 600 {0}"),
    key_invalid: message(
        "{0} 的内容不是 base64 编码的 32 字节",
        "请恢复该文件，或删除它以生成新密钥（所有用户需重新登录）。",
    ),
    key_unreadable: message("无法读取密钥：{0}", "请为运行网站的用户授予该文件的读权限。"),

    clock_skew: message(
        "与 QQ 相差 {0} 秒",
        "请用 NTP 同步本机时钟（timedatectl set-ntp true），否则令牌有效期会算错。",
    ),
    clock_no_date: message("QQ 没有返回时间", "请自行核对本机时钟。"),

    network_ok: message("已连接 {0}", ""),
    network_timeout: message("{0}：响应超时", CHECK_TIMEOUT),
    network_unknown_host: message(
        "{0}：域名解析失败（{1}）",
        "请检查本机的 DNS 设置（/etc/resolv.conf）和 QQ_GRAPH_URL。",
    ),
    network_refused: message(
        "{0}：连接被拒绝（{1}）",
        "请检查防火墙、代理和 QQ_GRAPH_URL；如果使用沙盒，请先启动沙盒。",
    ),
    network_certificate: message(
        "{0}：证书无效（{1}）",
        "请检查 QQ_GRAPH_URL 和本机时钟，以及是否有代理或杀毒软件拦截 TLS。",
    ),
    network_interrupted: message("{0}：连接中断（{1}）", CHECK_CONNECTION),
    network_other: message("{0}：无法连接（{1}）", "请检查本机是否联网，以及是否允许访问 QQ。"),
    network_proxy: message("", "已设置 {0}：请检查该代理是否正常、能否访问 QQ，或取消设置 {0}。"),

    qq_code: message("QQ 返回 {0}：{1}", ""),
    qq_code_undocumented: message("QQ 返回 {0}，官方文档中没有此返回码（{1}）", ""),
    qq_error: |error| (describe(error), advice(error)),
    second_attempt: message("QQ 第二次请求才成功，第一次失败：{0}", QQ_FAILED),
    fresh_token_rejected: message(
        "QQ 拒绝了刚刚签发的授权码或令牌：{0}",
        "请检查是否有其他程序抢先使用（例如会重复发送请求的代理），以及沙盒是否设置了故障。",
    ),
    not_qq: message("{0} 接受了虚构的授权码或令牌，不是真正的 QQ", "请将 QQ_GRAPH_URL 设为 https://graph.qq.com。"),

    app_dummy_code_rejected: message("验证通过，QQ 只拒绝了虚构的授权码", ""),
    app_token_issued: message("验证通过，已换取令牌", ""),

    callback_accepted: message("QQ 接受 {0}", ""),
    callback_no_redirect: message("QQ 没有跳转，而是显示了网页", CHECK_INTERCEPTION),
    callback_unknown_redirect: message("QQ 跳转到了登录页和回调地址以外的地方", CHECK_INTERCEPTION),
    callback_state_lost: message(
        "QQ 没有返回 state，网站会拒绝这次登录",
        "部分手机浏览器会丢失 state，重新登录即可；如果每次都这样，请检查代理是否改写了网址。",
    ),
    callback_cancelled: message(
        "QQ 返回“用户已取消”，但并没有人取消",
        "请检查沙盒是否设置了故障（DELETE /sandbox/faults）。",
    ),

    sign_in_step_ok: message("QQ 的响应符合官方文档", ""),
    identity_dummy_token_rejected: message("QQ 正常拒绝了虚构的令牌", ""),
    profile_partial: message("QQ 返回的资料不完整，昵称或头像会缺失", "无需处理，下次登录时会重新获取。"),
    profile_no_avatar: message("QQ 没有返回头像", "无需处理，除非所有用户都这样。"),
    profile_avatar_failed: message(
        "头像会缺失：{0}",
        "请检查本机能否直接连接腾讯图片服务器（*.qlogo.cn，出站 443 端口），获取头像不走代理。",
    ),
    avatar_error,
    profile_error: message("{0}；仍可登录，但没有昵称和头像", ""),
    refresh_no_token: message("QQ 没有返回 refresh_token", "无需处理，令牌过期后用户会重新经 QQ 授权。"),

    public_url_ok: message("{0} 符合 QQ 互联的要求；反向代理须原样传递 Host", ""),
    public_url_sandbox_only: message("{0} 可用于沙盒；正式接入 QQ 需要 https 和域名，且不带端口", ""),
    public_url_not_a_domain: message(
        "{0} 不是公网域名，QQ 不接受 localhost 和 IP 地址",
        "请将 PUBLIC_URL 设为 https:// 加上已登记的回调域名（网站回调域）；本机调试可用 hosts 文件将该域名指向本机。",
    ),
    public_url_has_port: message(
        "{0} 带有端口，QQ 不接受",
        "请去掉 PUBLIC_URL 中的端口，改用 443（或 80）端口提供服务，必要时使用反向代理。",
    ),
    public_url_http: message(
        "{0} 使用 http，仅适合本机调试",
        "正式开放前，请将 PUBLIC_URL 改为 https://，并在 QQ 互联控制台更新“网站回调域”。",
    ),
    mail_unused: message("未启用（未设置 SMTP_URL）", ""),
    mail_sandbox: message("邮件会显示在沙盒的收件箱页面", ""),
    mail_ok: message("{0} 连接和登录正常，发件地址为 {1}", ""),
    mail_login_rejected: message(
        "{0} 拒绝登录：{1}",
        "请检查 SMTP_URL 中的用户名和密码。许多邮箱（如 QQ 邮箱、163）要求使用授权码，而不是登录密码。",
    ),
    mail_tls: message(
        "无法与 {0} 建立安全连接：{1}",
        "请检查 SMTP_URL 中的主机名、端口和加密方式：smtps:// 对应 TLS（通常为 465 端口），smtp:// 加 ?tls=required 对应 \
         STARTTLS（通常为 587 端口）。服务器证书必须受浏览器信任。",
    ),
    mail_unreachable: message(
        "无法连接 {0}：{1}",
        "请检查 SMTP_URL 中的主机名和端口，以及防火墙是否放行该端口。许多云服务商会封禁 25 端口。",
    ),
};

/// `ConfigError::remedy` is in English, so this says what each variable accepts.
fn remedy(ConfigError { variable, .. }: &ConfigError) -> String {
    let accepted = match *variable {
        "PUBLIC_URL" => "使用类似 https://www.example.com 的网址，不带路径；http 只能用于指向本机的域名",
        "QQ_APP_ID" => {
            "使用 QQ 互联控制台“网站应用”中的 APP ID；如需使用沙盒，请同时删除 QQ_APP_ID 和 QQ_APP_KEY，且 PUBLIC_URL 必须指向本机"
        }
        "QQ_APP_KEY" => "使用 QQ 互联控制台“网站应用”中的 APP Key；如需使用沙盒，请同时删除 QQ_APP_ID 和 QQ_APP_KEY",
        "QQ_GRAPH_URL" => "使用 https://graph.qq.com，并同时设置 QQ_APP_ID 和 QQ_APP_KEY；http 只能用于本机",
        "QQ_SCOPE" => "使用以逗号分隔的接口名，其中必须有 get_user_info",
        "DATABASE_URL" => {
            "使用 sqlite://path/to/file.db 或 postgres://user:password@host/name，特殊字符写成 %XX（密码中的 @ 写成 %40，# 写成 %23，/ 写成 %2F）"
        }
        "SECRET_KEY" => "使用 base64 编码的 32 个随机字节，可用此命令生成：openssl rand -base64 32",
        "REGISTRATION" => "使用 form、auto 或 closed",
        "SANDBOX_CALLBACKS" => "使用完整的回调地址，以分号分隔",
        "SMTP_URL" => {
            "使用 smtps://user:password@smtp.example.com，或 smtp://user:password@smtp.example.com?tls=required（STARTTLS），特殊字符写成 %XX（@ 写成 %40），并同时设置 MAIL_FROM；使用沙盒时也可以是 sandbox"
        }
        "MAIL_FROM" => "使用邮箱地址，例如 login@example.com 或 Example <login@example.com>，并同时设置 SMTP_URL",
        "METRICS_ADDR" => "使用类似 127.0.0.1:9100 的 IP 地址和端口，不能与网站的地址相同",
        "OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" => {
            "使用类似 http://127.0.0.1:4318 的地址；如果编译时未启用链路追踪，请取消设置"
        }
        "QQ_UNIONID" | "EMAIL_TRUST" => "使用 on 或 off",
        "RATE_LIMIT" => "使用大于 0 的整数，或 off",
        "LEPTOS_SITE_ADDR" | "SANDBOX_ADDR" => {
            "使用类似 127.0.0.1:3000 的 IP 地址和端口；使用沙盒时只能是本机地址，否则请设置 QQ_APP_ID 和 QQ_APP_KEY"
        }
        "TRUSTED_PROXIES" => "使用 0 到 16 的整数",
        "SESSION_IDLE_SECS" => "使用大于 0 的整数，且不大于 SESSION_MAX_SECS",
        "HTTPS_PROXY" | "https_proxy" | "ALL_PROXY" | "all_proxy" => {
            "使用 http://host:port、https://host:port、socks4://host:port 或 socks5://host:port，或取消设置"
        }
        "LEPTOS_SITE_ROOT" | "SANDBOX_APP_ID" | "SANDBOX_APP_KEY" | "NO_PROXY" | "no_proxy" => "使用 UTF-8 编码的文本",
        "LOG_FORMAT" => "使用 text 或 json",
        _ => "使用大于 0 的整数",
    };
    format!("请修改 {variable}：{accepted}。")
}

fn describe(error: &QqError) -> String {
    match error {
        QqError::MalformedResponse(malformed) => format!("无法解析 QQ 的响应：{}", malformed_response(*malformed)),
        QqError::Transport(TransportError::Status(status @ 300..=399)) => format!("QQ 返回跳转（HTTP {status}）"),
        QqError::Transport(TransportError::Status(status)) => format!("QQ 返回 HTTP {status}"),
        QqError::Transport(TransportError::Timeout) => "响应超时".to_owned(),
        QqError::Transport(TransportError::Skipped) => "近期多次响应超时，暂停请求".to_owned(),
        QqError::Transport(TransportError::Connect(reason)) => format!("无法连接（{reason}）"),
        QqError::Transport(TransportError::Interrupted(reason)) => format!("连接中断（{reason}）"),
        QqError::ForeignToken => "令牌属于其他应用".to_owned(),
        QqError::InvalidCall(_) => "QQ 没有这个接口".to_owned(),
        QqError::Api(error) => format!("QQ 返回 {}", error.code),
    }
}

fn malformed_response(malformed: MalformedResponse) -> String {
    match malformed {
        MalformedResponse::Empty => "内容为空".to_owned(),
        MalformedResponse::TooLarge => "内容过大".to_owned(),
        MalformedResponse::NotUtf8 => "不是 UTF-8 编码".to_owned(),
        MalformedResponse::Html => "返回的是网页，不是数据".to_owned(),
        MalformedResponse::Truncated => "内容不完整".to_owned(),
        MalformedResponse::UnknownFormat => "不是表单、JSON 或 JSONP 格式".to_owned(),
        MalformedResponse::DuplicateField => "字段重复".to_owned(),
        MalformedResponse::ErrorWithoutCode => "报告了错误，但没有返回码".to_owned(),
        MalformedResponse::UnexpectedSchema => "与官方文档不符".to_owned(),
        MalformedResponse::InconsistentOpenid => "同一令牌的两次响应中 openid 不一致".to_owned(),
        MalformedResponse::MissingField(field) => format!("缺少 {field}"),
        MalformedResponse::InvalidField(field) => format!("{field} 的值无效"),
    }
}

fn avatar_error(error: &AvatarError) -> String {
    match error {
        AvatarError::UntrustedHost => "不在腾讯图片服务器上".to_owned(),
        AvatarError::Timeout => "获取超时".to_owned(),
        AvatarError::Skipped => "近期多次获取超时，暂停获取".to_owned(),
        AvatarError::Transport(reason) => format!("获取失败（{reason}）"),
        AvatarError::Status(status) => format!("服务器返回 HTTP {status}"),
        AvatarError::TooLarge => "文件过大".to_owned(),
        AvatarError::InvalidImage => "不是可识别的图片".to_owned(),
    }
}

fn advice(error: &QqError) -> &'static str {
    match error {
        QqError::Transport(TransportError::Timeout) => CHECK_TIMEOUT,
        QqError::Transport(TransportError::Status(500..)) => QQ_FAILED,
        QqError::Transport(TransportError::Interrupted(_)) => CHECK_CONNECTION,
        QqError::ForeignToken => "请检查 QQ_APP_ID 和 QQ_APP_KEY 是否属于同一个应用。",
        _ => CHECK_INTERCEPTION,
    }
}
