//! The model's enums in snapshots, by the names they have everywhere: the model itself knows no serialisation.

macro_rules! by_name {
    ($module:ident, $type:ty) => {
        pub(crate) mod $module {
            use serde::de::Error;
            use serde::{Deserialize, Deserializer, Serializer};

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(value.as_str())
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                <$type>::parse(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is unknown")))
            }
        }
    };
}

by_name!(kind, hawkeye_model::AnomalyKind);
by_name!(severity, hawkeye_model::Severity);
by_name!(measure, hawkeye_model::Measure);

/// A histogram in its own compact form.
pub(crate) mod histogram {
    use hawkeye_model::Histogram;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Histogram, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&value.encode())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Histogram, D::Error> {
        let bytes = <Vec<u8>>::deserialize(deserializer)?;
        Histogram::decode(&bytes).map_err(D::Error::custom)
    }
}
