import BrokerFixture
import FleetSimulation
import Foundation
import Testing

extension Simulation {
    @Suite(
        "Traced daemons", .serialized,
        .enabled(if: PrivateBroker.isInstalled && Programs.strace != nil))
    struct TraceTests {
        @Test("every acknowledgement leaves after the commit of its message is on disk")
        func acknowledgementsFollowCommits() throws {
            let trace = try trace(of: Programs.forewarn)
            #expect(trace.acknowledged >= 600)
            #expect(trace.early.count == 0, "\(trace.early.prefix(10))")
        }

        @Test("the same reading of the trace catches a daemon that acknowledges early")
        func earlyAcknowledgementIsSeen() throws {
            let trace = try trace(of: Programs.earlyAcknowledger)
            #expect(trace.acknowledged >= 600)
            #expect(trace.early.count > 300)
        }

        private func trace(of program: String) throws -> AcknowledgementTrace {
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "50"
            // With one thread to decide, and the commit on the thread that asks for it, the order
            // of all calls that matter stands in one file.
            garage.environment["FOREWARN_WATCH_THREADS"] = "1"
            try garage.subscribeOnce(program)
            let prefix = garage.file("trace").path
            let tracer = [
                Programs.strace ?? "", "-D", "-ff", "-qq", "-yy", "-xx", "-s", "65536", "-o",
                prefix,
                "-e", "trace=fdatasync,fsync,pwrite64,sendto,write,sendmsg,writev,read,recvfrom",
                "-e", "signal=none",
            ]
            let daemon = try garage.startDaemon(program, tracer: tracer)
            try garage.waitForConnection(of: daemon)
            let messages = Traffic.messages(600, vehicles: 10, seed: 1)
            for start in stride(from: 0, to: 600, by: 150) {
                let part = Array(messages[start..<(start + 150)])
                try Publication(part, to: garage.broker.address).finish()
            }
            try garage.waitForMessage(600)
            try expect("all acknowledgements") {
                garage.broker.log.split(separator: "Received PUBACK from forewarn").count > 600
            }
            daemon.kill()
            let own = "\(prefix).\(daemon.processID)"
            return try AcknowledgementTrace(of: String(contentsOfFile: own, encoding: .utf8))
        }
    }

    @Suite(
        "Daemons killed at a write", .serialized,
        .enabled(if: PrivateBroker.isInstalled && Programs.strace != nil))
    struct WriteKillTests {
        @Test(
            "a kill exactly at the n-th call loses nothing",
            arguments: ["pwrite64", "fdatasync", "sendto,write"])
        func killsAtCalls(call: String) throws {
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "20"
            try garage.subscribeOnce()
            var random = SeededRandom(UInt64(call.utf8.count))
            let places = [1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 28] + [60 + random.whole(below: 60)]
            let share = 100
            let messages = Traffic.messages(places.count * share, vehicles: 10, seed: 2)
            for (round, place) in places.enumerated() {
                let part = Array(messages[(round * share)..<((round + 1) * share)])
                try Publication(part, to: garage.broker.address).finish()
                let daemon = try garage.startDaemon(tracer: [
                    Programs.strace ?? "", "-D", "-f", "-qq", "-o", "/dev/null", "-e",
                    "trace=\(call)", "-e", "inject=\(call):signal=KILL:when=\(place)",
                ])
                // One that makes fewer calls than that goes on until it has nothing left to do.
                let number = (round + 1) * share
                try expect("a kill or message \(number)") {
                    try daemon.end != nil || garage.newestNumbers().contains(number)
                }
                daemon.kill()
            }
            try check(garage, messages)
        }

        @Test("a kill while the log is copied to the database loses nothing")
        func killsAtCopies() throws {
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "20"
            try garage.subscribeOnce()
            // The first round fills the log, and what is left of it is copied by each that follows.
            let rounds = [
                ("pwrite64", 1, 6000), ("pwrite64", 7, 300), ("pwrite64", 40, 300),
                ("pwrite64", 150, 300), ("fdatasync", 1, 300),
            ]
            let messages = Traffic.messages(rounds.map(\.2).reduce(0, +), vehicles: 20, seed: 3)
            var sent = 0
            for (call, place, count) in rounds {
                let part = Array(messages[sent..<(sent + count)])
                sent += count
                let daemon = try garage.startDaemon(tracer: [
                    Programs.strace ?? "", "-D", "-f", "-qq", "-o", "/dev/null", "-P",
                    garage.database, "-e", "trace=\(call)", "-e",
                    "inject=\(call):signal=KILL:when=\(place)",
                ])
                try garage.waitForConnection(of: daemon)
                try Publication(part, to: garage.broker.address).finish()
                try expect("a kill by \(call) \(place); it said:\n\(daemon.output)") {
                    daemon.end != nil
                }
            }
            try check(garage, messages)
        }

        /// Nothing of it is lost, and what was decided is what an unbroken run decides.
        private func check(_ garage: Garage, _ messages: [Message]) throws {
            let last = try garage.startConnectedDaemon()
            try garage.waitForMessage(messages.count)
            #expect(try garage.stop(last) == .exited(0), "\(last.output)")
            let found = try garage.contents()
            let whole = try garage.unbroken(messages)
            #expect(found.missing(of: messages.count) == [])
            #expect(found.messages == messages.count)
            #expect(found.breaches == [])
            #expect(found.tickets == whole.tickets)
            #expect(found.findings == whole.findings)
            #expect(try garage.verify().end == .exited(0))
        }
    }
}

/// What a trace of system calls says about the order of messages, commits and acknowledgements.
///
/// The broker's socket is read and written as MQTT 5; each packet stands where its last byte was
/// read, or its first byte written.
struct AcknowledgementTrace {
    /// Acknowledgements that left.
    private(set) var acknowledged = 0
    /// Packet identifiers that were acknowledged before what they stand for was on disk.
    private(set) var early: [Int] = []

    private var incoming = PacketStream()
    private var outgoing = PacketStream()
    /// For each packet identifier, the line at which its message had been read.
    private var readAt: [Int: Int] = [:]
    /// The first write to the database's log that no sync has covered yet.
    private var unsynced: Int?
    /// The first write to the log that the newest sync has covered.
    private var commitBegan = -1

    init(of text: String) throws {
        for (index, line) in text.split(separator: "\n").enumerated() { take(line, at: index) }
    }

    private mutating func take(_ line: Substring, at index: Int) {
        guard let open = line.firstIndex(of: "("),
            let result = line.split(separator: " = ").last.flatMap({ Int($0.prefix { $0 != " " }) }
            ),
            result >= 0
        else { return }
        let call = line[..<open]
        let isLog = Self.path(in: line).hasSuffix("-wal")
        switch call {
        case "pwrite64" where isLog:
            unsynced = unsynced ?? index
        case "fdatasync" where isLog, "fsync" where isLog:
            commitBegan = unsynced ?? commitBegan
            unsynced = nil
        case "read" where Self.isSocket(line), "recvfrom" where Self.isSocket(line):
            for packet in incoming.take(Self.bytes(in: line, count: result)) {
                if let identifier = packet.publishIdentifier { readAt[identifier] = index }
            }
        case "write" where Self.isSocket(line), "sendto" where Self.isSocket(line):
            for packet in outgoing.take(Self.bytes(in: line, count: result)) {
                guard let identifier = packet.acknowledgedIdentifier else { continue }
                acknowledged += 1
                // Read, then written to the log, then synced, and only now acknowledged.
                let read = readAt.removeValue(forKey: identifier) ?? .max
                if commitBegan < read { early.append(identifier) }
            }
        default: break
        }
    }

    /// What the descriptor of a call stands for; strace may show it as hexadecimal escapes.
    private static func path(in line: Substring) -> String {
        guard let open = line.firstIndex(of: "<"), let close = line[open...].firstIndex(of: ">")
        else { return "" }
        let text = line[line.index(after: open)..<close]
        guard text.hasPrefix("\\x") else { return String(text) }
        return String(decoding: escaped(text), as: UTF8.self)
    }

    /// The broker's socket: the library wakes itself through one as well, but not over TCP.
    private static func isSocket(_ line: Substring) -> Bool { path(in: line).hasPrefix("TCP") }

    private static func bytes(in line: Substring, count: Int) -> [UInt8] {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count > 1 ? Array(escaped(parts[1]).prefix(count)) : []
    }

    private static func escaped(_ text: Substring) -> [UInt8] {
        text.split(separator: "\\x").compactMap { UInt8($0, radix: 16) }
    }
}

/// Cuts a stream of bytes into MQTT packets.
struct PacketStream {
    struct Packet {
        var first: UInt8
        var body: [UInt8]

        /// The packet identifier of a PUBLISH with QoS 1.
        var publishIdentifier: Int? {
            guard first >> 4 == 3, first >> 1 & 3 == 1, body.count > 2 else { return nil }
            let topic = Int(body[0]) << 8 | Int(body[1])
            guard body.count >= topic + 4 else { return nil }
            return Int(body[topic + 2]) << 8 | Int(body[topic + 3])
        }

        var acknowledgedIdentifier: Int? {
            guard first >> 4 == 4, body.count >= 2 else { return nil }
            return Int(body[0]) << 8 | Int(body[1])
        }
    }

    private var rest: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) -> [Packet] {
        rest += bytes
        var packets: [Packet] = []
        while let packet = next() { packets.append(packet) }
        return packets
    }

    private mutating func next() -> Packet? {
        var length = 0
        var place = 1
        repeat {
            guard place < rest.count, place < 5 else { return nil }
            length |= Int(rest[place] & 0x7F) << (7 * (place - 1))
            place += 1
        } while rest[place - 1] & 0x80 != 0
        guard rest.count >= place + length else { return nil }
        let packet = Packet(first: rest[0], body: Array(rest[place..<(place + length)]))
        rest.removeFirst(place + length)
        return packet
    }
}
