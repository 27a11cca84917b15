//! Reads a `multipart/form-data` body, as far as uploads need it.

/// A part of the body.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// The parts of a body; none when it isn't well-formed.
pub(crate) fn read(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = content_type.split("boundary=").nth(1)?.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = &body[find(body, mark.as_bytes())? + mark.len()..];
    while !rest.starts_with(b"--") {
        let end = find(rest, format!("\r\n{mark}").as_bytes())?;
        let part = &rest[..end];
        let head = find(part, b"\r\n\r\n")?;
        let headers = String::from_utf8_lossy(&part[..head]).into_owned();
        let field = |name: &str| {
            let after = headers.split(&format!("; {name}=\"")).nth(1)?;
            after.split('"').next().map(str::to_owned)
        };
        parts.push(Part { name: field("name")?, file: field("filename"), bytes: part[head + 4..].to_vec() });
        rest = &rest[end + 2 + mark.len()..];
    }
    Some(parts)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
