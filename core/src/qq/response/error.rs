/// Why a response body is unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedResponse {
    #[error("the body is empty")]
    Empty,
    /// The rest of the body was not read.
    #[error("the body is too large")]
    TooLarge,
    #[error("the body is not UTF-8")]
    NotUtf8,
    #[error("the body is a web page")]
    Html,
    #[error("the body is truncated")]
    Truncated,
    /// Neither a form, nor a JSON object, nor a JSON object in `callback( … );`.
    #[error("the body is not a form, JSON or JSONP")]
    UnknownFormat,
    /// Two parsers could read different values.
    #[error("a field is duplicated")]
    DuplicateField,
    #[error("the error has no numeric code")]
    ErrorWithoutCode,
    /// A required field is missing, or has another type than documented.
    #[error("the fields are not as documented")]
    UnexpectedSchema,
    /// `/me` returned another openid than the token endpoint did.
    #[error("two responses about one token differ in the openid")]
    InconsistentOpenid,
    #[error("{0} is missing")]
    MissingField(&'static str),
    #[error("{0} is invalid")]
    InvalidField(&'static str),
}
