//! Where a form may lead.

use std::fmt;

use url::{Host, Url};

/// A source for the `form-action` directive (Content Security Policy 3 §6.4.2).
///
/// After a post the provider redirects to the client or to an upstream, and
/// browsers apply `form-action` to redirects too. So each page names the
/// origins it can lead to. It is made from a URL only, so that nothing else
/// gets into the header.
///
/// ```
/// use ciam_idp::page::FormTarget;
/// use url::Url;
///
/// let web = Url::parse("https://shop.example/callback?x=1")?;
/// assert_eq!(FormTarget::of(&web).unwrap().as_str(), "https://shop.example");
///
/// let native = Url::parse("com.example.app:/callback")?;
/// assert_eq!(FormTarget::of(&native).unwrap().as_str(), "com.example.app:");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormTarget(String);

impl FormTarget {
    /// The origin of a web URL, or the scheme of a native app's (RFC 8252 §7.1).
    ///
    /// `None` for a URL that no redirect may lead to.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let scheme = url.scheme();
        match scheme {
            "https" | "http" => match url.host()? {
                // A source has no syntax for an IPv6 address: only the scheme is left.
                Host::Ipv6(_) => Some(Self(format!("{scheme}:"))),
                Host::Ipv4(_) | Host::Domain(_) => {
                    let origin = url.origin().ascii_serialization();
                    is_plain_host(url.host_str()?).then_some(Self(origin))
                }
            },
            "javascript" | "data" | "blob" | "file" | "about" | "vbscript" | "filesystem"
            | "ws" | "wss" | "ftp" => None,
            // The URL parser leaves only letters, digits, `+`, `-` and `.` in a scheme.
            _ => Some(Self(format!("{scheme}:"))),
        }
    }

    /// Wherever the client leads on to.
    ///
    /// Chromium checks every step of a chain of redirects, so a form that leads to
    /// a client which is a broker itself, and sends the person on to an
    /// application of its own, needs more than the client's origin. Who that
    /// application is, the provider cannot know. With `https` it is any web page
    /// over TLS; without, for a demo on loopback, any web page.
    #[must_use]
    pub fn onward(https: bool) -> Self {
        // The source `http:` matches https too (Content Security Policy 3 §6.7.2.9).
        Self(if https { "https:" } else { "http:" }.to_owned())
    }

    /// The source as it stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FormTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// The URL parser lets `;`, `,` and `*` pass in a host, and these mean something
// in the header.
fn is_plain_host(host: &str) -> bool {
    host.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}
