//! The address of a bucket.

/// A bucket and the prefix of the names in it, from `s3://BUCKET/PREFIX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketUrl<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The prefix, without slashes at its ends; empty where there is none.
    pub prefix: &'a str,
}

/// A URL names no bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `s3://BUCKET/PREFIX`, the bucket in lower-case letters, digits, dots and hyphens")]
pub struct BucketUrlError;

impl<'a> BucketUrl<'a> {
    /// Reads the address of a bucket.
    pub fn parse(url: &'a str) -> Result<Self, BucketUrlError> {
        let path = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if bucket.is_empty() || !bucket.chars().all(allowed) {
            return Err(BucketUrlError);
        }
        Ok(Self { bucket, prefix: prefix.trim_matches('/') })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_read_with_its_prefix() {
        assert_eq!(BucketUrl::parse("s3://books"), Ok(BucketUrl { bucket: "books", prefix: "" }));
        assert_eq!(BucketUrl::parse("s3://books/of/ours/"), Ok(BucketUrl { bucket: "books", prefix: "of/ours" }));
    }

    #[test]
    fn an_address_that_names_no_bucket_is_refused() {
        for wrong in ["s3:", "s3://", "s3:///books", "s3://key:secret@books", "s3://Books", "s3://books?x=1"] {
            assert!(BucketUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
