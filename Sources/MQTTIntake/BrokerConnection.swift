import CMosquitto
import Glibc

/// Where the messages of all connections of one client are gathered.
final class MessageInbox {
    var batch = MessageBatch()
}

/// One connection to a broker, from dialling to its end: the only type that calls libmosquitto.
///
/// libmosquitto queues a PUBACK before it shows us the message. `mosquitto_threaded_set` keeps it
/// from writing that queue on its own, so that nothing but `flush` sends anything.
@safe final class BrokerConnection {
    enum Event: Equatable {
        case accepted(sessionPresent: Bool)
        case subscribed(packet: Int32, quality: Int)
        case unsubscribed(packet: Int32)
        case published(packet: Int32, refusal: String?)
    }

    enum Reading { case progress, drained }

    /// libmosquitto must be initialised once in a process, before anything else.
    private static let libraryReady = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

    private let inbox: MessageInbox
    private let settings: BrokerSettings
    private var handle: OpaquePointer
    private var events: [Event] = []
    private var lastComplaint = ""
    /// Why the connection ended; `nil` while it lives.
    private(set) var failure: BrokerFailure?

    /// Prepares a connection without opening it.
    init(settings: BrokerSettings, inbox: MessageInbox) throws(BrokerFailure) {
        self.inbox = inbox
        self.settings = settings
        precondition(Self.libraryReady, "libmosquitto could not be initialised")
        guard
            let handle = unsafe mosquitto_new(settings.clientID, !settings.keepsSession, nil)
        else { throw .refused("the client id '\(settings.clientID)' is not valid") }
        unsafe self.handle = handle
        unsafe mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        try configure()
        listen()
    }

    // Destroying frees the queue without writing it, so no PUBACK leaves here.
    deinit { unsafe mosquitto_destroy(handle) }

    /// The descriptor to wait on, or -1.
    var socket: Int32 { unsafe mosquitto_socket(handle) }
    /// Whether something waits to be written.
    var wantsWrite: Bool { unsafe mosquitto_want_write(handle) }

    /// Starts to connect; only resolving the name can block.
    func dial() {
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if settings.version == .v5 && settings.keepsSession {
            let expiry = settings.sessionExpiry.components.seconds
            unsafe mosquitto_property_add_int32(
                &properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL.code,
                UInt32(clamping: expiry))
        }
        let address = settings.address
        // Only the blocking connect takes properties, and it could block for two minutes. It keeps
        // them for later connects before it refuses a keep-alive of 1 s, so it is asked for that.
        unsafe mosquitto_connect_bind_v5(
            handle, address.host, Int32(address.port), 1, nil, properties)
        let keepAlive = Int32(clamping: max(5, settings.keepAlive.components.seconds))
        errno = 0
        let code = unsafe mosquitto_connect_bind_async(
            handle, address.host, Int32(address.port), keepAlive, nil)
        let cause = errno
        if code > 0 { ended(code, cause) } else { noticeHalfOpenLinks(keepAlive: keepAlive) }
    }

    /// Reads what is there, one packet or a few.
    func read() -> Reading {
        let before = inbox.batch.count
        errno = 0
        let code = unsafe mosquitto_loop_read(handle, 1)
        let cause = errno
        if code != MOSQ_ERR_SUCCESS.code {
            ended(code, cause)
        } else if socket < 0 {
            ended(MOSQ_ERR_CONN_LOST.code, 0)
        }
        // A message leaves EAGAIN behind as well, from the library's full and unread wake pipe.
        return inbox.batch.count == before && cause == EAGAIN ? .drained : .progress
    }

    /// Writes the queue, PUBACKs included, until it is empty or the socket takes no more.
    func flush() {
        guard failure == nil, wantsWrite else { return }
        // The library writes each packet on its own; corked, a thousand PUBACKs are a few segments
        // on the wire. Uncorked they were 30 times as many.
        setOption(IPPROTO_TCP, TCP_CORK, 1)
        errno = 0
        let code = unsafe mosquitto_loop_write(handle, 1)
        let cause = errno
        if code != MOSQ_ERR_SUCCESS.code { ended(code, cause) }
        setOption(IPPROTO_TCP, TCP_CORK, 0)
    }

    /// Keeps the link alive; only queues, as everything but `flush` does.
    func housekeep() {
        guard failure == nil else { return }
        errno = 0
        let code = unsafe mosquitto_loop_misc(handle)
        let cause = errno
        if code != MOSQ_ERR_SUCCESS.code { ended(code, cause) }
    }

    func takeEvents() -> [Event] {
        guard !events.isEmpty else { return [] }
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// Queues a QoS 1 message and gives its packet id, or the library's reason against it.
    func publish(topic: String, payload: [UInt8], retain: Bool) -> Result<Int32, LibraryRefusal> {
        var packet: Int32 = 0
        let code = unsafe mosquitto_publish_v5(
            handle, &packet, topic, Int32(payload.count), payload, 1, retain, nil)
        return outcome(code, packet)
    }

    /// Queues a subscription with QoS 1.
    ///
    /// QoS 2 would lose messages: libmosquitto keeps the payload in memory until PUBREL comes. With
    /// MQTT 5, what is retained comes only if the session did not have the subscription already.
    func subscribe(to filter: String) -> Result<Int32, LibraryRefusal> {
        var packet: Int32 = 0
        let options = settings.version == .v5 ? Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue) : 0
        let code = unsafe mosquitto_subscribe_v5(handle, &packet, filter, 1, options, nil)
        return outcome(code, packet)
    }

    /// Queues the end of a subscription.
    func unsubscribe(from filter: String) -> Result<Int32, LibraryRefusal> {
        var packet: Int32 = 0
        let code = unsafe mosquitto_unsubscribe(handle, &packet, filter)
        return outcome(code, packet)
    }

    /// Whether a message can have this topic.
    static func canPublish(to topic: String) -> Bool {
        unsafe !topic.isEmpty && mosquitto_pub_topic_check(topic) == MOSQ_ERR_SUCCESS.code
    }

    /// Writes the queue and a DISCONNECT, and waits until the broker has hung up.
    ///
    /// Nothing is read through the library, for a message read now would be acknowledged by the
    /// same write. Closing a socket with unread bytes in it resets it, and the broker might never
    /// see our last words: so a second descriptor keeps it open, and those bytes are thrown away.
    func leave(within limit: Duration, clock: ContinuousClock) {
        let end = clock.now + limit
        let spare = dup(socket)
        defer { close(spare) }
        unsafe mosquitto_disconnect(handle)
        flush()
        while failure == nil, wantsWrite, socket >= 0, clock.now < end {
            _ = Awaited.first(
                socket: socket, for: .writing, bell: -1, within: clock.now.duration(to: end))
            flush()
        }
        shutdown(spare, Int32(SHUT_WR))
        var waste = [UInt8](repeating: 0, count: 1 << 16)
        while clock.now < end {
            let count = unsafe recv(spare, &waste, waste.count, Int32(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN) { break }
            guard count < 0 else { continue }
            _ = Awaited.first(
                socket: spare, for: .reading, bell: -1, within: clock.now.duration(to: end))
        }
    }

    /// What the library says against a request that it can never carry out.
    struct LibraryRefusal: Error {
        var code: Int32
        var reason: String
    }

    private func outcome(_ code: Int32, _ packet: Int32) -> Result<Int32, LibraryRefusal> {
        guard code != MOSQ_ERR_SUCCESS.code else { return .success(packet) }
        return .failure(LibraryRefusal(code: code, reason: text(of: code, errno)))
    }
}

// MARK: - Setting up

extension BrokerConnection {
    private func configure() throws(BrokerFailure) {
        unsafe mosquitto_threaded_set(handle, true)
        let version = settings.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        unsafe mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version)
        // Both default to 20, which would hold a batch to 20 messages.
        let inFlight = Int32(min(max(1, settings.receiveMaximum), 65_535))
        unsafe mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, inFlight)
        unsafe mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, 65_535)
        unsafe mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        if let user = settings.username ?? settings.address.user {
            try check(
                unsafe mosquitto_username_pw_set(handle, user, settings.password), "user name")
        }
        if let status = settings.status {
            try check(
                unsafe mosquitto_will_set(
                    handle, status.topic, Int32(status.offline.count), status.offline, 1, true),
                "status topic '\(status.topic)'")
        }
        guard settings.address.isEncrypted else { return }
        let security = settings.security
        if security.authorityFile == nil && security.authorityDirectory == nil {
            unsafe mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1)
        }
        let code = unsafe mosquitto_tls_set(
            handle, security.authorityFile, security.authorityDirectory,
            security.certificateFile, security.keyFile, nil)
        guard code == MOSQ_ERR_SUCCESS.code else {
            throw .insecure("certificate files: \(text(of: code, errno))")
        }
    }

    private func check(_ code: Int32, _ what: String) throws(BrokerFailure) {
        guard code == MOSQ_ERR_SUCCESS.code else {
            throw .refused("\(what): \(text(of: code, errno))")
        }
    }

    /// A peer that vanished without a word is found when what we sent, a PINGREQ at the latest,
    /// stays unanswered by its kernel for half a keep-alive.
    private func noticeHalfOpenLinks(keepAlive: Int32) {
        setOption(IPPROTO_TCP, TCP_USER_TIMEOUT, keepAlive * 500)
    }

    private func setOption(_ level: Int, _ name: Int32, _ value: Int32) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(socket, Int32(level), name, &value, size)
    }

    /// The callbacks run inside `read` and `flush`, on the caller's thread.
    private func listen() {
        unsafe mosquitto_message_callback_set(handle) { _, user, message in
            guard let message = unsafe message?.pointee else { return }
            unsafe BrokerConnection.from(user)?.received(message)
        }
        unsafe mosquitto_connect_v5_callback_set(handle) { _, user, code, flags, _ in
            unsafe BrokerConnection.from(user)?.answered(code, sessionPresent: flags & 1 == 1)
        }
        unsafe mosquitto_disconnect_v5_callback_set(handle) { _, user, code, _ in
            let cause = errno
            unsafe BrokerConnection.from(user)?.ended(code, cause)
        }
        unsafe mosquitto_subscribe_callback_set(handle) { _, user, packet, count, qualities in
            guard count > 0, let quality = unsafe qualities?.pointee else { return }
            unsafe BrokerConnection.from(user)?.events.append(
                .subscribed(packet: packet, quality: Int(quality)))
        }
        unsafe mosquitto_unsubscribe_callback_set(handle) { _, user, packet in
            unsafe BrokerConnection.from(user)?.events.append(.unsubscribed(packet: packet))
        }
        unsafe mosquitto_publish_v5_callback_set(handle) { _, user, packet, reason, _ in
            let refusal =
                reason < 0x80 ? nil : unsafe String(cString: mosquitto_reason_string(reason))
            unsafe BrokerConnection.from(user)?.events.append(
                .published(packet: packet, refusal: refusal))
        }
        unsafe mosquitto_log_callback_set(handle) { _, user, level, line in
            guard level == MOSQ_LOG_ERR, let line = unsafe line else { return }
            unsafe BrokerConnection.from(user)?.lastComplaint = String(cString: line)
        }
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> BrokerConnection? {
        guard let user = unsafe user else { return nil }
        return unsafe Unmanaged<BrokerConnection>.fromOpaque(user).takeUnretainedValue()
    }
}

// MARK: - What the library tells

extension BrokerConnection {
    /// Copies a message out, since libmosquitto frees its buffers when the callback returns.
    private func received(_ message: mosquitto_message) {
        guard let topic = unsafe message.topic else { return }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        unsafe inbox.batch.append(
            topic: UnsafeRawBufferPointer(start: topic, count: strlen(topic)),
            payload: UnsafeRawBufferPointer(
                start: message.payload, count: Int(message.payloadlen)),
            receivedMilliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000,
            retained: message.retain)
    }

    private func answered(_ code: Int32, sessionPresent: Bool) {
        guard code != 0 else {
            // The library words every packet for whoever listens; once the link is accepted there
            // is nothing to complain of that is not told otherwise.
            unsafe mosquitto_log_callback_set(handle, nil)
            return events.append(.accepted(sessionPresent: sessionPresent))
        }
        let reason =
            unsafe settings.version == .v5 && code >= 0x80
            ? String(cString: mosquitto_reason_string(code))
            : String(cString: mosquitto_connack_string(code))
        switch code {
        // Bad user or password, not authorised, banned, bad method; by MQTT 3.1.1 and by MQTT 5.
        case 4, 5, 0x86, 0x87, 0x8A, 0x8C: failure = failure ?? .credentialsRefused(reason)
        default: failure = failure ?? .refused(reason)
        }
    }

    /// Notes why the connection ended; the first reason is the one that explains the others.
    private func ended(_ code: Int32, _ cause: Int32) {
        guard failure == nil else { return }
        switch code {
        case MQTT_RC_SESSION_TAKEN_OVER.code: failure = .takenOver
        case 0x80...: failure = unsafe .lost(String(cString: mosquitto_reason_string(code)))
        case MOSQ_ERR_EAI.code: failure = .unreachable("the name does not resolve")
        case MOSQ_ERR_TLS.code, MOSQ_ERR_TLS_HANDSHAKE.code:
            failure = .insecure(lastComplaint.isEmpty ? text(of: code, cause) : lastComplaint)
        case MOSQ_ERR_ERRNO.code where cause == EPROTO:
            failure = .insecure(lastComplaint.isEmpty ? text(of: code, cause) : lastComplaint)
        default: failure = .lost(text(of: code, cause))
        }
    }

    private func text(of code: Int32, _ cause: Int32) -> String {
        if code == MOSQ_ERR_ERRNO.code { return unsafe String(cString: strerror(cause)) }
        return unsafe String(cString: mosquitto_strerror(code))
    }
}

extension mosq_err_t {
    fileprivate var code: Int32 { Int32(rawValue) }
}
extension mqtt5_property {
    fileprivate var code: Int32 { Int32(rawValue) }
}
extension mqtt5_return_codes {
    fileprivate var code: Int32 { Int32(rawValue) }
}
