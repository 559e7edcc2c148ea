//! Which addresses may be called. A channel's address is chosen in a browser; it must not become a way into the server's
//! own network.
//!
//! A name is resolved once, every address it has is checked, and the connection goes to a checked address: what a name
//! resolves to later does not matter.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::Arc;

use ipnet::IpNet;

/// A name with more addresses than this is refused.
const ADDRESSES_MAX: usize = 64;

/// Answers with credentials to whoever asks from inside a cloud. No configuration allows them.
const METADATA: [IpAddr; 9] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), // AWS, Azure, Google Cloud and others
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),   // AWS, containers
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),  // AWS, Kubernetes
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),   // Azure's host
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), // Alibaba Cloud
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),     // Oracle Cloud
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)), // Google Cloud
];

/// Not the public internet, by IANA's special-purpose registries (RFC 6890).
const REFUSED_V4: [(&str, [u8; 4], u8); 14] = [
    ("unspecified", [0, 0, 0, 0], 8),
    ("private", [10, 0, 0, 0], 8),
    ("private", [100, 64, 0, 0], 10),
    ("loopback", [127, 0, 0, 0], 8),
    ("link-local", [169, 254, 0, 0], 16),
    ("private", [172, 16, 0, 0], 12),
    ("reserved", [192, 0, 0, 0], 24),
    ("reserved", [192, 0, 2, 0], 24),
    ("private", [192, 168, 0, 0], 16),
    ("reserved", [198, 18, 0, 0], 15),
    ("reserved", [198, 51, 100, 0], 24),
    ("reserved", [203, 0, 113, 0], 24),
    ("multicast", [224, 0, 0, 0], 4),
    ("reserved", [240, 0, 0, 0], 4),
];

const REFUSED_V6: [(&str, [u16; 2], u8); 8] = [
    ("reserved", [0x0100, 0], 16),
    ("private", [0xfc00, 0], 7),
    ("link-local", [0xfe80, 0], 10),
    ("private", [0xfec0, 0], 10),
    ("multicast", [0xff00, 0], 8),
    ("reserved", [0x2001, 0], 32),
    ("reserved", [0x2001, 0x0db8], 32),
    ("reserved", [0x3fff, 0], 20),
];

/// Why an address is not called. Does not name the address: the text is shown to whoever set up the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forbidden(pub &'static str);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the host is at a {} address, which the server's configuration does not allow to be called",
            self.0
        )
    }
}

impl std::error::Error for Forbidden {}

/// Finds the addresses of a name. The system's resolver outside of tests.
pub trait Lookup: Send + Sync + fmt::Debug {
    fn lookup(&self, host: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

#[derive(Debug)]
pub(crate) struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Resolves and checks.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    networks_allowed: Arc<[IpNet]>,
    lookup: Arc<dyn Lookup>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum GateError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("the host's name cannot be resolved")]
    Unresolved,
}

impl Gate {
    pub(crate) fn new(networks_allowed: &[IpNet], lookup: Arc<dyn Lookup>) -> Self {
        Self { networks_allowed: networks_allowed.into(), lookup }
    }

    pub(crate) fn check(&self, address: IpAddr) -> Result<(), Forbidden> {
        let real = unwrap_address(address);
        if METADATA.contains(&real) || METADATA.contains(&address) {
            return Err(Forbidden("metadata service's"));
        }
        let Some(network) = refused_network(real).or_else(|| refused_network(address)) else { return Ok(()) };
        let is_allowed =
            self.networks_allowed.iter().any(|allowed| allowed.contains(&real) || allowed.contains(&address));
        if is_allowed { Ok(()) } else { Err(Forbidden(network)) }
    }

    /// All addresses of a host, if all may be called. The host is a name or an address.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, GateError> {
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let addresses = match bare.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => self.lookup.lookup(bare.to_owned()).await.map_err(|_| GateError::Unresolved)?,
        };
        if addresses.is_empty() || addresses.len() > ADDRESSES_MAX {
            return Err(GateError::Unresolved);
        }
        for address in &addresses {
            self.check(*address)?;
        }
        Ok(addresses)
    }
}

fn refused_network(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => {
            let bits = v4.to_bits();
            let hit = REFUSED_V4.iter().find(|(_, network, length)| {
                let shift = 32 - u32::from(*length);
                bits >> shift == u32::from_be_bytes(*network) >> shift
            });
            hit.map(|(name, _, _)| *name)
        }
        IpAddr::V6(v6) => {
            if v6.is_loopback() {
                return Some("loopback");
            }
            let segments = v6.segments();
            if v6.is_unspecified() {
                return Some("unspecified");
            }
            // What is left of ::/16 after unwrapping is translation and compatibility space, never a public host.
            if segments[0] == 0 {
                return Some("reserved");
            }
            let start = (u32::from(segments[0]) << 16) | u32::from(segments[1]);
            let hit = REFUSED_V6.iter().find(|(_, network, length)| {
                let shift = 32 - u32::from(*length);
                let network = (u32::from(network[0]) << 16) | u32::from(network[1]);
                start >> shift == network >> shift
            });
            hit.map(|(name, _, _)| *name)
        }
    }
}

/// The IPv4 address that an IPv6 address stands for, where one does: mapped, compatible, translated, NAT64, 6to4, ISATAP.
fn unwrap_address(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let s = v6.segments();
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)));
    let is_mapped = s[..5] == [0; 5] && s[5] == 0xffff;
    let is_compatible = s[..6] == [0; 6] && (s[6] != 0 || s[7] > 1);
    let is_translated = s[..4] == [0; 4] && s[4] == 0xffff && s[5] == 0;
    let is_nat64 = s[0] == 0x64 && s[1] == 0xff9b && (s[2..6] == [0; 4] || s[2] == 1);
    let is_isatap = (s[4] == 0 || s[4] == 0x200) && s[5] == 0x5efe;
    if is_mapped || is_compatible || is_translated || is_nat64 || is_isatap {
        return v4(s[6], s[7]);
    }
    if s[0] == 0x2002 {
        return v4(s[1], s[2]);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(allowed: &[&str]) -> Gate {
        let networks: Vec<IpNet> = allowed.iter().map(|network| network.parse().unwrap()).collect();
        Gate::new(&networks, Arc::new(SystemLookup))
    }

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        let cases = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.1.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "ff02::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::10.0.0.1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::1",
            "2001::1",
            "2001:db8::1",
            "2606:4700::5efe:7f00:1",
            "::ffff:169.254.169.254",
            "100::1",
        ];
        for case in cases {
            assert!(gate(&[]).check(case.parse().unwrap()).is_err(), "{case}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for case in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "64:ff9b::8.8.8.8",
            "2a00::1",
        ] {
            assert_eq!(gate(&[]).check(case.parse().unwrap()), Ok(()), "{case}");
        }
    }

    #[test]
    fn the_configuration_allows_all_but_metadata() {
        let open = gate(&["0.0.0.0/0", "::/0"]);
        for case in ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd12::1", "169.254.1.1"] {
            assert_eq!(open.check(case.parse().unwrap()), Ok(()), "{case}");
        }
        for case in [
            "169.254.169.254",
            "fd00:ec2::254",
            "100.100.100.200",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert_eq!(open.check(case.parse().unwrap()), Err(Forbidden("metadata service's")), "{case}");
        }
        assert_eq!(gate(&["127.0.0.0/8"]).check("10.0.0.1".parse().unwrap()), Err(Forbidden("private")));
    }
}
