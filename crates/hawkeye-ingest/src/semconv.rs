//! OpenTelemetry's semantic conventions: which attribute tells which fact, in the new names, the old ones, or both.
//!
//! Each fact has a [`Slot`]; the number in a line below is the name's rank, and rank 0 wins. So a span that
//! carries both conventions (`http/dup`) tells each fact once.

use opentelemetry_proto::tonic::common::v1::KeyValue;

use crate::attributes::Slot;

/// What the attributes of a span tell about a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SpanFacts<'a> {
    pub(crate) method: Slot<'a>,
    pub(crate) status: Slot<'a>,
    pub(crate) route: Slot<'a>,
    /// A path or a whole URL, perhaps with a query.
    pub(crate) target: Slot<'a>,
    pub(crate) url: Slot<'a>,
    /// The host that a client span called, perhaps with a port.
    pub(crate) peer: Slot<'a>,
    pub(crate) rpc_system: Slot<'a>,
    pub(crate) rpc_service: Slot<'a>,
    pub(crate) rpc_method: Slot<'a>,
    pub(crate) rpc_status: Slot<'a>,
    pub(crate) operation: Slot<'a>,
    pub(crate) destination: Slot<'a>,
    pub(crate) destination_is_temporary: Slot<'a>,
    pub(crate) error_type: Slot<'a>,
    pub(crate) consumer: Slot<'a>,
    pub(crate) size_in: Slot<'a>,
    pub(crate) size_out: Slot<'a>,
    pub(crate) synthetic: Slot<'a>,
}

impl<'a> SpanFacts<'a> {
    pub(crate) fn of(attributes: &'a [KeyValue]) -> Self {
        let mut facts = Self::default();
        for attribute in attributes {
            facts.read(attribute);
        }
        facts
    }

    fn read(&mut self, attribute: &'a KeyValue) {
        let (slot, rank) = match attribute.key.as_str() {
            "http.request.method" => (&mut self.method, 0),
            "http.method" => (&mut self.method, 1),

            "http.response.status_code" => (&mut self.status, 0),
            "http.status_code" => (&mut self.status, 1),

            "http.route" => (&mut self.route, 0),
            "url.template" => (&mut self.route, 1),

            "url.path" => (&mut self.target, 0),
            // Old Flask metrics put the template here, but on spans it is the concrete path.
            "http.target" => (&mut self.target, 1),

            "url.full" => (&mut self.url, 0),
            "http.url" => (&mut self.url, 1),

            "server.address" => (&mut self.peer, 0),
            "net.peer.name" => (&mut self.peer, 1),
            "http.host" => (&mut self.peer, 2),
            "http.server_name" => (&mut self.peer, 3),
            "peer.service" => (&mut self.peer, 4),
            "network.peer.address" => (&mut self.peer, 5),
            "net.sock.peer.addr" => (&mut self.peer, 6),
            "net.peer.ip" => (&mut self.peer, 7),

            "rpc.system.name" => (&mut self.rpc_system, 0),
            "rpc.system" => (&mut self.rpc_system, 1),
            "rpc.service" => (&mut self.rpc_service, 0),
            "rpc.method" => (&mut self.rpc_method, 0),
            "rpc.response.status_code" => (&mut self.rpc_status, 0),
            "rpc.grpc.status_code" => (&mut self.rpc_status, 1),
            "rpc.connect_rpc.error_code" => (&mut self.rpc_status, 2),

            "messaging.operation.type" => (&mut self.operation, 0),
            "messaging.operation.name" => (&mut self.operation, 1),
            "messaging.operation" => (&mut self.operation, 2),
            "messaging.destination.template" => (&mut self.destination, 0),
            "messaging.destination.name" => (&mut self.destination, 1),
            "messaging.destination" => (&mut self.destination, 2),
            "messaging.destination.temporary" => (&mut self.destination_is_temporary, 0),

            "error.type" => (&mut self.error_type, 0),

            "enduser.id" => (&mut self.consumer, 0),
            "session.id" => (&mut self.consumer, 1),
            "hawkeye.consumer" => (&mut self.consumer, 2),

            "http.request.body.size" => (&mut self.size_in, 0),
            "http.request_content_length" => (&mut self.size_in, 1),
            "messaging.message.body.size" => (&mut self.size_in, 2),
            "http.response.body.size" => (&mut self.size_out, 0),
            "http.response_content_length" => (&mut self.size_out, 1),

            "user_agent.synthetic.type" => (&mut self.synthetic, 0),
            _ => return,
        };
        slot.offer(rank, attribute.value.as_ref());
    }
}

/// What the attributes of a resource tell about the process that sent the spans.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ResourceFacts<'a> {
    pub(crate) service: Slot<'a>,
    pub(crate) namespace: Slot<'a>,
    pub(crate) version: Slot<'a>,
    pub(crate) instance: Slot<'a>,
    pub(crate) deployment: Slot<'a>,
    pub(crate) provider: Slot<'a>,
    pub(crate) region: Slot<'a>,
}

impl<'a> ResourceFacts<'a> {
    pub(crate) fn of(attributes: &'a [KeyValue]) -> Self {
        let mut facts = Self::default();
        for attribute in attributes {
            facts.read(attribute);
        }
        facts
    }

    fn read(&mut self, attribute: &'a KeyValue) {
        let (slot, rank) = match attribute.key.as_str() {
            "service.name" => (&mut self.service, 0),
            "service.namespace" => (&mut self.namespace, 0),
            "service.version" => (&mut self.version, 0),

            "service.instance.id" => (&mut self.instance, 0),
            "k8s.pod.name" => (&mut self.instance, 1),
            "host.name" => (&mut self.instance, 2),

            "deployment.environment.name" => (&mut self.deployment, 0),
            "deployment.environment" => (&mut self.deployment, 1),
            "cloud.provider" => (&mut self.provider, 0),
            "cloud.region" => (&mut self.region, 0),
            _ => return,
        };
        slot.offer(rank, attribute.value.as_ref());
    }
}
