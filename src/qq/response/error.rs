/// Why a response body is unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedResponse {
    /// The body is empty or only white space.
    #[error("the body is empty")]
    Empty,
    /// The body exceeds the size limit. The rest was not read.
    #[error("the body is too large")]
    TooLarge,
    /// The body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The body is a web page.
    #[error("the body is a web page")]
    Html,
    /// The body ends early.
    #[error("the body is truncated")]
    Truncated,
    /// The body is not a form, a JSON object, or a JSON object in `callback( … );`.
    #[error("the body is not a form, JSON or JSONP")]
    UnknownFormat,
    /// A field occurs twice, so two parsers could read different values.
    #[error("a field is duplicated")]
    DuplicateField,
    /// The body reports an error without a numeric code.
    #[error("the error has no numeric code")]
    ErrorWithoutCode,
    /// A required field is missing, or has another type than documented.
    #[error("the fields are not as documented")]
    UnexpectedSchema,
    /// The named field is missing.
    #[error("{0} is missing")]
    MissingField(&'static str),
    /// The named field has an impossible value.
    #[error("{0} is invalid")]
    InvalidField(&'static str),
}
