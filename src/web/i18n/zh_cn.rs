use super::{MailText, Message, Messages};
use crate::login::{LinkFailure, LoginFailure};
use crate::sessions::Device;
use crate::validation::{EmailError, UsernameError};
use crate::web::time::{RelativeTime, TimeUnit};

pub(super) static MESSAGES: Messages = Messages {
    site_name: "QQ 登录",
    skip_to_content: "跳到主要内容",
    sandbox_note: "当前使用本机的 QQ 沙盒，不会连接真正的 QQ。",
    space: None,
    language_label: "语言",
    theme_label: "外观",
    theme_system: "跟随系统",
    theme_light: "浅色",
    theme_dark: "深色",
    error_prefix: "错误：",
    back_to_home: "返回首页",
    try_again: "重试",
    contacting_qq: "正在连接 QQ…",
    redirecting: "正在跳转…",
    continue_link: "继续",

    // The end of the session.
    session_ended: Message {
        title: "您已退出登录", advice: "请重新登录后继续，本页已填写的内容不会丢失。"
    },
    session_sign_in: "重新登录（在新标签页中打开）",

    // Times.
    datetime: |datetime, zone| format!("{}（{zone}）", datetime.strftime("%Y年%-m月%-d日 %H:%M")),
    relative_time,
    beijing_time: "北京时间",

    home_title: "欢迎",
    home_heading: |site| format!("欢迎使用{}", spaced(site)),
    home_lead: "使用 QQ 账号登录，无需另设密码。",
    home_features: &[
        ("无需密码", "在 QQ 完成登录，不用再记一个密码，也不怕泄露。"),
        ("一键注册", "首次登录一键创建账号，资料以后再补。"),
        ("数据由您掌控", "随时查看、下载或删除本站保存的资料。"),
    ],
    home_greeting: "您好，",
    home_signed_in: "已登录账号",
    view_account: "查看我的账号",

    login_title: "登录",
    login_heading: |site| format!("登录{}", spaced(site)),
    login_panel_title: "用 QQ，一步登录",
    login_points: ["不用再记一个密码", "首次登录，一键创建账号", "只获取昵称和头像"],
    login_wechat: Message {
        title: "微信内无法使用 QQ 登录",
        advice: "请点击右上角的 ···，选择“在浏览器打开”，再登录。",
    },
    login_qq: "QQ登录",
    login_qq_busy: "正在前往 QQ…",
    login_privacy: "我们会获取您的 QQ 昵称、头像和仅用于本站的标识。",
    login_privacy_never: "您的 QQ 号、好友和密码，本站都看不到。",
    login_next: |path| format!("登录后将前往 {path}"),
    login_failure,

    register_title: "创建账号",
    register_steps: ["QQ 授权", "创建账号", "完成"],
    register_welcome: "欢迎，",
    register_welcome_nameless: "欢迎",
    register_lead: "您是首次用这个 QQ 登录。创建账号即可完成登录，无需设置密码。",
    register_auto_lead: "用户名由系统生成，无需填写任何资料。",
    register_auto_submit: "一键创建账号",
    register_form_title: "或自己填写",
    register_form_lead: "请填写用户名和邮箱，两项均为必填。",
    register_form_submit: "创建账号",
    register_submitting: "正在创建…",
    form_errors_title: "请修正以下问题",
    form_input_kept: "您填写的内容已保留在下方表单中。",
    username_label: "用户名",
    username_hint: "2–32 个字符，可使用文字、数字、_ 和 -。",
    username_checking: "正在检查…",
    username_available: "用户名可用。",
    username_error,
    username_suggestions: "可以使用：",
    email_label: "邮箱",
    email_hint: "例如 name@example.com",
    email_error,

    account_title: "我的账号",
    account_switched: Message { title: "已切换到另一个 QQ 账号", advice: "之前登录的账号已退出。" },
    account_nickname: "QQ 昵称",
    account_nickname_missing: "QQ 未提供",
    account_email_missing: "尚未添加邮箱。",
    account_profile_title: "个人资料",
    account_sessions_lead: "查看账号在哪些设备上登录，退出不认识的设备。",
    account_sessions_manage: "管理登录设备",
    account_data_title: "我的数据",
    account_data_lead: "下载本站保存的全部资料，或注销账号。",
    account_export: "下载我的数据",
    email_verified: "已验证",
    email_unverified: "未验证",
    profile_refresh: "同步 QQ 资料",
    profile_refreshed: "昵称和头像已是最新。",
    profile_partial: "QQ 只返回了部分资料，其余内容保持不变。请稍后重试。",
    profile_unreachable: "QQ 没有响应，昵称和头像保持不变。请稍后重试。",
    profile_denied: "QQ 拒绝向本站提供您的昵称和头像，请联系网站管理员。",
    qq_authorization_title: "QQ 授权",
    qq_authorization_active: "有效",
    qq_authorization_expiring: "即将过期",
    qq_authorization_expired: "已过期",
    qq_authorization_issued: "授权时间",
    qq_authorization_expires: "有效期至",
    qq_authorization_ends: "到期时间",
    qq_authorization_left: "剩余有效期",
    qq_authorization_expiring_note: "QQ 授权即将过期。您可以立即续期；否则到期后将自动续期，届时 QQ 可能需要您确认。",
    qq_authorization_renew: "立即续期",
    qq_authorization_renewed: "QQ 授权已续期。",
    qq_authorization_refresh_failed: Message {
        title: "QQ 授权续期失败",
        advice: "QQ 没有响应。您仍处于登录状态，可以继续使用本站。请稍后重试。",
    },
    qq_authorization_still_unusable: Message {
        title: "QQ 授权暂不可用",
        advice: "刚刚已前往 QQ 重新授权，但新的授权已经过期或未被 QQ 接受。您仍处于登录状态，可以现在重试，也可以稍后再试。",
    },
    logout: "退出登录",
    logout_note: "退出本站后，您在这台设备上的 QQ 可能仍处于登录状态。",

    sessions_title: "登录设备管理",
    sessions_lead: "以下设备已登录您的账号。如有不认识或不再使用的，请将其退出。",
    sessions_ended: "已退出，当前设备仍保持登录。",
    sessions_end_others: "退出其他所有设备",
    session_current: "当前设备",
    session_started: "登录时间：",
    session_last_active: "最近活动：",
    session_end: "退出",

    // Change of the username
    username_change_title: "修改用户名",
    username_change_lead: "24 小时内最多可修改 3 次。原用户名会为您保留 30 天，期间您可以随时改回。",
    username_change_submit: "保存",
    username_changing: "正在保存…",
    username_changed: "用户名已修改",
    username_too_many_changes: Message {
        title: "24 小时内已修改 3 次用户名", advice: "用户名未改变，请明天再试。"
    },

    // Linked QQ accounts
    qq_accounts_title: "QQ 账号",
    qq_accounts_lead: "以下 QQ 均可登录您的账号。",
    qq_accounts_manage: "管理绑定的 QQ",
    qq_account_current: "当前登录",
    qq_account_linked: "绑定时间：",
    qq_account_last_used: "最近登录：",
    qq_account_unlink: "解绑",
    qq_account_in_use_hint: "解绑后，该 QQ 会在所有设备上退出登录。如需解绑当前登录的 QQ，请先用另一个 QQ 登录。",
    qq_account_only_one: "这是您唯一的登录方式，无法解绑。请先绑定另一个 QQ。",
    qq_account_recovery: "邮箱不能直接用于登录。如果无法再使用这个 QQ，可以通过已验证的邮箱绑定新的 QQ。",
    qq_account_add_title: "绑定另一个 QQ",
    qq_account_add_lead: "您将前往 QQ 选择账号。如果 QQ 直接使用了当前账号，请先在此浏览器中退出 QQ。绑定前会请您再次确认。",
    qq_account_add_submit: "前往 QQ 选择",
    qq_account_link_side: "要绑定的 QQ",
    qq_account_link_submit: "确认绑定",
    qq_account_linked_done: "绑定成功，现在可以用这个 QQ 登录您的账号。",
    qq_account_unlinked_done: "已解绑，该 QQ 已在所有设备上退出登录。",
    qq_link_failure,
    qq_account_linked_mail: |site, username| MailText {
        subject: format!("【{site}】您的账号绑定了新的 QQ"),
        paragraphs: vec![format!("您在“{site}”的账号 @{username} 绑定了新的 QQ，该 QQ 现在可以登录您的账号。")],
        action: "查看绑定的 QQ",
        footer: QQ_ACCOUNTS_WARNING.to_owned(),
    },
    qq_account_unlinked_mail: |site, username| MailText {
        subject: format!("【{site}】您的账号解绑了一个 QQ"),
        paragraphs: vec![format!("您在“{site}”的账号 @{username} 解绑了一个 QQ，该 QQ 不能再登录您的账号。")],
        action: "查看绑定的 QQ",
        footer: QQ_ACCOUNTS_WARNING.to_owned(),
    },

    // Export and deletion
    account_mismatch: Message {
        title: "当前登录的是另一个账号",
        advice: "您刚才的页面属于另一个账号，因此没有执行任何操作。请先核对下方的账号，再继续。",
    },
    confirm_identity: Message {
        title: "请确认是您本人操作",
        advice: "距离您上次登录已超过 10 分钟。为保障账号安全，请重新使用 QQ 登录，完成后会回到此页面。",
    },
    data_lead: "将本站保存的您的全部资料下载为 JSON 文件，包括用户名、邮箱、QQ 账号、头像和登录设备。",
    data_download: "下载",
    delete_title: "注销账号",
    delete_lead: "此操作无法撤销。注销账号后：",
    delete_consequences: &[
        "您的用户名、邮箱、昵称、头像以及与 QQ 的绑定将立即删除，无法恢复。",
        "其他人可以使用您原来的用户名。",
        "您将在所有设备上退出登录。",
        "您的 QQ 账号不受影响。您可以随时用它重新注册，但将是一个全新的账号。",
        "本站仍会保留在 QQ 的授权列表中，如需移除，请在 QQ 中取消授权。",
    ],
    delete_submit: "永久注销我的账号",
    delete_cancel: "暂不注销",
    account_deleted: "您的账号及全部资料已删除。",

    // Email addresses
    emails_title: "邮箱管理",
    emails_lead: "如果无法再使用当前的 QQ，可通过已验证的邮箱找回账号。",
    emails_lead_without_mail: "本站未开通邮件发送，暂时无法验证邮箱。",
    emails_empty: "您还没有添加邮箱。",
    emails_manage: "管理",
    emails_verify: "验证邮箱",
    email_primary: "主邮箱",
    email_send: "发送验证邮件",
    email_sent_recently: |wait_secs| format!("验证邮件已发送，{wait_secs} 秒后可重新发送。"),
    email_make_primary: "设为主邮箱",
    email_remove: "移除",
    email_add_title: "添加邮箱",
    email_add_submit: "添加",
    email_adding: "正在添加…",
    email_add_exists: "您已添加过这个邮箱。",
    email_add_too_many: "最多只能添加五个邮箱，请先移除一个。",
    email_added: "邮箱已添加。",
    email_added_check_mail: Message {
        title: "邮箱已添加，请查收验证邮件",
        advice: "请在 24 小时内打开邮件中的链接完成验证。如未收到，请检查垃圾邮件箱。",
    },
    email_removed: "邮箱已移除。",
    email_primary_changed: "主邮箱已更换。",
    email_primary_unverified: Message {
        title: "请先验证这个邮箱", advice: "只有已验证的邮箱才能设为主邮箱。"
    },
    email_verification_sent: Message {
        title: "验证邮件已发送",
        advice: "请在 24 小时内打开邮件中的链接。如未收到，请检查垃圾邮件箱。",
    },
    email_now_verified: "邮箱验证成功。",

    // Pages of mailed links
    mail_link_unusable: Message {
        title: "链接已失效",
        advice: "链接可能已过期、已使用过，或相关信息已发生变化。请回到原来的页面重新获取链接。",
    },
    verify_email_title: "验证邮箱",
    verify_email_lead: |username| format!("验证后，它将成为账号 @{username} 的已验证邮箱。"),
    verify_email_warning: "如果这不是您的账号，请关闭此页面，不会产生任何变更。",
    verify_email_submit: "确认验证",
    verify_email_done: Message { title: "邮箱验证成功", advice: "您可以关闭此页面。" },
    verify_email_taken: Message {
        title: "该邮箱已属于其他账号",
        advice: "本站的另一个账号已验证这个邮箱，因此无法用于当前账号。",
    },
    link_qq_title: "将这个 QQ 绑定到您的账号？",
    link_qq_lead: "绑定后，使用这个 QQ 即可登录您的账号。",
    link_qq_side: "当前登录的 QQ",
    link_qq_account_side: "您在本站的账号",
    link_qq_linked: "已绑定：",
    link_qq_nameless: "无昵称的 QQ",
    link_qq_others: "之前绑定的 QQ",
    link_qq_keep: "保留绑定",
    link_qq_unlink: "解绑，我已无法使用它",
    link_qq_unlink_hint: "解绑后，它在所有设备上的登录也会一并退出。",
    link_qq_submit: "绑定并登录",
    link_qq_submitting: "正在绑定…",
    link_qq_cancel: "暂不绑定",
    link_qq_done: "这个 QQ 已绑定到您的账号。",
    link_qq_other_browser: Message {
        title: "请在原来的浏览器中打开此链接",
        advice: "该链接只能在您登录 QQ 并申请链接的浏览器中使用，在那里重新登录后即失效。请复制邮件中的链接，粘贴到该浏览器中打开。目前没有产生任何变更。",
    },
    link_qq_taken: Message {
        title: "这个 QQ 已绑定账号",
        advice: "在您申请链接之后，这个 QQ 已绑定账号。请用它重新登录。",
    },

    // Registration with an account that exists
    register_link_title: "我已有账号",
    register_link_lead: "填写账号中已验证的邮箱，我们会发送一封邮件，您可通过其中的链接将这个 QQ 绑定到该账号。",
    register_link_email: "账号的邮箱",
    register_link_submit: "发送邮件",
    register_link_submitting: "正在发送…",
    register_link_sent: Message {
        title: "请查收邮件",
        advice: "如果有账号验证过这个邮箱，我们已向它发送链接。请在 15 分钟内使用当前浏览器打开。",
    },
    login_lost_qq: Message {
        title: "无法使用原来的 QQ？",
        advice: "请用另一个 QQ 登录，并选择“我已有账号”。我们会通过邮件帮您找回账号。",
    },
    login_recover: "用另一个 QQ 找回账号",
    recover_title: "找回账号",
    recover_steps: ["QQ 授权", "找回账号", "完成"],
    recover_lead: "这个 QQ 尚未绑定账号。您可以将它绑定到已有的账号。",

    // Mails about email addresses
    verify_email_mail: |site, email| MailText {
        subject: format!("【{site}】请验证您的邮箱"),
        paragraphs: vec![
            format!("请确认 {email} 是您在“{site}”使用的邮箱。"),
            "链接 24 小时内有效，仅可使用一次。".to_owned(),
        ],
        action: "验证邮箱",
        footer: "如果不是您本人添加的邮箱，请忽略此邮件，未经确认不会产生任何变更。".to_owned(),
    },
    already_verified_mail: |site, email| MailText {
        subject: format!("【{site}】有人再次填写了您的邮箱"),
        paragraphs: vec![
            format!("有人在“{site}”的另一个账号中填写了 {email}。该邮箱已由您的账号验证，因此没有产生任何变更。"),
            "如果是您本人操作，请直接登录您已有的账号；如果想把邮箱用于另一个账号，请先在原账号中移除它。".to_owned(),
        ],
        action: "",
        footer: "如果不是您本人操作，无需任何处理。".to_owned(),
    },
    primary_email_mail: |site, username, email| MailText {
        subject: format!("【{site}】您的主邮箱已变更"),
        paragraphs: vec![format!("{email} 已不再是您在“{site}”的账号 @{username} 的主邮箱。")],
        action: "查看我的账号",
        footer: "如果不是您本人操作，您的账号可能已被他人使用。请登录后检查邮箱和已绑定的 QQ，并退出其他所有设备。"
            .to_owned(),
    },
    link_qq_mail: |site| MailText {
        subject: format!("【{site}】将 QQ 绑定到您的账号"),
        paragraphs: vec![
            format!("有人使用尚未注册的 QQ 登录了“{site}”，并申请将它绑定到您的账号。"),
            "如果是您本人操作，请在 15 分钟内使用同一浏览器打开链接。在您确认之前，不会产生任何变更。".to_owned(),
        ],
        action: "查看并绑定",
        footer: "如果不是您本人操作，请忽略此邮件，也不要转发。该链接无法在其他浏览器中使用。".to_owned(),
    },
    qq_linked_mail: |site, username, unlinks_others| MailText {
        subject: format!("【{site}】您的账号绑定了新的 QQ"),
        paragraphs: vec![if unlinks_others {
            format!(
                "通过发送到您邮箱的链接，您在“{site}”的账号 @{username} 绑定了新的 QQ。之前绑定的 QQ 已解绑并退出登录。"
            )
        } else {
            format!("通过发送到您邮箱的链接，您在“{site}”的账号 @{username} 绑定了新的 QQ。")
        }],
        action: "查看我的账号",
        footer: "如果不是您本人操作，他人可能可以读取您的邮件并使用您的账号。请修改邮箱密码，并联系网站管理员。"
            .to_owned(),
    },

    // The operator
    operator_label: "运营者",
    contact_label: "联系我们",
    icp_label: "备案号",
    terms_title: "服务条款",
    privacy_operator_title: "关于本站",
    // Browsers and the mail about a new one.
    device: |Device { browser, system }| match (browser.as_deref().map(browser_name), system) {
        (Some(browser), Some(system)) => format!("{browser}（{system}）"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("未知浏览器（{system}）"),
        (None, None) => "未知浏览器".to_owned(),
    },
    new_browser_mail: |site, username, device, time| MailText {
        subject: format!("【{site}】您的账号在新的浏览器上登录"),
        paragraphs: vec![
            format!("您在“{site}”的账号 @{username} 刚刚在一个未使用过的浏览器上登录。"),
            format!("{device}，{time}"),
            "如果是您本人操作，请忽略此邮件。".to_owned(),
        ],
        action: "查看登录设备",
        footer: "如果不是您本人操作，请立即退出该设备，并修改您的 QQ 密码。".to_owned(),
    },

    privacy_title: "隐私说明",
    privacy_unionid: "我们还会向 QQ 获取您的 unionid，它在同一运营者的各个网站中相同。",
    privacy_scope: |scope| format!("我们还会请您授权使用以下 QQ 接口：{scope}。"),
    privacy_sections: &[
        (
            "保存哪些信息",
            "您的用户名、您填写的邮箱，以及 QQ 提供的标识、昵称和头像。我们还会加密保存一个访问令牌，用于从 QQ 获取您的昵称和头像。每次登录时会记录浏览器和操作系统的名称。",
        ),
        (
            "如何使用",
            "用于在您再次访问时识别您。我们不会向他人提供您的信息，不投放广告，也不加载其他网站的内容，头像同样由本站提供。",
        ),
        (
            "Cookie",
            "登录期间使用一个，前往 QQ 登录或提交表单时使用短期 Cookie（最长十分钟），选择语言或外观后各使用一个。它们不会在其他网站跟踪您。",
        ),
        ("日志", "出于安全考虑，登录和退出时会记录账号编号和部分网络地址，不记录姓名。"),
        ("导出与注销", "您可以在账号页面下载自己的数据、管理登录设备或注销账号。注销立即生效。"),
    ],
    privacy_browsers: "如果您的邮箱已验证，在未使用过的浏览器上登录时，我们会发送邮件提醒您。为识别浏览器，登录时会设置一个包含随机编号的 Cookie，有效期 400 天。它不能用于登录，我们也只保存它的哈希值。",
    privacy_sessions: |idle_days, max_days| {
        format!(
            "{idle_days} 天未访问将自动退出登录，登录状态最长保持 {max_days} 天。账号资料会一直保存，直到您注销账号。"
        )
    },

    not_found: Message { title: "页面不存在", advice: "地址可能有误，或页面已被移动。" },
    forbidden: Message {
        title: "请求已被拦截", advice: "这个请求来自其他网站，因此未被处理。请在本站页面上重试。"
    },
    misdirected: Message {
        title: "访问地址不正确",
        advice: "请使用本站的正式地址访问。如果地址无误，请联系网站管理员查看日志。",
    },
    bad_form: Message {
        title: "无法识别提交的内容", advice: "没有保存任何内容。请返回上一页重新提交。"
    },
    method_not_allowed: Message {
        title: "无法直接访问这个地址", advice: "请使用本站页面上的链接和按钮。"
    },
    rate_limited: |retry_after_secs| ("操作过于频繁".to_owned(), format!("请 {retry_after_secs} 秒后再试。")),
    internal_error: Message { title: "出错了", advice: "这是我们的问题，请稍后重试。" },
    unavailable: Message {
        title: "服务暂时不可用", advice: "网站暂时无法访问数据库，请几秒后重试。"
    },
    request_id: |id| format!("联系网站管理员时，请提供请求编号：{id}"),
};

fn relative_time(RelativeTime { amount, unit, is_past }: RelativeTime) -> String {
    let unit = match unit {
        TimeUnit::Second if is_past => return "刚刚".to_owned(),
        TimeUnit::Second => "秒",
        TimeUnit::Minute => "分钟",
        TimeUnit::Hour => "小时",
        TimeUnit::Day => "天",
    };
    let direction = if is_past { "前" } else { "后" };
    format!("{amount} {unit}{direction}")
}

/// Puts a space between Chinese and Latin text, as is usual.
fn spaced(name: &str) -> String {
    let space = if name.starts_with(|first: char| first.is_ascii_alphanumeric()) { " " } else { "" };
    format!("{space}{name}")
}

const QQ_ACCOUNTS_WARNING: &str =
    "如果不是您本人操作，他人可能正在使用您的账号。请登录后检查绑定的 QQ，并退出其他所有设备。";

fn qq_link_failure(failure: LinkFailure) -> Message {
    match failure {
        LinkFailure::Cancelled => {
            Message { title: "您取消了 QQ 授权", advice: "没有绑定任何 QQ，您可以随时重试。" }
        }
        LinkFailure::Denied => Message {
            title: "QQ 未确认该账号",
            advice: "没有绑定任何 QQ。请重试，并在 QQ 页面登录。",
        },
        LinkFailure::Misconfigured => Message {
            title: "本站的 QQ 登录配置有误",
            advice: "没有绑定任何 QQ。请联系网站管理员。",
        },
        LinkFailure::Unreachable => {
            Message { title: "暂时无法连接 QQ", advice: "没有绑定任何 QQ，请稍后重试。" }
        }
        LinkFailure::Expired => Message {
            title: "确认已过期",
            advice: "没有绑定任何 QQ：等待时间过长，或您在另一个标签页中选择了其他 QQ。请重新开始。",
        },
        LinkFailure::SignedOut => Message {
            title: "从 QQ 返回前，您已退出登录",
            advice: "没有绑定任何 QQ，请重新开始。",
        },
        LinkFailure::OtherUser => Message {
            title: "当前登录的是另一个账号",
            advice: "您是在另一个账号中开始绑定的，因此没有将该 QQ 绑定到当前账号。",
        },
        LinkFailure::AlreadyLinked => Message {
            title: "这个 QQ 已绑定到您的账号",
            advice: "没有任何改变。如需绑定其他 QQ，请在 QQ 页面切换账号。",
        },
        LinkFailure::LinkedElsewhere => Message {
            title: "这个 QQ 已绑定另一个账号",
            advice: "没有任何改变。如需绑定到当前账号，请先用它登录，然后在那个账号中解绑或注销那个账号。",
        },
        LinkFailure::InUse => Message {
            title: "您正在使用这个 QQ 登录",
            advice: "没有解绑。请先用您的另一个 QQ 登录。",
        },
        LinkFailure::LastOne => {
            Message { title: "这是您唯一的登录方式", advice: "没有解绑。请先绑定另一个 QQ。" }
        }
    }
}

fn login_failure(failure: LoginFailure) -> Message {
    match failure {
        LoginFailure::Expired => Message {
            title: "本次登录已过期",
            advice: "可能是等待时间过长、登录链接已被使用，或在其他浏览器中打开。请重新登录。",
        },
        LoginFailure::Cancelled => Message {
            title: "您取消了 QQ 登录",
            advice: "没有创建账号，也没有保存任何信息。您可以随时重新登录。",
        },
        LoginFailure::Denied => {
            Message { title: "需要重新登录 QQ", advice: "QQ 授权已过期或已被取消。" }
        }
        LoginFailure::Misconfigured => Message {
            title: "本站的 QQ 登录配置有误",
            advice: "请联系网站管理员。管理员可运行 qq-login doctor 或查看日志。",
        },
        LoginFailure::Unreachable => {
            Message { title: "暂时无法连接 QQ", advice: "QQ 没有响应或返回异常，请稍后重试。" }
        }
        LoginFailure::Closed => Message {
            title: "本站暂不开放注册",
            advice: "这个 QQ 没有对应的账号。如果您已有账号，请用它绑定的 QQ 登录。",
        },
        LoginFailure::Blocked => Message {
            title: "该账号已被封禁",
            advice: "网站管理员封禁了该账号。如有疑问，请联系管理员。",
        },
        LoginFailure::Cookies => Message {
            title: "浏览器未保存 Cookie",
            advice: "登录需要使用 Cookie。请在浏览器设置中允许本站使用 Cookie，然后重新登录。如果您是在其他应用或浏览器中开始登录的，请回到那里继续。",
        },
    }
}

fn username_error(error: UsernameError) -> &'static str {
    match error {
        UsernameError::Missing => "请输入用户名。",
        UsernameError::TooShort => "用户名至少需要 2 个字符。",
        UsernameError::TooLong => "用户名不能超过 32 个字符。",
        UsernameError::ForbiddenCharacter => "用户名只能包含文字、数字、_ 和 -。",
        UsernameError::ForbiddenStart => "用户名须以文字或数字开头。",
        UsernameError::Reserved => "该用户名为系统保留，请换一个。",
        UsernameError::LookAlikeScripts => "用户名不能混用外形相似的文字，例如拉丁字母和西里尔字母。",
        UsernameError::Taken => "该用户名已被使用，请换一个。",
    }
}

fn email_error(error: EmailError) -> &'static str {
    match error {
        EmailError::Missing => "请输入邮箱。",
        EmailError::Malformed => "请输入一个有效的邮箱地址，例如 name@example.com。",
        EmailError::TooLong => "邮箱地址过长，请换一个。",
    }
}

/// The name that a browser has in China.
fn browser_name(browser: &str) -> &str {
    match browser {
        "WeChat" => "微信",
        "QQ Browser" => "QQ 浏览器",
        "UC Browser" => "UC 浏览器",
        "Huawei Browser" => "华为浏览器",
        "Mi Browser" => "小米浏览器",
        "vivo Browser" => "vivo 浏览器",
        "OPPO Browser" => "OPPO 浏览器",
        "Samsung Internet" => "三星浏览器",
        "Baidu" => "百度",
        "360 Browser" => "360 浏览器",
        "Sogou Browser" => "搜狗浏览器",
        "Alipay" => "支付宝",
        "DingTalk" => "钉钉",
        other => other,
    }
}
