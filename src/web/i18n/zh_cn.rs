use super::{Message, Messages};
use crate::login::LoginFailure;
use crate::validation::{EmailError, UsernameError};

pub(super) static MESSAGES: Messages = Messages {
    site_name: "QQ 登录站",
    skip_to_content: "跳到正文",
    language: "语言",
    theme: "外观",
    theme_system: "跟随系统",
    theme_light: "浅色",
    theme_dark: "深色",
    sandbox_note: "当前使用本机的 QQ 沙盒，不会连接真正的 QQ。",
    error_prefix: "错误：",

    home_title: "欢迎",
    home_lead: "用您的 QQ 账号登录，无需再记一个密码。",
    home_greeting: |name| format!("您好，{name}"),
    home_signed_in: "您已登录。",
    to_account: "查看我的账号",
    to_home: "回到首页",

    login_title: "登录",
    login_qq: "QQ登录",
    login_qq_busy: "正在前往 QQ…",
    login_privacy: "我们会从 QQ 得到您的昵称、头像和专用于本站的标识，看不到您的 QQ 号、好友和密码。",
    login_next: |path| format!("登录后将回到 {path}"),
    login_again: "重新登录",

    register_title: "完善账号",
    register_welcome: |nickname| format!("您好，{nickname}"),
    register_welcome_nameless: "您好",
    register_lead: "这是您第一次用这个 QQ 登录。选一种方式创建账号，两种都不需要密码。",
    auto_title: "一键创建",
    auto_lead: "由我们为您起一个用户名，立即登录，不必填写任何资料。",
    auto_submit: "一键创建账号",
    form_title: "自己填写",
    form_lead: "自己选一个用户名，并留下邮箱。两项都必填。",
    form_submit: "创建账号",
    form_busy: "正在创建…",
    form_kept: "您填写的内容仍保留在下面的表单中。",
    form_problem: "请修正以下问题",
    username: "用户名",
    username_hint: "3–32 个字符：文字、数字、_ 和 -。",
    username_checking: "正在检查…",
    username_available: "这个用户名可以使用。",
    email: "邮箱",
    email_hint: "例如 name@example.com",

    account_title: "我的账号",
    account_username: "用户名",
    account_nickname: "QQ 昵称",
    account_no_nickname: "QQ 未提供",
    account_email: "邮箱",
    account_no_email: "未填写",
    account_email_verified: "已验证",
    account_email_unverified: "未验证",
    account_token: "QQ 授权",
    account_token_obtained: "获取于",
    account_token_expires: "有效期至",
    account_token_stale: Message {
        title: "暂时无法续期 QQ 授权",
        advice: "QQ 没有响应。您仍处于登录状态，本站可以照常使用。",
    },
    permission_state: "状态",
    permission_good: "有效",
    permission_ending: "即将到期",
    permission_ended: "已到期",
    permission_ends_soon: "授权即将到期。可以现在续期；否则到期时会自动续期，或由 QQ 再次征求您的同意。",
    permission_renew: "立即续期",
    permission_renewed: "授权已续期。",
    portrait_update: "从 QQ 更新",
    portrait_updated: "昵称和头像已是最新。",
    portrait_partly: "QQ 没有给出全部内容，缺少的部分保持不变。请稍后再试。",
    portrait_unavailable: "QQ 没有响应，昵称和头像保持不变。请稍后再试。",
    portrait_refused: "QQ 拒绝向本站提供昵称和头像。这不是您能解决的问题，请告知本站管理员。",
    asking_qq: "正在联系 QQ…",
    try_again: "重试",
    somebody_else: Message {
        title: "您从 QQ 返回时登录的是另一个账号", advice: "此前在这里登录的账号已退出。"
    },
    logout: "退出登录",
    logout_note: "退出本站不会退出 QQ：您可能仍在这台设备上登录着 QQ。",
    account_more: "账号的更多操作",
    account_export: "下载我的数据",
    sessions_title: "已登录的浏览器",
    sessions_lead: "每一行是一个登录了您账号的浏览器。不再使用的，请在这里退出。",
    sessions_this: "当前浏览器",
    sessions_began: "登录时间：",
    sessions_seen: "最近使用：",
    sessions_end: "退出该浏览器",
    sessions_end_others: "退出其他所有浏览器",
    sessions_ended: "已退出。",
    delete_title: "注销账号",
    delete_lead: "此操作无法撤销。注销账号后：",
    delete_means: &[
        "您的用户名、邮箱、昵称、头像以及与 QQ 的关联会立即删除。",
        "您会在所有浏览器中退出登录。",
        "您的 QQ 本身不受影响。再次登录时将重新开始。",
        "您在 QQ 给本站的授权仍会留在 QQ 的授权列表中，需要您在那里自行取消。",
    ],
    delete_submit: "永久注销我的账号",
    delete_back: "保留我的账号",
    deleted: "您的账号及其全部资料已删除。",

    privacy_title: "隐私说明",
    privacy_unionid: "此外，我们还会向 QQ 索取在同一运营者的各网站中相同的标识（unionid）。",
    privacy_scope: |calls| format!("此外，我们还会请您在 QQ 授权使用：{calls}。"),
    privacy: &[
        (
            "保存哪些内容",
            "您的用户名、您填写的邮箱，以及 QQ 告知的标识、昵称和头像。还有用来向 QQ 查询昵称和头像的凭证，它以加密方式保存。",
        ),
        ("用途", "用于在您再次访问时认出您。不会转交他人，没有广告，也不从其他网站加载任何内容：头像同样由本站提供。"),
        ("Cookie", "登录期间一个，前往 QQ 期间一个（十分钟）；选择语言或外观后各有一个。它们都不会在别的网站跟踪您。"),
        ("日志", "出于安全，登录和退出会记录账号编号和部分网络地址，不记录姓名。"),
        ("带走与删除", "在账号页面可以下载全部资料的副本、查看已登录的浏览器，也可以注销账号，立即生效。"),
    ],
    privacy_sessions: |idle_days, max_days| {
        format!("{idle_days} 天没有访问会自动退出登录，最长 {max_days} 天后退出。账号资料会一直保存，直到您注销账号。")
    },

    not_found: Message { title: "找不到这个页面", advice: "地址可能有误，或页面已被移走。" },
    forbidden: Message {
        title: "请求被拒绝",
        advice: "这个请求来自其他网站，因此没有执行。请在本站的页面上重新操作。",
    },
    misdirected: Message { title: "地址不属于本站", advice: "请通过本站的正式地址访问。" },
    bad_form: Message {
        title: "无法读懂提交的内容", advice: "没有保存任何内容。请返回上一页重新填写。"
    },
    wrong_method: Message { title: "不支持这种请求方式", advice: "请从本站的页面上操作。" },
    too_many: |seconds| ("操作过于频繁".to_owned(), format!("请在 {seconds} 秒后再试。")),
    broken: Message {
        title: "出了点问题", advice: "这是我们的问题，不是您的操作有误。请稍后再试。"
    },
    unavailable: Message {
        title: "暂时无法使用", advice: "网站暂时无法使用数据库。请几秒后再试。"
    },
    request_id: |id| format!("向网站管理员反映时，请提供此编号：{id}"),
    failure,
    username_problem,
    email_problem,
};

fn failure(failure: LoginFailure) -> Message {
    match failure {
        LoginFailure::Expired => Message {
            title: "本次登录已过期",
            advice: "登录用时过长、链接已被使用过，或是在另一个浏览器中打开。请重新登录。",
        },
        LoginFailure::Cancelled => Message {
            title: "您取消了 QQ 登录",
            advice: "没有创建账号，也没有保存任何内容。您可以随时重新登录。",
        },
        LoginFailure::Denied => Message {
            title: "QQ 要求您重新登录", advice: "这次授权已失效或被撤销。请重新登录。"
        },
        LoginFailure::Misconfigured => Message {
            title: "本站的 QQ 登录配置有误",
            advice: "您无法解决这个问题，请联系站点管理员。管理员可运行 qq-login doctor 或查看日志。",
        },
        LoginFailure::Unreachable => {
            Message { title: "暂时无法连接 QQ", advice: "QQ 没有响应或响应异常。请稍后再试。" }
        }
        LoginFailure::Closed => Message {
            title: "本站暂不开放注册",
            advice: "这个 QQ 没有对应的账号。如果您另有账号，请换用那个 QQ 登录。",
        },
    }
}

fn username_problem(problem: UsernameError) -> &'static str {
    match problem {
        UsernameError::Missing => "请填写用户名。",
        UsernameError::TooShort => "用户名太短，至少需要 3 个字符。",
        UsernameError::TooLong => "用户名太长，最多 32 个字符。",
        UsernameError::ForbiddenCharacter => "用户名只能包含文字、数字、_ 和 -。",
        UsernameError::Reserved => "这个用户名是保留词，请换一个。",
        UsernameError::LookAlikeScripts => "请不要混用外形相近的不同文字（如拉丁字母与西里尔字母）。",
        UsernameError::Taken => "这个用户名已被使用，请换一个。",
    }
}

fn email_problem(problem: EmailError) -> &'static str {
    match problem {
        EmailError::Missing => "请填写邮箱。",
        EmailError::Malformed => "请填写一个邮箱地址，例如 name@example.com。",
        EmailError::TooLong => "这个邮箱地址太长。",
    }
}
